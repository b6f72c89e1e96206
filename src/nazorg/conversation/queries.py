"""What a thread shows."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Prefetch, QuerySet, Subquery
from django.db.models.functions import Coalesce, JSONObject

from nazorg.conversation.models import Attachment, Draft, Entry, Follower, HasThread, ReadMark
from nazorg.core.events import cards

HERE = timedelta(seconds=45)
"""How long somebody counts as looking after they were last seen."""


def entries(record: HasThread) -> QuerySet[Entry]:
    """The thread's entries, oldest first, with authors and files."""
    return (
        Entry.objects.filter(thread=record.thread_id).select_related("author").prefetch_related(Prefetch("attachments", Attachment.objects.order_by("id"))).defer("words").order_by("id")
    )


def followers(record: HasThread) -> QuerySet[Follower]:
    return Follower.objects.filter(thread=record.thread_id).select_related("user").order_by("id")


def draft(record: HasThread, user) -> Draft | None:
    return Draft.objects.filter(thread=record.thread_id, user=user).first()


def read_up_to(record: HasThread, user) -> int:
    """The id of the last entry that the user has read; 0 for none."""
    return ReadMark.objects.filter(thread=record.thread_id, user=user).values_list("entry_id", flat=True).first() or 0


def others_here(record: HasThread, user, at) -> QuerySet[ReadMark]:
    """Who else is looking at the record now."""
    return ReadMark.objects.filter(thread=record.thread_id, seen_at__gt=at - HERE).exclude(user=user).select_related("user")


def as_met_by(records: QuerySet, user) -> QuerySet:
    """Records with what this reader meets in their thread, in the same query: `read_to_` (the last entry read, 0 for
    none), `draft_` (`{kind, text, saved_at}` or None) and `followers_` (`[{id, user, name, email}]`)."""
    thread = OuterRef("thread_id")
    marks = ReadMark.objects.filter(thread=thread, user=user).values("entry_id")
    drafts = Draft.objects.filter(thread=thread, user=user).values(kept=JSONObject(kind="kind", text="text", saved_at="saved_at"))
    told = (
        Follower.objects.filter(thread=thread).order_by("id")
        .values(told=JSONObject(id="id", user="user_id", name=Coalesce("user__name", "name"), email=Coalesce("user__email", "email")))
    )
    return records.annotate(
        read_to_=Coalesce(Subquery(marks), 0), draft_=Subquery(drafts), followers_=ArraySubquery(told)
    )


def written_since(record: HasThread, entry_id: int, *, but_by=None) -> QuerySet[Entry]:
    """What others wrote to or got from the customer after an entry: what a reply in the making does not know of."""
    entries_ = entries(record).filter(id__gt=entry_id, kind__in=[Entry.Kind.RECEIVED, Entry.Kind.SENT])
    return entries_.exclude(author=but_by) if but_by is not None else entries_


SHOWN = {
    "messages": [Entry.Kind.RECEIVED, Entry.Kind.SENT, Entry.Kind.CALL],
    "notes": [Entry.Kind.NOTE],
}


def shown_as(entries_: QuerySet[Entry], show: str) -> QuerySet[Entry]:
    """Entries of one sort: `messages`, `notes`, `documents` (events that are a card), `changes` (the other events), `all`."""
    if show in SHOWN:
        return entries_.filter(kind__in=SHOWN[show])
    if show == "documents":
        return entries_.filter(kind=Entry.Kind.HISTORY, event__in=cards())
    if show == "changes":
        return entries_.filter(kind=Entry.Kind.HISTORY).exclude(event__in=cards())
    return entries_
