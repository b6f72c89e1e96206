"""Looking into the books."""

from __future__ import annotations

from django.db.models import QuerySet, Sum

from nazorg.access.rules import may
from nazorg.ledger.models import Account, Entry, Journal, Line


def visible_to(user) -> QuerySet[Entry]:
    return Entry.objects.all() if may(user, "ledger.view_books") else Entry.objects.none()


def journals(kind: str) -> QuerySet[Journal]:
    return Journal.objects.filter(kind=kind).order_by("pk")


def standard_accounts() -> dict[str, Account]:
    """By kind the first account: where documents book that name no other."""
    found: dict[str, Account] = {}
    for account in Account.objects.order_by("code"):
        found.setdefault(account.kind, account)
    return found


def trial_balance():
    """Per account and currency the sum of all lines: `[{account__code, account__name, currency, balance}]`."""
    return Line.objects.values("account__code", "account__name", "currency").annotate(balance=Sum("amount")).order_by("account__code", "currency")
