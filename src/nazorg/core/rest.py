"""The pieces of which every API endpoint is made: sections, schemas, money, pages, idempotent making, problems.

An app's `api.py` has a `Router("section")`; the shell in `nazorg.api` mounts it under /api/v1 and turns refusals into
problems (RFC 9457) with the same sentences as the pages.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Generic, TypeVar

import ninja
from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja.security import HttpBearer
from ninja.security.session import SessionAuth
from pydantic import BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from nazorg.core.idempotency import once
from nazorg.core.money import minor_units, rounded
from nazorg.core.refusals import NotAllowed, Refused

LONGEST_TEXT = 100_000
FRESH = timedelta(minutes=1)
"""How exactly a token's last use is kept: one write a minute, not one a request."""


def problem(status: int, code: str, detail, *, field: str | None = None, **facts) -> HttpResponse:
    """A problem as RFC 9457 has it: `code` is the stable word, `detail` the sentence, `field` what it is about."""
    body: dict[str, Any] = {"type": f"/api/v1/problems#{code}", "title": code.replace("_", " ").capitalize(), "status": status, "detail": str(detail), "code": code}
    if field:
        body["field"] = field
    if facts:
        body["facts"] = facts
    return JsonResponse(body, status=status, content_type="application/problem+json")


class TokenAuth(HttpBearer):
    """`Authorization: Bearer nz_…`: the token's user, if its abilities cover the section."""

    def __init__(self, section: str):
        super().__init__()
        self.section = section

    def authenticate(self, request: HttpRequest, token: str):
        from nazorg.access.actions import digest
        from nazorg.access.backend import with_abilities
        from nazorg.access.models import ApiToken
        from nazorg.users.models import User

        now = timezone.now()
        known = User.objects.filter(
            Q(tokens__expires_at=None) | Q(tokens__expires_at__gt=now), tokens__digest=digest(token), tokens__withdrawn_at=None, is_active=True
        ).annotate(token_id=F("tokens__id"), token_abilities=F("tokens__abilities"), token_used=F("tokens__last_used_at"))
        user = with_abilities(known).first()
        if user is None:
            return None
        verb = "read" if request.method in ("GET", "HEAD", "OPTIONS") else "write"
        if not {f"{self.section}:{verb}", f"*:{verb}"} & set(user.token_abilities):
            raise NotAllowed(
                _("This token lacks the ability %(ability)s. Make one that has it under My API tokens.") % {"ability": f"{self.section}:{verb}"}
            )
        if user.token_used is None or now - user.token_used > FRESH:
            ApiToken.objects.filter(pk=user.token_id).update(last_used_at=now)
        request.user = user
        return user


class PageSession(SessionAuth):
    """A signed-in page: its session cookie and, for what changes something, its CSRF token.

    Whoever sends a token means the token; whoever has no session is told to send one, not that CSRF failed.
    """

    def __call__(self, request: HttpRequest):
        if "Authorization" in request.headers or settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return None
        return super().__call__(request)


class Router(ninja.Router):
    """A router whose endpoints ask a token for `section:read` or `section:write`, or a signed-in page with CSRF."""

    def __init__(self, section: str, **options):
        options.setdefault("tags", [section])
        super().__init__(auth=[TokenAuth(section), PageSession(csrf=True)], **options)
        self.section = section

    def add_api_operation(self, path, *args, **kwargs):
        """Addresses end without a slash: /invoices, never /invoices/."""
        return super().add_api_operation(path.rstrip("/"), *args, **kwargs)


def _without_nul(value):
    if isinstance(value, str):
        if "\x00" in value:
            raise ValueError(_("Text cannot contain a NUL character."))
        if len(value) > LONGEST_TEXT:
            raise ValueError(_("This text is longer than 100,000 characters."))
    elif isinstance(value, dict):
        for one in value.values():
            _without_nul(one)
    elif isinstance(value, list):
        for one in value:
            _without_nul(one)
    return value


class Schema(ninja.Schema):
    """A body or answer. A body with a field that is not known is refused: it is a misspelling that would be lost."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)


class In(Schema):
    """A body: no unknown fields, no NUL, no endless text."""

    @model_validator(mode="before")
    @classmethod
    def _clean(cls, value):
        return _without_nul(getattr(value, "_obj", value)) and value


def _decimal(value):
    if isinstance(value, Decimal):
        return value
    if not isinstance(value, str):
        raise ValueError(_("Write the number as text, such as \"49.00\"."))
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise ValueError(_("“%s” is not a number. Write it as \"49.00\".") % value[:40]) from None
    if not number.is_finite() or abs(number) >= Decimal(10) ** 12 or number.as_tuple().exponent < -9:
        raise ValueError(_("This number is out of range."))
    return number


DecimalText = Annotated[Decimal, BeforeValidator(_decimal), WithJsonSchema({"type": "string", "pattern": r"^-?\d{1,12}(\.\d{1,9})?$", "example": "49.00"})]
"""A decimal number as text, in and out: no float comes near an amount."""


class MoneyOut(Schema):
    """An amount at its currency's minor units, with the currency."""

    amount: str
    currency: str

    @classmethod
    def of(cls, amount: Decimal | None, currency: str) -> MoneyOut | None:
        return None if amount is None else cls(amount=f"{rounded(amount, currency):.{minor_units(currency)}f}", currency=currency)


def plain(number: Decimal | None) -> str | None:
    """A quantity or rate as text without needless zeros."""
    return None if number is None else f"{number.normalize():f}"


Id = Annotated[int, Field(ge=1, lt=2**63)]
"""The id of a record, in a body or an address."""

Item = TypeVar("Item")


class Page(Schema, Generic[Item]):  # noqa: UP046 - the same on Python 3.11
    """A page of a list; ask for the next one with `?cursor=` until it is null."""

    items: list[Item]
    next_cursor: str | None


def paged(request: HttpRequest, rows: QuerySet, limit: int, cursor: str | None, out: Callable, *, order: str = "-id") -> dict:
    """The page after `cursor`, in the order of a unique field. `limit` is from 1 to 200."""
    if not 1 <= limit <= 200:
        raise Refused(_("The limit is a number from 1 to 200."), field="limit", code="bad_limit")
    name, backwards = order.lstrip("-"), order.startswith("-")
    if cursor:
        rows = rows.filter(**{f"{name}__{'lt' if backwards else 'gt'}": _open_cursor(cursor)})
    found = list(rows.order_by(order)[: limit + 1])
    more = len(found) > limit
    found = found[:limit]
    after = base64.urlsafe_b64encode(str(getattr(found[-1], name)).encode()).decode() if more else None
    return {"items": [out(one) for one in found], "next_cursor": after}


def _open_cursor(cursor: str) -> int:
    try:
        value = int(base64.urlsafe_b64decode(cursor.encode(), ).decode())
    except (binascii.Error, ValueError, UnicodeError):
        raise Refused(_("This cursor is not one of ours. Start again without it."), field="cursor", code="bad_cursor") from None
    if abs(value) >= 2**63:
        raise Refused(_("This cursor is not one of ours. Start again without it."), field="cursor", code="bad_cursor")
    return value


def made(request: HttpRequest, *, body, scope: str, do: Callable[[], Any], status: int = 201) -> HttpResponse:
    """Answer with what `do` made (a JSON-able value), once per `Idempotency-Key`."""
    answer = once(by=request.user, key=request.headers.get("Idempotency-Key"), scope=scope, body=body, do=do)
    return JsonResponse(answer, status=status, safe=False)
