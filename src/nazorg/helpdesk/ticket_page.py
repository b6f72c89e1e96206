"""What the ticket page shows, in as few queries as a page may cost (docs: at most 12, sign-in included)."""

from __future__ import annotations

from collections import defaultdict

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, F, IntegerField, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, JSONObject

from nazorg.conversation import queries as conversation
from nazorg.conversation.models import Entry
from nazorg.helpdesk import queries
from nazorg.helpdesk.models import Stage, Tag, Ticket, TicketType

WINDOW = 60
"""Entries that a page opens with; older ones come by “Show earlier”."""


def for_page(user) -> QuerySet[Ticket]:
    """Tickets with all that their page says of them: as the head has it, with tags and with what this reader has read and drafted."""
    tags = Tag.objects.filter(tickets=OuterRef("pk")).order_by("name").values(tag=JSONObject(id="id", name="name", colour="colour"))
    return conversation.as_met_by(queries.for_page(user).annotate(tags_=ArraySubquery(tags)), user)


def window(ticket: Ticket, *, show: str = "all", before: int | None = None) -> tuple[list[Entry], bool]:
    """The newest entries (before an entry), oldest first, and whether there are earlier ones."""
    found = conversation.shown_as(conversation.entries(ticket), show).order_by("-id")
    if before:
        found = found.filter(id__lt=before)
    rows = list(found[: WINDOW + 1])
    return rows[:WINDOW][::-1], len(rows) > WINDOW


def since(ticket: Ticket, entry_id: int) -> list[Entry]:
    """What came into the thread after an entry."""
    return list(conversation.entries(ticket).filter(id__gt=entry_id)[:WINDOW])


def choices(ticket: Ticket, user) -> dict[str, list[dict]]:
    """What each property may become, all in one query: `{stage: [{id, name, note}], assignee: …, team, type, tag}`."""
    parts = [
        _part("stage", Stage.objects.filter(team=ticket.team_id), order=F("position"), note=F("kind")),
        _part("assignee", queries.assignable(ticket.team)), _part("team", queries.visible_teams(user).filter(is_archived=False)),
        _part("type", TicketType.objects.filter(is_archived=False)),
        _part("tag", Tag.objects.all(), note=Cast("colour", CharField())),
    ]
    found: dict[str, list[dict]] = defaultdict(list)
    for sort, _order, name, pk, note in parts[0].union(*parts[1:], all=True).order_by("order_", "name"):
        found[sort].append({"id": pk, "name": name, "note": note})
    _keep_present(found, ticket)
    return found


def _part(sort: str, records: QuerySet, *, order=None, note=None) -> QuerySet:
    return records.order_by().annotate(
        sort_=Value(sort, CharField()), order_=Cast(order or Value(0), IntegerField()), note_=Cast(note or Value(""), CharField()),
    ).values_list("sort_", "order_", "name", "pk", "note_")


def _keep_present(found: dict[str, list[dict]], ticket: Ticket) -> None:
    """What the ticket has now can be chosen although it has left the house, or was archived."""
    for name in ("assignee", "team", "type"):
        record = getattr(ticket, name)
        if record is not None and not any(one["id"] == record.pk for one in found[name]):
            found[name].append({"id": record.pk, "name": str(record), "note": ""})
