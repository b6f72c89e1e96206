"""A desk at which refunds are given: the cast, one kettle shop, and helpers that sell, invoice and open tickets by the house's own actions."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from html import unescape
from html.parser import HTMLParser
from types import SimpleNamespace

from django.contrib.auth.models import Group
from django.utils import timezone
from django.utils.html import strip_tags
from papers import open_books

from nazorg.access.actions import make_token
from nazorg.access.backend import with_abilities
from nazorg.catalogue.models import Product, Tax, Unit
from nazorg.core.money import ZERO
from nazorg.entitlements.actions import sell
from nazorg.entitlements.models import SoldLine
from nazorg.helpdesk import actions as helpdesk
from nazorg.invoicing import actions as invoicing
from nazorg.invoicing.models import PaymentTerm
from nazorg.parties.models import Party
from nazorg.suite.models import ActiveApp
from nazorg.suite.queries import forget_active_apps
from nazorg.users.models import User

PASSWORD = "aftercare-tests"
JAN, FEB = dt.date(2026, 1, 1), dt.date(2026, 2, 1)


class Desk:
    """Nora may refund, Pim is in a team for members only, Sam sells and may not, Victor keeps the books, Ada leads."""

    def __init__(self):
        self.at = timezone.now()
        open_books()
        ActiveApp.objects.get_or_create(slug="helpdesk", defaults={"activated_at": self.at})
        forget_active_apps()
        self.nora, self.pim = self.person("nora", "Nora Peeters", "agent"), self.person("pim", "Pim de Boer", "agent", language="nl")
        self.sam, self.victor = self.person("sam", "Sam Maes", "sales"), self.person("victor", "Victor Lambert", "accountant")
        self.ada = self.person("ada", "Ada Wouters", "administrator")
        self.team = helpdesk.add_team(name="Support", members=[self.nora], by=self.ada, at=self.at)
        self.closed_team = helpdesk.add_team(name="Business", visibility="members", members=[self.pim], by=self.ada, at=self.at)
        for team in (self.team, self.closed_team):
            helpdesk.switch_service(team=team, slug="refund", on=True, by=self.ada, at=self.at)
        self.piece, _made = Unit.objects.get_or_create(code="pc", defaults={"name": "piece"})
        self.vat21, self.vat15, self.also15 = self.tax("VAT 21", 21), self.tax("VAT 15", 15), self.tax("Also 15", 15)
        self.acme = Party.objects.create(kind="company", name="Acme BV")
        self.anna = Party.objects.create(name="Anna de Vries", company=self.acme, email="anna@example.org")
        self.ida = Party.objects.create(name="Ida Vermeulen", email="ida@example.org")
        self.kettle = self.product("KET-X2", "Kettle X2", "40.50")
        self.toaster = self.product("TOA-4", "Toaster", "53.71")

    def person(self, username: str, name: str, role: str, language: str = "en") -> User:
        user, made = User.objects.get_or_create(username=username, defaults={"name": name, "email": f"{username}@example.org", "language": language})
        if made:
            user.set_password(PASSWORD)
            user.save()
            user.groups.add(Group.objects.get(name=role))
        return with_abilities().get(pk=user.pk)

    def tax(self, name: str, rate, kind: str = "percent", included: bool = False) -> Tax:
        return Tax.objects.get_or_create(name=name, defaults={"rate": Decimal(str(rate)), "kind": kind, "is_included": included})[0]

    def product(self, code: str, name: str, price: str) -> Product:
        product, made = Product.objects.get_or_create(code=code, defaults={"name": name, "unit": self.piece, "price": price})
        if made:
            product.taxes.add(self.vat21)
        return product

    def line(self, quantity="1", price="100", taxes=None, product=None, description="Kettle", discount="0", serial="", customer=None, on=JAN):
        """A line of an invoice, with the sold line that stands behind it."""
        quantity, price, discount = Decimal(quantity), Decimal(price), Decimal(discount)
        net = round(quantity * price * (100 - discount) / 100, 2)
        [sold] = sell(lines=[
            SoldLine(customer=customer or self.ida, product=product, description=product.name if product else description, serial=serial, quantity=quantity, net=net, currency="EUR", sold_on=on)
        ])
        return invoicing.LineInput(
            product=product, description=product.name if product else description, quantity=quantity, price=price, discount=discount,
            taxes=[self.vat21] if taxes is None else taxes, sold_line=sold,
        )

    def invoice(self, *lines, customer=None, on=JAN, post=True, paid=False, origin="", days=30, contact=None, currency=None):
        """A posted (or draft, or paid) invoice, by the actions of Invoicing."""
        customer = customer or self.ida
        term, _made = PaymentTerm.objects.get_or_create(name=f"{days} days", defaults={"days": days})
        invoice = invoicing.draft_invoice(
            customer=customer, contact=contact, lines=list(lines) or [self.line(customer=customer)], on=on, payment_term=term, origin=origin, currency=currency, by=self.victor, at=self.at,
        )
        if not post:
            return invoice
        invoice = invoicing.post(document=invoice, by=self.victor, at=self.at)
        if paid:
            self.pay(invoice)
        return fresh(invoice)

    def pay(self, invoice, amount=None):
        return invoicing.register_payment(invoice=invoice, amount=Decimal(amount) if amount else invoice.total, on=invoice.on, by=self.victor, at=self.at)

    def ticket(self, customer=None, title="leaks", team=None, by=None, **fields):
        return helpdesk.open_ticket(title=title, team=team or self.team, customer=customer or self.ida, by=by or self.ada, at=self.at, **fields)

    def token(self, user, *abilities: str) -> dict:
        """The headers with which a program speaks for somebody."""
        _token, secret = make_token(user=user, name="test", abilities=list(abilities) or ["*:read", "*:write"], by=user, at=self.at)
        return {"HTTP_AUTHORIZATION": f"Bearer {secret}"}

    def four_lines(self):
        """The invoice of R1: 1,000 at 15 % and 200 with two taxes of 15 %; with tax 1,410."""
        return self.invoice(self.line("1", "1000", [self.vat15], description="Machine"), self.line("1", "200", [self.vat15, self.also15], description="Parts"))


def fresh(record):
    return type(record).objects.get(pk=record.pk)


def facts(document) -> SimpleNamespace:
    """A document's state and sums as it stands in the database."""
    document = type(document).objects.select_related("open_item").get(pk=document.pk)
    return SimpleNamespace(
        state=document.state, net=document.net, tax=document.tax, total=document.total, due=document.open_item.residual if document.open_item else ZERO,
        payment=document.payment_state, document=document,
    )


class _Fields(HTMLParser):
    """What a browser would send of the form with an id: the values of its fields as they stand."""

    def __init__(self, form_id: str):
        super().__init__()
        self.form_id, self.inside, self.found, self.select, self.verbs, self.in_button, self.area = form_id, False, {}, None, [], False, None

    def handle_starttag(self, tag, attrs):
        of = dict(attrs)
        if tag == "form":
            self.inside = of.get("id") == self.form_id
        if not self.inside:
            return
        if tag == "input" and of.get("name"):
            if of.get("type") not in ("radio", "checkbox") or "checked" in of:
                self.found[of["name"]] = of.get("value", "")
        elif tag == "select":
            self.select = of.get("name")
        elif tag == "option" and self.select and ("selected" in of or self.select not in self.found):
            self.found[self.select] = of.get("value", "")
        elif tag == "button" and "is-primary" in of.get("class", ""):
            self.in_button = True
            self.verbs.append("")

    def handle_endtag(self, tag):
        if tag == "form":
            self.inside = False
        elif tag == "select":
            self.select = None
        elif tag == "button":
            self.in_button = False

    def handle_data(self, data):
        if self.in_button:
            self.verbs[-1] += data


class Browser:
    """Somebody at the refund sheet of a ticket without JavaScript: opens it, fills it in, looks, presses the button."""

    def __init__(self, client, ticket):
        self.client, self.url = client, f"/refunds/tickets/{ticket.pk}/new/"
        self.answer, self.values = None, {}

    def open(self, **parameters):
        return self._read(self.client.get(self.url, parameters))

    def fill(self, **values):
        """Fill in and look what will happen. `line_12="1"` writes the quantity of that line, `amount_12` its amount."""
        for name, value in values.items():
            kind, _sign, pk = name.partition("_")
            self.values[f"{'quantity' if kind == 'line' else kind}-{pk}" if pk.isdigit() else name] = str(value)
        return self._read(self.client.post(f"{self.url}preview/", self.values))

    def only(self, line, **values):
        """Refund this line and no other."""
        for name in self.values:
            if name.startswith(("quantity-", "amount-")):
                self.values[name] = ""
        return self.fill(**{f"line_{line.pk}": values.get("quantity", ""), f"amount_{line.pk}": values.get("amount", "")})

    def press(self, **values):
        self.values |= {name: str(value) for name, value in values.items()}
        self.answer = self.client.post(self.url, self.values)
        return self

    @property
    def text(self) -> str:
        return unescape(" ".join(strip_tags(re.sub(r"<svg.*?</svg>", "", self.answer.content.decode(), flags=re.S)).split()))

    @property
    def verb(self) -> str:
        """What the button says."""
        parser = _Fields("refund-form")
        parser.feed(self.answer.content.decode())
        return " ".join(parser.verbs[-1].split())

    def _read(self, answer):
        parser = _Fields("refund-form")
        parser.feed(answer.content.decode())
        self.answer, self.values = answer, parser.found
        return self
