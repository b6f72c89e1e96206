"""A record's history as lines to show: what happened, by whom, when."""

from __future__ import annotations

from nazorg.conversation.models import Entry, HasThread
from nazorg.core.events import find, say


def history(record: HasThread, *, most: int = 100) -> list[dict]:
    """The last events of a record, newest first: `[{text, who, at, icon}]`, in the reader's language."""
    if record.thread_id is None:
        return []
    rows = Entry.objects.filter(thread=record.thread_id, kind=Entry.Kind.HISTORY).defer("words", "body", "text").order_by("-id")[:most]
    return [
        {"text": say(row.event, row.facts, row.author_name), "at": row.at, "icon": getattr(find(row.event), "icon", "history")}
        for row in rows
    ]
