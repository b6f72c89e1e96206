"""People who sign in."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class User(AbstractUser):
    """Somebody who may sign in: by user name or e-mail address."""

    username = models.CharField(_("user name"), max_length=60, unique=True, validators=[UnicodeUsernameValidator()])
    first_name = last_name = None
    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("e-mail address"))
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, default="en")
    job_title = models.CharField(_("job title"), max_length=80, blank=True)

    REQUIRED_FIELDS = ["email", "name"]

    class Meta(AbstractUser.Meta):
        verbose_name, verbose_name_plural = _("user"), _("users")
        constraints = [models.UniqueConstraint(Lower("email"), name="an_email_address_signs_in_one_user")]
        permissions = [("manage_user", _("Invite people and give them roles"))]
        default_permissions = ()

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return self.name.split(" ")[0] if self.name else self.username

    def get_absolute_url(self) -> str:
        return reverse("users:user", args=[self.pk])


class Invitation(models.Model):
    """A link by which somebody sets a password and signs in for the first time."""

    email = models.EmailField(_("e-mail address"))
    name = models.CharField(_("name"), max_length=120)
    roles = models.ManyToManyField("auth.Group", blank=True, verbose_name=_("roles"))
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, default="en")
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    invited_at = models.DateTimeField()
    digest = models.CharField(max_length=64, unique=True)
    """SHA-256 of the secret in the link: who reads the database cannot use the invitation."""
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.email
