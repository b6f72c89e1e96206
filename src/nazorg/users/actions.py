"""Inviting people, letting them in, giving them roles."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from nazorg.access.rules import must
from nazorg.core.actions import action
from nazorg.core.refusals import Refused
from nazorg.users.models import Invitation, User

VALID_FOR = timedelta(days=7)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


@action
def invite(*, email: str, name: str, roles: Sequence[Group], language: str = "en", by, at: datetime) -> tuple[Invitation, str]:
    """Invite somebody; gives the invitation and the secret of its link, which is shown once and kept nowhere.

    The link works for seven days, once. Refused for an address that signs in already.
    """
    must(by, "users.manage_user")
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        raise Refused(_("“%s” is not an e-mail address. Write it as name@example.org.") % email[:80], field="email") from None
    if User.objects.filter(email__iexact=email).exists():
        raise Refused(_("%s can sign in already. Change their roles under People.") % email, field="email")
    if not name.strip():
        raise Refused(_("Write the name of the person."), field="name")
    Invitation.objects.filter(email=email, accepted_at=None, withdrawn_at=None).update(withdrawn_at=at)
    secret = secrets.token_urlsafe(24)
    invitation = Invitation.objects.create(
        email=email, name=name.strip()[:120], language=language, invited_by=by, invited_at=at, digest=_digest(secret)
    )
    invitation.roles.set(roles)
    return invitation, secret


def open_invitation(secret: str, at: datetime) -> Invitation | None:
    """The invitation that this link still opens."""
    return Invitation.objects.filter(digest=_digest(secret), accepted_at=None, withdrawn_at=None, invited_at__gt=at - VALID_FOR).first()


@action
def accept(*, secret: str, username: str, password: str, at: datetime) -> User:
    """Make the invited person a user with the password they chose. Refused when the link is used, old or withdrawn."""
    found = open_invitation(secret, at)
    invitation = found and Invitation.objects.select_for_update().filter(pk=found.pk, accepted_at=None, withdrawn_at=None).first()
    if invitation is None:
        raise Refused(_("This invitation was used, withdrawn or is older than seven days. Ask for a new one."), code="invitation_over")
    user = add_user(username=username, name=invitation.name, email=invitation.email, password=password, roles=list(invitation.roles.all()), language=invitation.language, by=None, at=at)
    invitation.accepted_at = at
    invitation.save(update_fields=["accepted_at"])
    return user


@action
def add_user(*, username: str, name: str, email: str, password: str | None, roles: Sequence[Group] = (), language: str = "en", by, at: datetime) -> User:
    """Make a user. Refused when the user name is taken or the password too weak."""
    must(by, "users.manage_user")
    username = username.strip().lower()
    if not re.fullmatch(r"[a-z0-9._+-]{2,60}", username):
        raise Refused(_("A user name has 2 to 60 letters, digits, dots or hyphens."), field="username")
    if User.objects.filter(username__iexact=username).exists():
        raise Refused(_("The user name “%s” is taken. Choose another one.") % username, field="username")
    user = User(username=username, name=name, email=email.lower(), language=language, date_joined=at)
    if password is not None:
        try:
            validate_password(password, user)
        except ValidationError as error:
            raise Refused(" ".join(error.messages), field="password") from None
    user.set_password(password)
    user.save()
    user.groups.set(roles)
    return user


@action
def set_roles(*, user: User, roles: Sequence[Group], is_active: bool, by, at: datetime) -> None:
    """Give exactly these roles; taking `is_active` away signs the person out everywhere.

    Refused where nobody would be left who can manage people.
    """
    must(by, "users.manage_user")
    user = User.objects.select_for_update().get(pk=user.pk)
    user.groups.set(roles)
    User.objects.filter(pk=user.pk).update(is_active=is_active)
    managers = User.objects.filter(is_active=True, groups__permissions__codename="manage_user", groups__permissions__content_type__app_label="users")
    if not managers.exists() and not User.objects.filter(is_active=True, is_superuser=True).exists():
        raise Refused(_("Nobody would be left who can invite people. Give another person the role Administrator first."), field="roles")
    if not is_active:
        _sign_out_everywhere(user)


def _sign_out_everywhere(user: User) -> None:
    for session in Session.objects.filter(expire_date__gt=timezone.now()):
        if session.get_decoded().get("_auth_user_id") == str(user.pk):
            session.delete()


@action
def change_profile(*, user: User, name: str, language: str, job_title: str, by, at: datetime) -> None:
    """Change one's own name, language and job title."""
    if not name.strip():
        raise Refused(_("Write your name: customers see it."), field="name")
    User.objects.filter(pk=user.pk).update(name=name.strip()[:120], language=language, job_title=job_title[:80])


@action
def first_administrator_link(*, at: datetime | None = None) -> str | None:
    """On an installation without users: the path of a link by which the first administrator lets themselves in.

    None as soon as somebody can sign in. Each call makes a new link and withdraws the one before.
    """
    if User.objects.exists():
        return None
    at = at or timezone.now()
    Invitation.objects.filter(accepted_at=None, withdrawn_at=None).update(withdrawn_at=at)
    secret = secrets.token_urlsafe(24)
    invitation = Invitation.objects.create(email="administrator@localhost.localdomain", name="Administrator", invited_at=at, digest=_digest(secret), language=settings.LANGUAGE_CODE)
    invitation.roles.set(Group.objects.filter(name="administrator"))
    return reverse("users:accept", args=[secret])
