"""Rights: roles are Django's groups; beyond them a grant for one record, and tokens for programs."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class Grant(models.Model):
    """A person may open this one record (by its thread) without the rights of its app."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="grants")
    thread = models.ForeignKey("conversation.Thread", models.CASCADE, related_name="grants")
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    given_at = models.DateTimeField()
    reason = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "thread"], name="one_grant_per_person_and_record")]

    def __str__(self) -> str:
        return f"{self.user} → {self.thread}"


class ApiToken(models.Model):
    """A secret by which a program acts as a person, for the abilities that were ticked."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="tokens")
    name = models.CharField(_("name"), max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    """SHA-256 of the token: the token itself is shown once and kept nowhere."""
    hint = models.CharField(max_length=12)
    abilities = ArrayField(models.CharField(max_length=40), default=list)
    """Of `read` and `write`, each for an API section or for all: `*:read`, `tickets:write`."""
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.hint}…)"
