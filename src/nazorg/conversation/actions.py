"""Writing in a thread, following it, adding files. Whether somebody may is judged by the record's own action."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

import filetype
import nh3
from django.conf import settings
from django.core.files import File
from django.db import connection
from django.utils.html import linebreaks, strip_tags, urlize
from django.utils.translation import gettext as _

from nazorg.conversation.models import Attachment, Draft, Entry, Follower, HasThread, Thread
from nazorg.core.actions import action
from nazorg.core.refusals import Refused

LONGEST = 100_000
"""Characters of one message."""


@action
def thread_of(*, record: HasThread, at: datetime) -> Thread:
    """The record's thread, begun now if it has none."""
    if record.thread_id is None:
        record.thread = Thread.objects.create(kind=record._meta.label_lower, started_at=at)
        record.save(update_fields=["thread"])
    return record.thread


@action
def write(
    *, record: HasThread, kind: str, text: str = "", html: str = "", by=None, author_name: str = "", author_email: str = "", at: datetime, files: Sequence[File] = (),
) -> Entry:
    """Add a message, note or call; `text` is plain, `html` is sanitised. Refused when it is empty or too long."""
    text, body = (text.replace("\x00", "").strip(), "") if not html else ("", html)
    if html:
        body = nh3.clean(html.replace("\x00", ""))
        text = strip_tags(body).strip()
    if not text and not files:
        raise Refused(_("There is nothing to send yet. Write something or add a file."), field="text")
    if len(text) > LONGEST:
        raise Refused(_("This message is longer than 100,000 characters. Send the long part as a file."), field="text")
    entry = Entry.objects.create(
        thread=thread_of(record=record, at=at), kind=kind, at=at, author=by, author_name=author_name or (str(by) if by else ""),
        author_email=author_email, body=body or nh3.clean(linebreaks(urlize(text, nofollow=True), autoescape=False)), text=text,
    )
    for file in files:
        attach(record=record, file=file, by=by, at=at, entry=entry)
    if by is not None:
        Draft.objects.filter(thread=entry.thread, user=by).delete()
    return entry


@action
def attach(*, record: HasThread, file: File, by, at: datetime, entry: Entry | None = None) -> Attachment:
    """Keep a file with the record, typed by its content. Refused when it is empty or over the limit (25 MB)."""
    name = (file.name or "file").replace("\\", "/").rpartition("/")[2].replace("\x00", "")[-200:] or "file"
    if not file.size:
        raise Refused(_("“%s” is empty.") % name, field="files", code="empty_file")
    if file.size > settings.ATTACHMENT_LIMIT:
        raise Refused(
            _("“%(name)s” is larger than %(limit)d MB. Send a link instead, or a smaller file.") % {"name": name, "limit": settings.ATTACHMENT_LIMIT // 2**20},
            field="files", code="file_too_large",
        )
    sha, head = hashlib.sha256(), b""
    for chunk in file.chunks():
        head = head or chunk[:8192]
        sha.update(chunk)
    attachment = Attachment(
        thread=thread_of(record=record, at=at), entry=entry, name=name, content_type=_type_of(head), size=file.size, sha256=sha.hexdigest(), added_by=by, added_at=at,
    )
    known = Attachment.objects.filter(sha256=attachment.sha256).values_list("file", flat=True).first()
    if known and attachment.file.storage.exists(known):
        attachment.file.name = known
    else:
        attachment.file.save(name, file, save=False)
    attachment.save()
    return attachment


def _type_of(head: bytes) -> str:
    """The MIME type by content; what is not recognised but reads as text is text."""
    guess = filetype.guess_mime(head)
    if guess:
        return guess
    try:
        head.decode("utf-8", errors="strict" if len(head) < 8192 else "ignore")
    except UnicodeDecodeError:
        return "application/octet-stream"
    return "application/octet-stream" if b"\x00" in head else "text/plain"


@action
def follow(*, record: HasThread, at: datetime, user=None, email: str = "", name: str = "") -> None:
    """Make a user or an address a follower; does nothing when they are one."""
    thread = thread_of(record=record, at=at)
    Follower.objects.bulk_create([Follower(thread=thread, user=user, email="" if user else email.strip().lower(), name=name, since=at)], ignore_conflicts=True)


@action
def unfollow(*, record: HasThread, follower_id: int) -> None:
    """Take a follower off the thread."""
    Follower.objects.filter(thread=record.thread_id, pk=follower_id).delete()


@action
def keep_draft(*, record: HasThread, by, kind: str, text: str, at: datetime) -> None:
    """Keep what is being written; an empty text removes the draft."""
    if not text.strip():
        Draft.objects.filter(thread=record.thread_id, user=by).delete()
        return
    Draft.objects.update_or_create(thread=thread_of(record=record, at=at), user=by, defaults={"kind": kind, "text": text[:LONGEST].replace("\x00", ""), "saved_at": at})


@action
def seen(*, record: HasThread, by, entry_id: int, at: datetime) -> None:
    """Mark how far somebody has read; it never goes back."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO conversation_readmark (thread_id, user_id, entry_id, seen_at) VALUES (%s, %s, %s, %s) ON CONFLICT (thread_id, user_id) "
            "DO UPDATE SET entry_id = greatest(conversation_readmark.entry_id, excluded.entry_id), seen_at = excluded.seen_at",
            [record.thread_id, by.pk, entry_id, at],
        )
