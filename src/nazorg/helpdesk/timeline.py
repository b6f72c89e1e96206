"""The timeline of a ticket page: a thread's entries as they are shown, with their days, folds and the first unread."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from nazorg.conversation.models import Attachment, Entry
from nazorg.conversation.quoting import fold
from nazorg.core import events, formats

KINDS = {Entry.Kind.RECEIVED: "in", Entry.Kind.SENT: "out", Entry.Kind.NOTE: "note", Entry.Kind.CALL: "call"}


@dataclass
class Item:
    """One thing in the timeline. `kind`: day, in, out, note, call, card, log or folded (which holds `items`)."""

    kind: str
    at: dt.datetime | None = None
    id: int = 0
    who: str = ""
    label: str = ""
    email: str = ""
    body: str = ""
    quoted: str = ""
    icon: str = ""
    sentence: str = ""
    title: str = ""
    url: str = ""
    unread: bool = False
    is_mine: bool = False
    files: list[Attachment] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)


def timeline(entries: Iterable[Entry], *, reader, read_to: int | None = None, today: dt.date, fold_changes: bool = True) -> list[Item]:
    """The entries as items, oldest first, days between them.

    The first entry of somebody else after `read_to` is marked unread, unless `read_to` is None (or 0: then everything
    is new, and a line saying so helps nobody).
    """
    items: list[Item] = []
    day, marked = None, not read_to
    for entry in entries:
        here = timezone.localtime(entry.at).date()
        fresh = not marked and entry.id > read_to and entry.author_id != reader.pk
        if here != day:
            items.append(Item("day", label=day_label(here, today), at=entry.at))
            day = here
        if fresh:
            items.append(Item("unread"))
            marked = True
        item = _item(entry, reader)
        if item.kind == "log" and fold_changes and items and items[-1].kind in ("log", "folded"):
            _fold_into(items, item)
        else:
            items.append(item)
    return items


def day_label(day: dt.date, today: dt.date) -> str:
    if day == today:
        return _("Today")
    if day == today - dt.timedelta(days=1):
        return _("Yesterday")
    return formats.day(day)


def _fold_into(items: list[Item], item: Item) -> None:
    """Let a run of changes stand behind one line."""
    last = items[-1]
    if last.kind == "log":
        last = items[-1] = Item("folded", at=last.at, id=last.id, items=[last])
    last.items.append(item)
    count = len(last.items)
    names = list(dict.fromkeys(one.who or "Nazorg" for one in last.items))
    last.label = ngettext("%(count)d change", "%(count)d changes", count) % {"count": count}
    last.who = ", ".join(names[:3])
    last.at = item.at


def _item(entry: Entry, reader) -> Item:
    if entry.kind == Entry.Kind.HISTORY:
        return _event(entry)
    body, quoted = fold(entry.body) if entry.kind == Entry.Kind.RECEIVED else (entry.body, "")
    return Item(
        KINDS[entry.kind], at=entry.at, id=entry.id, who=entry.author_name or entry.author_email or _("Unknown"),
        email=entry.author_email, body=body, quoted=quoted, files=list(entry.attachments.all()),
        is_mine=entry.author_id is not None and entry.author_id == reader.pk,
    )


def _event(entry: Entry) -> Item:
    told = events.find(entry.event)
    item = Item(
        "log", at=entry.at, id=entry.id, who=entry.author_name, icon=told.icon if told else "history",
        sentence=_said(entry),
    )
    if told and told.card:
        item.kind = "card"
        document = next((one for one in entry.facts.values() if isinstance(one, dict) and "record" in one), None)
        if document:
            item.title, item.url = document["label"], document["url"]
    return item


def _said(entry: Entry) -> str:
    """The event's sentence; a fact that an older version kept otherwise must not take the page away."""
    try:
        return events.say(entry.event, entry.facts, entry.author_name)
    except (KeyError, IndexError, ValueError):
        return escape(entry.event)
