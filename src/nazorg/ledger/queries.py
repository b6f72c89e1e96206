"""Looking into the books."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet, Sum

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


def all_journals() -> QuerySet[Journal]:
    return Journal.objects.order_by("kind", "code")


def trial_balance(*, until: date | None = None):
    """Per account and currency all debits, credits and their balance: `[{account__code, account__name, currency, debit, credit, balance}]`."""
    lines = Line.objects.filter(entry__on__lte=until) if until else Line.objects.all()
    rows = lines.order_by().values("account__code", "account__name", "currency").annotate(
        debit=Sum("amount", filter=Q(amount__gt=0), default=0), credit=-Sum("amount", filter=Q(amount__lt=0), default=0), balance=Sum("amount"),
    )
    return rows.order_by("account__code", "currency")
