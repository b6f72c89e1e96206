"""What every app leans on: number series, idempotency keys, the outbox."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Series(models.Model):
    """The last number given in a series and year; see `numbering`."""

    prefix = models.CharField(max_length=20)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["prefix", "year"], name="one_row_per_series_and_year")]

    def __str__(self) -> str:
        return f"{self.prefix}/{self.year}"


class IdempotencyKey(models.Model):
    """What was answered to a request, so that its repetition gets the same answer; see `idempotency`."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)
    key = models.CharField(max_length=200)
    scope = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64)
    answer = models.JSONField(null=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="a_key_is_used_once_by_a_user")]
        indexes = [models.Index(fields=["made_at"])]

    def __str__(self) -> str:
        return self.key


class Outgoing(models.Model):
    """Something to be sent outside (mail, webhook), written in the transaction that decided it; see `outbox`."""

    id = models.UUIDField(primary_key=True)
    channel = models.CharField(max_length=30)
    payload = models.JSONField()
    made_at = models.DateTimeField()
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    failure = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["due_at"], condition=models.Q(sent_at=None), name="outgoing_still_to_send")]

    def __str__(self) -> str:
        return f"{self.channel} {self.id}"
