"""Threads: what was said and what happened around a record, in the order in which it came about."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.core.files.storage import default_storage
from django.db import models
from django.utils.translation import gettext_lazy as _


class Thread(models.Model):
    """The conversation of one record (a ticket, an invoice, …), which points here by its `thread`."""

    kind = models.CharField(max_length=60)
    """The record's model, such as `helpdesk.ticket`."""
    started_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class HasThread(models.Model):
    """A record with a conversation. The thread comes into being with its first entry."""

    thread = models.OneToOneField(Thread, models.PROTECT, null=True, blank=True, editable=False, related_name="%(app_label)s_%(class)s")

    class Meta:
        abstract = True


class Entry(models.Model):
    """One thing in a thread: somebody wrote, or something happened. Append-only: a trigger refuses change and removal."""

    class Kind(models.TextChoices):
        RECEIVED = "received", _("Received")
        SENT = "sent", _("Message")
        NOTE = "note", _("Note")
        CALL = "call", _("Call")
        HISTORY = "history", _("History")

    thread = models.ForeignKey(Thread, models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=10, choices=Kind)
    at = models.DateTimeField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    author_name = models.CharField(max_length=120, blank=True)
    """Who wrote, when it was nobody who signs in; also the name under which the author wrote."""
    author_email = models.EmailField(blank=True)
    body = models.TextField(blank=True)
    """Sanitised HTML of what was written."""
    text = models.TextField(blank=True)
    """The same as plain text, for search and for mail."""
    event = models.CharField(max_length=80, blank=True)
    facts = models.JSONField(default=dict, blank=True)
    words = models.GeneratedField(expression=SearchVector("text", config="simple"), output_field=SearchVectorField(), db_persist=True)

    class Meta:
        indexes = [
            models.Index(fields=["thread", "id"], name="entries_of_a_thread"),
            GinIndex(fields=["words"], name="words_of_entries", condition=~models.Q(kind="history")),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(kind="history", event__gt="") | (~models.Q(kind="history") & models.Q(event="")), name="history_tells_an_event"),
        ]

    def __str__(self) -> str:
        return self.text[:80] or self.event


class Follower(models.Model):
    """Somebody who is told what happens in a thread: a user, or an outside person by e-mail address."""

    thread = models.ForeignKey(Thread, models.CASCADE, related_name="followers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    name = models.CharField(max_length=120, blank=True)
    email = models.EmailField(blank=True)
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["thread", "user"], name="a_user_follows_a_thread_once"),
            models.UniqueConstraint(fields=["thread", "email"], condition=models.Q(user=None), name="an_address_follows_a_thread_once"),
            models.CheckConstraint(condition=models.Q(user__isnull=False) | models.Q(email__gt=""), name="a_follower_can_be_told"),
        ]

    def __str__(self) -> str:
        return str(self.user or self.name or self.email)


def _place(attachment: Attachment, filename: str) -> str:
    return f"attachments/{attachment.sha256[:2]}/{attachment.sha256}"


class Attachment(models.Model):
    """A file in a thread. Its type is told by its content; it is only ever served as a download."""

    thread = models.ForeignKey(Thread, models.PROTECT, related_name="attachments")
    entry = models.ForeignKey(Entry, models.PROTECT, null=True, related_name="attachments")
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    file = models.FileField(upload_to=_place, storage=default_storage, max_length=200)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Draft(models.Model):
    """What somebody was writing in a composer, kept until it is sent."""

    thread = models.ForeignKey(Thread, models.CASCADE, related_name="drafts")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=Entry.Kind, default=Entry.Kind.SENT)
    text = models.TextField(blank=True)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["thread", "user"], name="one_draft_per_person_and_thread")]

    def __str__(self) -> str:
        return self.text[:80]


class ReadMark(models.Model):
    """How far somebody has read a thread, and when they were last seen in it."""

    thread = models.ForeignKey(Thread, models.CASCADE, related_name="marks")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    entry_id = models.BigIntegerField(default=0)
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["thread", "user"], name="one_read_mark_per_person_and_thread")]

    def __str__(self) -> str:
        return f"{self.user} {self.entry_id}"
