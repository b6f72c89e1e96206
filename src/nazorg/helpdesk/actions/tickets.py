"""Opening, changing, assigning, moving and closing tickets."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from nazorg.access.rules import may, must
from nazorg.conversation import actions as conversation
from nazorg.conversation.models import Entry, Thread
from nazorg.core.actions import action
from nazorg.core.events import tell
from nazorg.core.refusals import NotAllowed, Refused
from nazorg.helpdesk import events, rules
from nazorg.helpdesk.models import Stage, Tag, Team, Ticket

KEEP: Any = object()
"""“Leave this field as it is”, where None would empty it."""

PLAIN = ("title", "priority", "type", "product", "serial", "order_reference", "language")


def lock(ticket: Ticket) -> Ticket:
    """The ticket as it is now, held until the transaction ends. First in the order of locks, before any document.

    Two queries: one that waits for the row and, once it has it, one that reads it with its relations. In one query
    PostgreSQL would give the row as it is now joined with the stage and assignee of before the wait, or no row at all.
    """
    Ticket.objects.select_for_update().order_by().values_list("pk").get(pk=ticket.pk)
    return Ticket.objects.select_related("team", "stage", "assignee", "customer", "contact", "type", "product").defer("words").get(pk=ticket.pk)


@action
def open_ticket(
    *, title: str, team: Team, customer=None, contact=None, assignee=None, stage: Stage | None = None, priority: int = Ticket.Priority.NORMAL, type=None,
    tags: Iterable[Tag] = (), product=None, serial: str = "", order_reference: str = "", language: str = "", channel: str = Ticket.Channel.AGENT,
    message: str = "", html: str = "", files=(), by, at: datetime,
) -> Ticket:
    """Open a ticket in the team's first stage, or in `stage`; `message` is what the customer wrote or said."""
    must(by, "helpdesk.work_ticket")
    if by is not None and not rules.may_see_team(by, team):
        raise NotAllowed(_("Only members of this team and administrators open tickets in it."))
    if team.is_archived:
        raise Refused(_("The team %s is archived. Choose another.") % team, field="team")
    ticket = Ticket(
        title=_title(title), team=team, priority=_priority(priority), type=type, product=product, serial=_short("serial", serial),
        order_reference=_short("order_reference", order_reference), language=_short("language", language), channel=channel, made_at=at, made_by=by, updated_at=at,
    )
    ticket.customer, ticket.contact = _customer_and_contact(customer, contact)
    ticket.stage = _first_stage(team) if stage is None else stage
    if ticket.stage.team_id != team.pk:
        raise Refused(_("%(stage)s is not a stage of %(team)s.") % {"stage": ticket.stage, "team": team}, field="stage")
    ticket.closed_at = at if ticket.stage.is_closed else None
    _refuse_stranger(assignee, ticket)
    ticket.assignee = assignee
    ticket.thread = Thread.objects.create(kind="helpdesk.ticket", started_at=at)
    ticket.save(force_insert=True)
    if tags := list(tags):
        ticket.tags.set(tags)
    tell(events.TicketOpened(on=ticket, by=by, at=at, team=team, stage=ticket.stage))
    if message.strip() or html.strip() or files:
        speaker = ticket.contact or ticket.customer
        conversation.write(
            record=ticket, kind=Entry.Kind.RECEIVED if speaker or by is None else Entry.Kind.NOTE, text=message, html=html, files=files, at=at,
            by=None if speaker else by, author_name=str(speaker or by or ""), author_email=speaker.email if speaker else "",
        )
        ticket.last_message_at = at
        ticket.save(update_fields=["last_message_at"])
    if assignee is not None:
        conversation.follow(record=ticket, user=assignee, at=at)
        if by is None or assignee.pk != by.pk:
            tell(events.TicketAssigned(on=ticket, by=by, at=at, assignee=assignee, before=None))
    return ticket


@action
def change(
    *, ticket: Ticket, by, at: datetime, title: str = KEEP, team: Team = KEEP, stage: Stage = KEEP, assignee=KEEP, customer=KEEP, contact=KEEP, priority: int = KEEP,
    type=KEEP, tags: Iterable[Tag] = KEEP, product=KEEP, serial: str = KEEP, order_reference: str = KEEP, language: str = KEEP,
) -> Ticket:
    """Change any of a ticket's fields; each that really changes tells one event. Gives the ticket as it is then."""
    rules.must_work(by, ticket)
    seen_team = ticket.team_id
    ticket = lock(ticket)
    if by is not None and ticket.team_id != seen_team:
        rules.must_work(by, ticket)  # handed over to another team meanwhile, perhaps to one for members only
    told = []
    if team is not KEEP and team.pk != ticket.team_id:
        told.append(_hand_over(ticket, team, None if stage is KEEP else stage, by, at))
        stage = KEEP
    if stage is not KEEP and stage.pk != ticket.stage_id:
        told.append(_move(ticket, stage, by, at))
    if customer is not KEEP or contact is not KEEP:
        told += _change_customer(ticket, customer, contact, by, at)
    given = {"title": title, "priority": priority, "type": type, "product": product, "serial": serial, "order_reference": order_reference, "language": language}
    for name in PLAIN:
        if given[name] is not KEEP:
            told += _change_plain(ticket, name, given[name], by, at)
    if assignee is not KEEP:
        told += _assign(ticket, assignee, by, at)
    if tags is not KEEP:
        told += _tag(ticket, list(tags), by, at)
    if told:
        ticket.updated_at = at
        ticket.save()
        for fact in told:
            tell(fact)
    return ticket


@action
def assign(*, ticket: Ticket, assignee, by, at: datetime, seen=KEEP) -> Ticket:
    """Give the ticket to somebody, or to nobody (None).

    `seen` is the assignee that the person saw when deciding; when another has come meanwhile it is refused (code
    `changed`), so that two agents do not both believe that the ticket is theirs.
    """
    if seen is not KEEP:
        now = lock(ticket).assignee
        if (now and now.pk) != (seen and seen.pk) and (now and now.pk) != (assignee and assignee.pk):
            who = _("%s has this ticket now.") % now if now else _("Nobody has this ticket any more.")
            raise Refused(_("%s Look again before you assign it.") % who, field="assignee", code="changed", assignee=now.pk if now else None)
    return change(ticket=ticket, assignee=assignee, by=by, at=at)


@action
def move(*, ticket: Ticket, stage: Stage, by, at: datetime, seen=KEEP) -> Ticket:
    """Move the ticket to a stage of its team. `seen` is the stage from which the person moved it; refused when it is there no more."""
    if seen is not KEEP:
        now = lock(ticket).stage
        if now.pk not in (seen.pk, stage.pk):
            raise Refused(_("Somebody moved this ticket to %s meanwhile. Look again before you move it.") % now, field="stage", code="changed", stage=now.pk)
    return change(ticket=ticket, stage=stage, by=by, at=at)


@action
def close(*, ticket: Ticket, by, at: datetime) -> Ticket:
    """Move the ticket to its team's first closed stage. Documents that it led to stay as they are."""
    stage = Stage.objects.filter(team=ticket.team_id, kind=Stage.Kind.CLOSED).first()
    if stage is None:
        raise Refused(_("The team %s has no closed stage. Add one to its stages first.") % ticket.team, field="stage")
    if ticket.is_closed:
        return ticket
    return change(ticket=ticket, stage=stage, by=by, at=at)


# What a change consists of ----------------------------------------------------------------------------------------------


def _move(ticket: Ticket, stage: Stage, by, at: datetime):
    if stage.team_id != ticket.team_id:
        raise Refused(_("%(stage)s is not a stage of %(team)s.") % {"stage": stage, "team": ticket.team}, field="stage")
    before, ticket.stage = ticket.stage, stage
    if before.is_closed == stage.is_closed:
        return events.TicketMoved(on=ticket, by=by, at=at, before=before, after=stage)
    ticket.closed_at = at if stage.is_closed else None
    kind = events.TicketClosed if stage.is_closed else events.TicketReopened
    return kind(on=ticket, by=by, at=at, before=before, after=stage)


def _hand_over(ticket: Ticket, team: Team, stage: Stage | None, by, at: datetime):
    """To another team, into `stage` or the new team's first of the same kind. An assignee who cannot see it there loses it."""
    if team.is_archived:
        raise Refused(_("The team %s is archived. Choose another.") % team, field="team")
    if stage is None:
        stage = team.stages.filter(kind=ticket.stage.kind).first() or _first_stage(team)
    if stage.team_id != team.pk:
        raise Refused(_("%(stage)s is not a stage of %(team)s.") % {"stage": stage, "team": team}, field="stage")
    before, ticket.team, ticket.stage = ticket.team, team, stage
    ticket.closed_at = (ticket.closed_at or at) if stage.is_closed else None
    if ticket.assignee is not None and not rules.may_see_team(ticket.assignee, team):
        ticket.assignee = None
    return events.TicketHandedOver(on=ticket, by=by, at=at, before=before, after=team, stage=stage)


def _assign(ticket: Ticket, assignee, by, at: datetime) -> list:
    before = ticket.assignee
    if (assignee and assignee.pk) == ticket.assignee_id:
        return []
    _refuse_stranger(assignee, ticket)
    ticket.assignee = assignee
    if assignee is None:
        return [events.TicketUnassigned(on=ticket, by=by, at=at, before=before)]
    conversation.follow(record=ticket, user=assignee, at=at)
    return [events.TicketAssigned(on=ticket, by=by, at=at, assignee=assignee, before=before)]


def _refuse_stranger(assignee, ticket: Ticket) -> None:
    if assignee is None:
        return
    if not may(assignee, "helpdesk.work_ticket"):
        raise Refused(_("%s has no role that answers tickets.") % assignee, field="assignee")
    if not rules.may_see_team(assignee, ticket.team):
        raise Refused(
            _("%(person)s cannot see the tickets of %(team)s. Make them a member first.") % {"person": assignee, "team": ticket.team}, field="assignee",
        )


def _change_plain(ticket: Ticket, name: str, value, by, at: datetime) -> list:
    before = getattr(ticket, name)
    if name == "title":
        value = _title(value)
    elif name == "priority":
        value = _priority(value)
    elif name in ("serial", "order_reference", "language"):
        value = _short(name, value)
    if value == before:
        return []
    setattr(ticket, name, value)
    if name == "priority":
        before, value = Ticket.Priority(before).label, Ticket.Priority(value).label
    return [_changed(ticket, name, before, value, by, at)]


def _change_customer(ticket: Ticket, customer, contact, by, at: datetime) -> list:
    before_customer, before_contact = ticket.customer, ticket.contact
    if customer is not KEEP and contact is KEEP:
        same = customer is not None and ticket.contact is not None and ticket.contact.root_id == customer.root_id
        contact = ticket.contact if same else None
    customer = ticket.customer if customer is KEEP else customer
    ticket.customer, ticket.contact = _customer_and_contact(customer, contact)
    told = []
    if ticket.customer != before_customer:
        if ticket.remedies.exists():
            raise Refused(_("A remedy was given to %s on this ticket: the customer stays. Open another ticket for the other customer.") % before_customer, field="customer")
        told.append(_changed(ticket, "customer", before_customer, ticket.customer, by, at))
    if ticket.contact != before_contact:
        told.append(_changed(ticket, "contact", before_contact, ticket.contact, by, at))
    return told


def _tag(ticket: Ticket, tags: list[Tag], by, at: datetime) -> list:
    before = list(ticket.tags.all())
    if {one.pk for one in before} == {one.pk for one in tags}:
        return []
    ticket.tags.set(tags)
    names = sorted((one.name for one in tags), key=str.casefold)
    return [_changed(ticket, "tags", ", ".join(one.name for one in before) or None, ", ".join(names) or None, by, at)]


def _changed(ticket: Ticket, name: str, before, after, by, at: datetime):
    label = Ticket._meta.get_field(name).verbose_name
    return events.TicketChanged(on=ticket, by=by, at=at, field=label, before=None if before == "" else before, after=None if after == "" else after)


# What a field may hold --------------------------------------------------------------------------------------------------


def _title(title: str) -> str:
    title = " ".join(title.replace("\x00", "").split())
    if not title:
        raise Refused(_("Give the ticket a title that says what it is about."), field="title")
    if len(title) > 200:
        raise Refused(_("The title is longer than 200 characters. Put the long part in the message."), field="title")
    return title


def _short(name: str, value: str) -> str:
    value, longest = value.replace("\x00", "").strip(), Ticket._meta.get_field(name).max_length
    if len(value) > longest:
        raise Refused(_("%(field)s is longer than %(longest)d characters.") % {"field": str(Ticket._meta.get_field(name).verbose_name).capitalize(), "longest": longest}, field=name)
    return value


def _priority(value: int) -> int:
    if value not in Ticket.Priority.values:
        raise Refused(_("A priority is a number from 0 (low) to 3 (urgent)."), field="priority")
    return value


def _customer_and_contact(customer, contact):
    """Both, as one customer: who works at a company is its contact, a stranger to the customer is refused."""
    if contact is None:
        if customer is None or customer.company is None:
            return customer, None
        customer, contact = customer.company, customer
    if customer is None:
        customer = contact.company or contact
    if contact.root_id != customer.root_id:
        raise Refused(_("%(contact)s is not a contact of %(customer)s.") % {"contact": contact, "customer": customer}, field="contact")
    return customer, contact


def _first_stage(team: Team) -> Stage:
    stage = team.stages.first()
    if stage is None:
        raise Refused(_("The team %s has no stages yet. Add them first.") % team, field="team")
    return stage
