"""Every event becomes a line of its record's history, in the same transaction."""

from __future__ import annotations

from nazorg.conversation.actions import thread_of
from nazorg.conversation.models import Entry, HasThread
from nazorg.core.events import Event, reacts_to


@reacts_to(Event)
def keep_history(fact: Event) -> None:
    if isinstance(fact.on, HasThread):
        Entry.objects.create(
            # By its number: most records have their thread already, and the line needs nothing else of it.
            thread_id=fact.on.thread_id or thread_of(record=fact.on, at=fact.at).pk, kind=Entry.Kind.HISTORY, at=fact.at, author=fact.by,
            author_name=str(fact.by) if fact.by else "", event=fact.name, facts=fact.facts(),
        )
