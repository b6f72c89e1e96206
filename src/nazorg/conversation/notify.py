"""Who is told of what happens in a thread: its followers, but for whoever did it.

Staff are told of everything; a follower from outside only of what was written to the customer, never of a note, a call
or a line of the history.
"""

from __future__ import annotations

from nazorg.conversation.models import Entry, Follower

FOR_EVERYBODY = {Entry.Kind.RECEIVED, Entry.Kind.SENT}


def told_of(entry: Entry) -> list[Follower]:
    """The followers who are to be told of this entry, in the order in which they began to follow; one query."""
    followers = Follower.objects.filter(thread=entry.thread_id).select_related("user").order_by("id")
    return [one for one in followers if _concerns(entry, one)]


def _concerns(entry: Entry, follower: Follower) -> bool:
    if follower.user is not None:
        return follower.user.is_active and follower.user_id != entry.author_id
    return entry.kind in FOR_EVERYBODY and follower.email != entry.author_email.lower()
