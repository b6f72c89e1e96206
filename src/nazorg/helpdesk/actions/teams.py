"""Setting up a team: its name and address, its members, its stages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Max
from django.utils.translation import gettext as _

from nazorg.access.rules import may, must
from nazorg.core.actions import action
from nazorg.core.events import tell
from nazorg.core.refusals import Refused
from nazorg.helpdesk import events, rules
from nazorg.helpdesk.actions.terms import make_standard_types
from nazorg.helpdesk.actions.tickets import KEEP
from nazorg.helpdesk.models import Stage, Team, TeamMember, Ticket


@action
def add_team(*, name: str, description: str = "", visibility: str = Team.Visibility.PUBLIC, email: str = "", members: Iterable = (), by, at: datetime) -> Team:
    """A new team with the standard stages; whoever makes a team for members only is one of them."""
    must(by, "helpdesk.configure_team")
    values = {"name": name, "description": description, "visibility": visibility, "email": email}
    team = Team(**{field: _checked(field, value) for field, value in values.items()})
    _refuse_double(team)
    team.save()
    kinds = Stage.Kind
    names = [(_("New"), kinds.NEW), (_("Open"), kinds.OPEN), (_("Waiting for customer"), kinds.WAITING), (_("Solved"), kinds.CLOSED)]
    Stage.objects.bulk_create(
        Stage(team=team, name=label, position=position, kind=kind, is_folded=kind == kinds.CLOSED) for position, (label, kind) in enumerate(names)
    )
    make_standard_types()
    tell(events.TeamAdded(on=team, by=by, at=at))
    joining = {one.pk: one for one in members}
    if by is not None and visibility == Team.Visibility.MEMBERS:
        joining[by.pk] = by
    for user in joining.values():
        _join(team, user, by, at)
    return team


@action
def change_team(*, team: Team, by, at: datetime, name: str = KEEP, description: str = KEEP, visibility: str = KEEP, email: str = KEEP, is_archived: bool = KEEP) -> Team:
    """Change any of a team's fields; each that really changes tells one event."""
    rules.must_configure(by, team)
    team = _lock(team)
    told = []
    for field, value in {"name": name, "description": description, "visibility": visibility, "email": email, "is_archived": is_archived}.items():
        if value is KEEP:
            continue
        before, value = getattr(team, field), _checked(field, value)
        if value == before:
            continue
        setattr(team, field, value)
        label = Team._meta.get_field(field).verbose_name
        if field == "visibility":
            before, value = Team.Visibility(before).label, Team.Visibility(value).label
        elif field == "is_archived":
            before, value = (_("yes") if before else _("no")), (_("yes") if value else _("no"))
        told.append(events.TeamChanged(on=team, by=by, at=at, field=label, before=before or None, after=value or None))
    if told:
        _refuse_double(team)
        team.save()
        for fact in told:
            tell(fact)
    if visibility == Team.Visibility.MEMBERS and by is not None:
        _join(team, by, by, at)  # or the change would lock out who made it
    return team


@action
def add_member(*, team: Team, user, by, at: datetime) -> None:
    """Make somebody a member; does nothing when they are one."""
    rules.must_configure(by, team)
    _join(_lock(team), user, by, at)


@action
def remove_member(*, team: Team, user, by, at: datetime) -> None:
    """Take somebody off the team. Of a members-only team they then see nothing, so their open tickets are nobody's."""
    rules.must_configure(by, team)
    team = _lock(team)
    if not TeamMember.objects.filter(team=team, user=user).delete()[0]:
        return
    tell(events.MemberRemoved(on=team, by=by, at=at, member=user))
    if team.visibility == Team.Visibility.MEMBERS and not may(user, "helpdesk.see_every_team"):
        left = Ticket.objects.select_for_update().filter(team=team, assignee=user, closed_at=None).order_by("number")
        for ticket in left:
            ticket.assignee, ticket.updated_at = None, at
            ticket.save(update_fields=["assignee", "updated_at"])
            tell(events.TicketUnassigned(on=ticket, by=by, at=at, before=user))


# Stages -----------------------------------------------------------------------------------------------------------------


@action
def add_stage(*, team: Team, name: str, kind: str = Stage.Kind.OPEN, is_folded: bool = False, by, at: datetime) -> Stage:
    """A further stage, at the end of the team's board."""
    rules.must_configure(by, team)
    team = _lock(team)
    last = team.stages.aggregate(last=Max("position"))["last"]
    if team.stages.count() >= 30:
        raise Refused(_("A team has at most 30 stages."), field="name")
    stage = Stage(team=team, name=_stage_name(team, name), kind=_kind(kind), is_folded=is_folded, position=0 if last is None else last + 1)
    stage.save()
    tell(events.StageAdded(on=team, by=by, at=at, stage=stage))
    return stage


@action
def change_stage(*, stage: Stage, by, at: datetime, name: str = KEEP, kind: str = KEEP, is_folded: bool = KEEP) -> Stage:
    """Rename or fold a stage, or change its kind. From or to “closed” only while no ticket stands in it."""
    rules.must_configure(by, stage.team)
    team = _lock(stage.team)
    stage = Stage.objects.select_for_update().get(pk=stage.pk)
    told = []
    if name is not KEEP and (name := _stage_name(team, name, but=stage)) != stage.name:
        told.append(("name", stage.name, name))
        stage.name = name
    if kind is not KEEP and (kind := _kind(kind)) != stage.kind:
        if Stage.Kind.CLOSED in (kind, stage.kind) and stage.tickets.exists():
            raise Refused(_("Tickets stand in %s: it cannot turn from open to closed or back. Move them first.") % stage, field="kind", code="in_use")
        told.append(("kind", stage.get_kind_display(), Stage.Kind(kind).label))
        stage.kind = kind
    if is_folded is not KEEP and is_folded != stage.is_folded:
        told.append(("is_folded", _("yes") if stage.is_folded else _("no"), _("yes") if is_folded else _("no")))
        stage.is_folded = is_folded
    if told:
        stage.save()
        _refuse_incomplete(team)
    for field, before, after in told:
        tell(events.StageChanged(on=team, by=by, at=at, stage=stage, field=Stage._meta.get_field(field).verbose_name, before=before, after=after))
    return stage


@action
def order_stages(*, team: Team, stages: list[int], by, at: datetime) -> None:
    """Put the team's stages in this order, given as all of their ids."""
    rules.must_configure(by, team)
    team = _lock(team)
    known = {stage.pk: stage for stage in team.stages.all()}
    if sorted(stages) != sorted(known):
        raise Refused(_("The stages have changed meanwhile. Look again before you order them."), code="changed", field="stages")
    if stages == list(known):
        return
    for position, pk in enumerate(stages):
        known[pk].position = position
    Stage.objects.bulk_update(known.values(), ["position"])
    tell(events.StagesOrdered(on=team, by=by, at=at, stages=[known[pk].name for pk in stages]))


@action
def remove_stage(*, stage: Stage, by, at: datetime) -> None:
    """Remove a stage in which no ticket stands."""
    rules.must_configure(by, stage.team)
    team = _lock(stage.team)
    stage = Stage.objects.select_for_update().filter(pk=stage.pk).first()
    if stage is None:
        return
    if stage.tickets.exists():
        raise Refused(_("Tickets stand in %s. Move them to another stage first.") % stage, code="in_use", field="stage")
    stage.delete()
    _refuse_incomplete(team)
    tell(events.StageRemoved(on=team, by=by, at=at, stage=stage.name))


def _lock(team: Team) -> Team:
    return Team.objects.select_for_update().get(pk=team.pk)


def _join(team: Team, user, by, at: datetime) -> None:
    if not may(user, "helpdesk.view_ticket"):
        raise Refused(_("%s has no role that sees tickets. Give them one first.") % user, field="members")
    _row, new = TeamMember.objects.get_or_create(team=team, user=user, defaults={"since": at})
    if new:
        tell(events.MemberAdded(on=team, by=by, at=at, member=user))


def _refuse_incomplete(team: Team) -> None:
    kinds = set(team.stages.values_list("kind", flat=True))
    if Stage.Kind.CLOSED not in kinds:
        raise Refused(_("A team needs a closed stage, or its tickets could never be settled."), code="no_closed_stage", field="kind")
    if not kinds & {Stage.Kind.NEW, Stage.Kind.OPEN}:
        raise Refused(_("A team needs a new or open stage, or its tickets could never be worked on."), code="no_open_stage", field="kind")


def _refuse_double(team: Team) -> None:
    others = Team.objects.exclude(pk=team.pk)
    if others.filter(name__iexact=team.name).exists():
        raise Refused(_("There is a team %s already.") % team.name, field="name", code="double")
    if team.email and others.filter(email__iexact=team.email).exists():
        raise Refused(_("The address %s belongs to another team.") % team.email, field="email", code="double")


def _checked(field: str, value):
    if field == "is_archived":
        return bool(value)
    value = value.replace("\x00", "").strip()
    if field == "name" and not value:
        raise Refused(_("Give the team a name."), field="name")
    if field == "visibility" and value not in Team.Visibility.values:
        raise Refused(_("A team is for every agent or for its members only."), field="visibility")
    if field == "email" and value:
        try:
            validate_email(value)
        except ValidationError:
            raise Refused(_("“%s” is not an e-mail address.") % value[:80], field="email")
    if len(value) > Team._meta.get_field(field).max_length:
        raise Refused(_("This text is longer than %d characters.") % Team._meta.get_field(field).max_length, field=field)
    return value


def _stage_name(team: Team, name: str, but: Stage | None = None) -> str:
    name = " ".join(name.replace("\x00", "").split())
    if not name:
        raise Refused(_("Give the stage a name."), field="name")
    if len(name) > 60:
        raise Refused(_("The name of a stage has at most 60 characters."), field="name")
    if team.stages.filter(name__iexact=name).exclude(pk=but.pk if but else None).exists():
        raise Refused(_("The team has a stage %s already.") % name, field="name", code="double")
    return name


def _kind(kind: str) -> str:
    if kind not in Stage.Kind.values:
        raise Refused(_("A stage is new, open, waiting or closed."), field="kind")
    return kind
