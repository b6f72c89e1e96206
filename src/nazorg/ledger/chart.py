"""A minimal chart of accounts and journals, so that a new installation can book at once.

Numbers follow the Belgian minimum chart (Royal Decree of 21 October 2018); a shop elsewhere renames them.
"""

from __future__ import annotations

from django.utils.translation import gettext_noop

ACCOUNTS = [
    ("400000", gettext_noop("Trade debtors"), "receivable"),
    ("451000", gettext_noop("VAT due"), "tax"),
    ("550000", gettext_noop("Bank"), "bank"),
    ("570000", gettext_noop("Cash"), "bank"),
    ("700000", gettext_noop("Sales"), "revenue"),
    ("640000", gettext_noop("Other operating charges"), "expense"),
]
JOURNALS = [
    ("SAL", gettext_noop("Sales"), "sales", "700000"),
    ("BNK", gettext_noop("Bank"), "bank", "550000"),
    ("CSH", gettext_noop("Cash"), "bank", "570000"),
    ("GEN", gettext_noop("General"), "general", None),
]


def make_chart(account_model, journal_model) -> None:
    """Add what is missing; used by a migration, so it takes the models of that moment."""
    accounts = {}
    for code, name, kind in ACCOUNTS:
        accounts[code], _made = account_model.objects.get_or_create(code=code, defaults={"name": name, "kind": kind})
    for code, name, kind, account in JOURNALS:
        journal_model.objects.get_or_create(code=code, defaults={"name": name, "kind": kind, "account": accounts.get(account)})
