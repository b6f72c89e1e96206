"""Granting one record to one person; making and withdrawing API tokens."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from django.utils.translation import gettext as _

from nazorg.access.models import ApiToken, Grant
from nazorg.core.actions import action
from nazorg.core.refusals import NotAllowed, Refused


@action
def grant(*, user, thread_id: int, by, at: datetime, reason: str) -> None:
    """Let `user` open the record of this thread whatever their role; nothing changes if they may. Asked by other actions, which judge the right to it."""
    given = Grant(user=user, thread_id=thread_id, given_by=by, given_at=at, reason=reason)
    Grant.objects.bulk_create([given], ignore_conflicts=True)  # one statement, and two who grant at once do not collide


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@action
def make_token(*, user, name: str, abilities: list[str], by, at: datetime, expires_at: datetime | None = None) -> tuple[ApiToken, str]:
    """A new token for `user` and its secret, which is shown this once."""
    if by is not None and by.pk != user.pk:
        raise NotAllowed(_("A token can only be made for oneself."))
    if not name.strip():
        raise Refused(_("Give the token a name that says what it is for."), field="name")
    if expires_at and expires_at <= at:
        raise Refused(_("The token would have expired already."), field="expires_at")
    secret = "nz_" + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=user, name=name.strip()[:80], digest=digest(secret), hint=secret[:8], abilities=abilities or ["*:read"], made_at=at, expires_at=expires_at,
    )
    return token, secret


@action
def withdraw_token(*, token: ApiToken, by, at: datetime) -> None:
    """The token stops working now."""
    if by is not None and by.pk != token.user_id:
        raise NotAllowed(_("Only its owner can withdraw a token."))
    ApiToken.objects.filter(pk=token.pk, withdrawn_at=None).update(withdrawn_at=at)
