"""Which apps this installation uses, and since when; under a plan also the trial and the subscription."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ActiveApp(models.Model):
    """An app that is switched on. Switching it off removes this row and nothing else: its data survives."""

    slug = models.SlugField(unique=True)
    activated_at = models.DateTimeField()
    activated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        permissions = [("switch_app", _("Switch apps on and off"))]
        default_permissions = ()

    def __str__(self) -> str:
        return self.slug


class Trial(models.Model):
    """The 15 days that start with the second app, where a plan is in force. There is at most one."""

    started_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    only = models.BooleanField(default=True, unique=True, editable=False)

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d} – {self.ends_at:%Y-%m-%d}"


class Subscription(models.Model):
    """A subscription that somebody recorded: from a day, until a day or until it is ended."""

    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)
    reference = models.CharField(_("reference"), max_length=100)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.reference
