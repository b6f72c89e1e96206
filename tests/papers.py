"""Papers for tests about money: customers, invoices, and the people who may deal with them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from django.contrib.auth.models import Group
from django.utils import timezone

from nazorg.access.roles import sync_roles
from nazorg.catalogue.models import Tax
from nazorg.catalogue.taxes import TaxFacts
from nazorg.invoicing import actions as invoicing
from nazorg.invoicing.lines import LineInput
from nazorg.invoicing.models import Document, PaymentTerm
from nazorg.invoicing.terms import TERMS
from nazorg.ledger.chart import make_chart
from nazorg.ledger.models import Account, Journal
from nazorg.parties.models import Party
from nazorg.suite.models import ActiveApp
from nazorg.suite.queries import forget_active_apps
from nazorg.users.models import User

D = Decimal


def at(day: date) -> datetime:
    """Noon of a day."""
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def open_books() -> None:
    """The chart, terms, roles and Invoicing active, also after a test that emptied the database."""
    make_chart(Account, Journal)
    for name, days in TERMS:
        PaymentTerm.objects.get_or_create(name=name, defaults={"days": days})
    sync_roles()
    ActiveApp.objects.bulk_create([ActiveApp(slug="invoicing", activated_at=timezone.now())], ignore_conflicts=True)
    forget_active_apps()


def person(name: str, *roles: str) -> User:
    user = User.objects.create_user(username=name.lower(), email=f"{name.lower()}@example.org", name=name)
    user.groups.set(Group.objects.filter(name__in=roles))
    return user


def customer(name: str = "Ida de Vries", **fields) -> Party:
    return Party.objects.create(name=name, **fields)


def vat(rate="21", *, included: bool = False, kind: str = "percent", name: str = "") -> TaxFacts:
    """A tax of the catalogue, as documents keep it."""
    tax = Tax.objects.get_or_create(name=name or f"{rate}{' incl' if included else ''} {kind}", defaults={"rate": D(rate), "is_included": included, "kind": kind})[0]
    return TaxFacts.of(tax)


def line(quantity, price, *taxes, discount=0, description="Kettle", **more) -> LineInput:
    return LineInput(description=description, quantity=D(str(quantity)), price=D(str(price)), discount=D(str(discount)), taxes=taxes, **more)


def draft(ida: Party, *lines: LineInput, on: date = date(2026, 1, 1), **more) -> Document:
    return invoicing.draft_invoice(customer=ida, lines=list(lines), on=on, by=None, at=at(on), **more)


def invoice(ida: Party, *lines: LineInput, on: date = date(2026, 1, 1), **more) -> Document:
    """A posted invoice."""
    return invoicing.post(document=draft(ida, *lines, on=on, **more), by=None, at=at(on))


def pay(document: Document, amount=None, on: date = date(2026, 1, 10), **more):
    document = again(document)
    amount = document.amount_due if amount is None else D(str(amount))
    which = {"credit_note" if document.is_credit_note else "invoice": document}
    return invoicing.register_payment(amount=amount, on=on, by=None, at=at(on), **which, **more)


def again(record):
    """The record as the database has it now."""
    return type(record).objects.get(pk=record.pk)


def figures(document: Document) -> tuple:
    """Net, tax and total, as people write them."""
    document = again(document)
    return tuple(f"{value:.2f}" for value in (document.net, document.tax, document.total))
