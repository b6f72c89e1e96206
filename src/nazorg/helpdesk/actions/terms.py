"""The words by which tickets are sorted: tags and types. They are the same for every team."""

from __future__ import annotations

from datetime import datetime

from django.db import connection
from django.utils.translation import gettext as _

from nazorg.access.rules import must
from nazorg.core.actions import action
from nazorg.core.refusals import Refused
from nazorg.helpdesk.actions.tickets import KEEP
from nazorg.helpdesk.models import Tag, TicketType


@action
def add_tag(*, name: str, colour: int = 0, by, at: datetime) -> Tag:
    must(by, "helpdesk.configure_team")
    tag = Tag(name=_name(Tag, name), colour=_colour(colour))
    tag.save()
    return tag


@action
def change_tag(*, tag: Tag, by, at: datetime, name: str = KEEP, colour: int = KEEP) -> Tag:
    must(by, "helpdesk.configure_team")
    tag = Tag.objects.select_for_update().get(pk=tag.pk)
    if name is not KEEP:
        tag.name = _name(Tag, name, but=tag)
    if colour is not KEEP:
        tag.colour = _colour(colour)
    tag.save()
    return tag


@action
def remove_tag(*, tag: Tag, by, at: datetime) -> None:
    """Remove a tag that no ticket has: one that is used would vanish from their past."""
    must(by, "helpdesk.configure_team")
    tag = Tag.objects.select_for_update().filter(pk=tag.pk).first()
    if tag is None:
        return
    if tag.tickets.exists():
        raise Refused(_("Tickets have the tag %s. Take it off them first.") % tag, code="in_use", field="tag")
    tag.delete()


@action
def add_type(*, name: str, by, at: datetime) -> TicketType:
    must(by, "helpdesk.configure_team")
    made = TicketType(name=_name(TicketType, name))
    made.save()
    return made


@action
def change_type(*, type: TicketType, by, at: datetime, name: str = KEEP, is_archived: bool = KEEP) -> TicketType:
    """Rename a type, or archive it: it stays on the tickets that have it and is no longer offered."""
    must(by, "helpdesk.configure_team")
    changed = TicketType.objects.select_for_update().get(pk=type.pk)
    if name is not KEEP:
        changed.name = _name(TicketType, name, but=changed)
    if is_archived is not KEEP:
        changed.is_archived = is_archived
    changed.save()
    return changed


def make_standard_types() -> None:
    """The types with which a house begins, made with its first team and never again."""
    if not TicketType.objects.exists():
        names = (_("Question"), _("Fault"), _("Complaint"), _("Delivery"), _("Invoice"))
        TicketType.objects.bulk_create([TicketType(name=name) for name in names], ignore_conflicts=True)


def _name(model, name: str, but=None) -> str:
    name, longest = " ".join(name.replace("\x00", "").split()), model._meta.get_field("name").max_length
    if not name:
        raise Refused(_("Give it a name."), field="name")
    if len(name) > longest:
        raise Refused(_("The name is longer than %d characters.") % longest, field="name")
    with connection.cursor() as cursor:  # two people who add the same word at once: the second gets the sentence
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"{model._meta.label}:{name.lower()}"])
    if model.objects.filter(name__iexact=name).exclude(pk=but.pk if but else None).exists():
        raise Refused(_("There is one with the name %s already.") % name, field="name", code="double")
    return name


def _colour(colour: int) -> int:
    if colour not in range(8):
        raise Refused(_("A colour is a number from 0 to 7."), field="colour")
    return colour
