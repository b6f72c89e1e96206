"""Builds the demo shop by the same actions that its users would use, dated over the last months."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone

from nazorg.catalogue import actions as catalogue
from nazorg.catalogue.models import Category, Product, Tax, Unit
from nazorg.core.money import rounded
from nazorg.core.refusals import Refused
from nazorg.demo import cast
from nazorg.demo.threads import SCRIPTS, Script
from nazorg.helpdesk import actions as helpdesk
from nazorg.helpdesk.models import Tag, Team, TicketType
from nazorg.inventory import actions as inventory
from nazorg.invoicing import actions as invoicing
from nazorg.invoicing.lines import CreditLine, LineInput
from nazorg.invoicing.models import PaymentTerm
from nazorg.parties import actions as parties
from nazorg.parties.models import Party
from nazorg.sales import actions as sales
from nazorg.services.refund import actions as refunds
from nazorg.suite import actions as suite
from nazorg.users import actions as users
from nazorg.users.models import User

APPS = ["helpdesk", "invoicing", "sales", "inventory"]
ORDERS = 100
SEED = 20260101


class Demo:
    """One run of the builder. `build` may be called once, on an installation without a demo in it."""

    def __init__(self, today: date | None = None):
        self.today = today or timezone.localdate()
        self.random = random.Random(SEED)
        self.staff: dict[str, User] = {}
        self.customers: list[Party] = []
        self.bought: list[dict] = []
        self.steps = 4 + ORDERS + 3 * len(SCRIPTS)

    @staticmethod
    def is_there() -> bool:
        return User.objects.filter(username="nora", email="nora@example.com").exists()

    @transaction.atomic
    def build(self, on_step: Callable[[], None] = lambda: None) -> None:
        """Make everything or, when it is interrupted, nothing; `on_step` is called after each step."""
        if User.objects.filter(username__in=[username for username, *_rest in cast.STAFF]).exists():
            raise Refused("Somebody here has a user name of the demo's cast. Load the demo into an empty installation.")
        self._people()
        on_step()
        self._products()
        on_step()
        self._customers()
        on_step()
        self._helpdesk()
        on_step()
        for number in range(ORDERS):
            self._order(number)
            on_step()
        for began, script, is_first in self._calendar():
            self._ticket(script, began, settle=is_first)
            on_step()

    def _at(self, on: date, hour: int | None = None) -> datetime:
        moment = time(self.random.randint(8, 17) if hour is None else hour, self.random.randint(0, 59), self.random.randint(0, 59))
        return min(timezone.make_aware(datetime.combine(on, moment)), timezone.now() - timedelta(minutes=1))

    def _ago(self, days: int) -> date:
        return self.today - timedelta(days=days)

    def _people(self) -> None:
        at = self._at(self._ago(150))
        for username, name, title, language, roles in cast.STAFF:
            user = users.add_user(
                username=username, name=name, email=f"{username}@example.com", password=cast.PASSWORD, roles=list(Group.objects.filter(name__in=roles)), language=language, by=None, at=at
            )
            User.objects.filter(pk=user.pk).update(job_title=title)
            self.staff[username] = User.objects.get(pk=user.pk)
        for slug in APPS:
            suite.activate(slug=slug, by=self.staff["ada"], at=at, accept_trial=True)

    def _products(self) -> None:
        sam, at = self.staff["sam"], self._at(self._ago(149))
        vat = Tax.objects.filter(rate=21, kind="percent", is_included=False, category="S").order_by("pk").first()
        piece, hour = Unit.objects.get(code="pc"), Unit.objects.filter(dimension="time").order_by("pk").first()
        categories = {key: Category.objects.get_or_create(name=name)[0] for key, name in cast.CATEGORIES.items()}
        self.products: dict[str, Product] = {}
        for code, name, category, price, is_tracked, warranty in cast.PRODUCTS:
            is_service = category == "service"
            self.products[code] = catalogue.add(
                code=code, name=name, kind="service" if is_service else "goods", category=categories[category], unit=hour if code == "UITP" and hour else piece,
                price=Decimal(price), taxes=[vat], tracking="serial" if is_tracked else "none", warranty_months=warranty, by=sam, at=at,
            )
        self.category_of = {code: category for code, _name, category, *_rest in cast.PRODUCTS}

    def _customers(self) -> None:
        sam = self.staff["sam"]
        for name, language in cast.PERSONS:
            self.customers.append(
                parties.add(
                    kind="person", name=name, email=self._email(name), phone=self._phone(), language=language, addresses=[self._address(language)], by=sam, at=self._at(self._ago(140)),
                )
            )
        for number, (name, language, country, digits, contacts) in enumerate(cast.COMPANIES):
            company = parties.add(
                kind="company", name=name, email=f"info{number}@example.com", phone=self._phone(), language=language, vat_number=self._vat(digits),
                addresses=[self._address(language, country)], by=sam, at=self._at(self._ago(140)),
            )
            self.customers.append(company)
            for contact in contacts:
                self.customers.append(
                    parties.add(kind="person", name=contact, company=company, email=self._email(contact), language=language, by=sam, at=self._at(self._ago(140)))
                )

    @staticmethod
    def _vat(digits: str) -> str:
        """A Belgian enterprise number with its check digits (97 − n mod 97); none without digits."""
        return f"BE{digits}{97 - int(digits) % 97:02d}" if digits else ""

    @staticmethod
    def _email(name: str) -> str:
        plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
        return ".".join("".join(c for c in word if c.isalnum()) for word in plain.split()) + "@example.com"

    def _phone(self) -> str:
        return f"+32 470 00 {self.random.randint(10, 99)} {self.random.randint(10, 99)}"

    def _address(self, language: str, country: str | None = None) -> parties.AddressInput:
        places = [place for place in cast.PLACES[language] if country is None or place[2] == country]
        postcode, city, country = self.random.choice(places)
        return parties.AddressInput(street=f"{self.random.choice(cast.STREETS[language])} {self.random.randint(1, 180)}", postcode=postcode, city=city, country=country)

    def _helpdesk(self) -> None:
        ada, leo, at = self.staff["ada"], self.staff["leo"], self._at(self._ago(148))
        nora, pim = self.staff["nora"], self.staff["pim"]
        self.shop = helpdesk.add_team(
            name="Klantendienst", description="Vragen, klachten en defecten van klanten van de webwinkel.", email="hulp@example.com", members=[nora, leo], by=ada, at=at
        )
        self.business = helpdesk.add_team(
            name="Zakelijk", description="Bedrijven, horeca en zorg.", visibility=Team.Visibility.MEMBERS, email="zakelijk@example.com", members=[pim, leo], by=ada, at=at
        )
        for team in (self.shop, self.business):
            helpdesk.switch_service(team=team, slug="refund", on=True, activate_apps=True, accept_trial=True, by=ada, at=at)
        self.types, self.tags = {}, {}
        for script in SCRIPTS:
            if script.type not in self.types:
                self.types[script.type] = TicketType.objects.filter(name__iexact=script.type).first() or helpdesk.add_type(name=script.type, by=leo, at=at)
            for tag in script.tags:
                if tag not in self.tags:
                    self.tags[tag] = Tag.objects.filter(name__iexact=tag).first() or helpdesk.add_tag(name=tag, colour=len(self.tags) % 8, by=leo, at=at)

    def _order(self, number: int) -> None:
        """An order from some time ago: confirmed, mostly delivered and invoiced, then paid, part-paid or still open."""
        ada, sam, tom, victor = (self.staff[name] for name in ("ada", "sam", "tom", "victor"))
        roots = [party for party in self.customers if party.company_id is None]
        customer = roots[number % len(roots)]
        goods = [code for code, *_rest in cast.PRODUCTS if self.category_of[code] not in ("service", "parts")]
        chosen = [goods[(number * 7 + i * 11) % len(goods)] for i in range(self.random.choice([1, 1, 2, 3]))]
        lines = [
            LineInput(product=self.products[code], quantity=Decimal(self.random.choice([1, 1, 1, 2, 3]) if customer.kind == "company" else self.random.choice([1, 1, 1, 2])))
            for code in dict.fromkeys(chosen)
        ]
        if self.random.random() < 0.25:
            lines.append(LineInput(product=self.products[self.random.choice(["OND-FIL", "OND-ZAK", "OND-KAN"])], quantity=Decimal(1)))
        if self.random.random() < 0.6:
            lines.append(LineInput(product=self.products["VERZ"], quantity=Decimal(1)))
        ordered = self._ago(118 - number * 110 // ORDERS)
        term = PaymentTerm.objects.order_by("days").last() if customer.kind == "company" else None
        order = sales.draft(customer=customer, lines=lines, on=ordered, payment_term=term, by=sam, at=self._at(ordered))
        if number % 23 == 11:
            return  # still a quotation
        order = sales.confirm(order=order, by=sam, at=self._at(ordered, 17))
        sent = min(ordered + timedelta(days=self.random.randint(1, 4)), self.today)
        serials: dict[int, str] = {}
        if number % 11 != 7:
            delivery = sales.plan_delivery(order=order, on=sent, by=ada, at=self._at(sent, 9))
            tracked = delivery.lines.filter(product__tracking="serial").select_related("product")
            marks = {line.pk: f"{line.product.code}-{number + 1000}{i:02d}" for i, line in enumerate(tracked, 1)}
            serials = {line.sold_line_id: marks[line.pk] for line in tracked}
            inventory.deliver(delivery=delivery, serials=marks, by=tom, at=self._at(sent, 15))
        if number % 13 == 5:
            return  # not invoiced yet
        invoice = invoicing.post(document=sales.invoice(order=order, on=sent, by=ada, at=self._at(sent, 16)), by=victor, at=self._at(sent, 17))
        paid = min(sent + timedelta(days=self.random.randint(1, 12)), self.today)
        fate = number % 5
        if fate in (0, 1):
            invoicing.register_payment(invoice=invoice, amount=invoice.total, on=paid, by=victor, at=self._at(paid, 11))
        elif fate == 2:
            invoicing.register_payment(invoice=invoice, amount=rounded(invoice.total / 2, invoice.currency), on=paid, by=victor, at=self._at(paid, 11))
        for line in order.lines.select_related("product", "sold_line"):
            if line.product.kind == "goods":
                self.bought.append({"customer": customer, "order": order, "invoice": invoice, "product": line.product, "code": line.product.code, "serial": serials.get(line.sold_line_id, ""), "sent": sent, "told": 0})

    def _calendar(self) -> list[tuple[datetime, Script, bool]]:
        """When which conversation began, oldest first, so that numbers follow time; and whether it is the script's first."""
        hours = {"closed": (240, 1500), "waiting": (48, 400), "open": (30, 500), "new": (1, 40)}
        now = timezone.now()
        plan = [
            (now - timedelta(hours=self.random.randint(*hours[script.ends]), minutes=self.random.randint(0, 59)), number, turn)
            for number, script in enumerate(SCRIPTS) for turn in range(3)
        ]
        return [(began, SCRIPTS[number], turn == 0) for began, number, turn in sorted(plan)]

    def _purchase_for(self, script: Script, began: datetime) -> dict:
        """A purchase from before that fits the script's language and kind of product, the one least talked about first."""
        before = [one for one in self.bought if one["sent"] < began.date()]
        speaking = [one for one in before if one["customer"].language == script.language]
        fitting = [one for one in speaking if self.category_of[one["code"]] in script.categories] or speaking or before
        least = min(one["told"] for one in fitting)
        chosen = self.random.choice([one for one in fitting if one["told"] == least])
        chosen["told"] += 1
        return chosen

    def _ticket(self, script: Script, began: datetime, *, settle: bool) -> None:
        purchase = self._purchase_for(script, began)
        customer = purchase["customer"]
        team = self.business if customer.kind == "company" else self.shop
        agent = self.staff["pim"] if team is self.business else self.staff["nora"]
        contact = customer.contacts.order_by("pk").first() if customer.kind == "company" else None
        writer = contact or customer
        serial = purchase["serial"]
        words = {"p": purchase["product"].name, "n": writer.name.split()[0], "o": purchase["order"].number, "s": serial or purchase["product"].code}
        (_speaker, first), *rest = script.said
        ticket = helpdesk.open_ticket(
            title=script.title.format(**words)[:200], team=team, customer=customer, contact=contact, priority=script.priority, type=self.types[script.type],
            tags=[self.tags[tag] for tag in script.tags], product=purchase["product"], serial=serial, order_reference=purchase["order"].number, language=script.language,
            channel=self.random.choice(["mail", "mail", "web", "phone"]), message=first.format(**words), by=None, at=began,
        )
        at = began
        if rest:
            at = self._later(at)
            ticket = helpdesk.assign(ticket=ticket, assignee=agent, by=agent, at=at)
            helpdesk.add_follower(ticket=ticket, user=agent, by=agent, at=at)
        for speaker, text in rest:
            at = self._later(at)
            text = text.format(**words)
            if agent.username != "nora":
                text = text.replace("Nora", agent.get_short_name())
            if speaker == "c":
                helpdesk.receive(ticket=ticket, text=text, author_name=writer.name, author_email=writer.email, at=at)
            elif speaker == "a":
                helpdesk.reply(ticket=ticket, text=text, by=agent, at=at)
            else:
                helpdesk.note(ticket=ticket, text=text, by=agent, at=at)
        stage = team.stages.filter(kind=script.ends).order_by("position").first()
        ticket.refresh_from_db()
        if stage is not None and ticket.stage_id != stage.pk:
            helpdesk.move(ticket=ticket, stage=stage, by=agent, at=self._later(at))
        if script.tags and settle and script.ends == "open":
            self._refund(ticket, purchase, agent, "full" if "Lekkage" in script.tags else "partial", script.title.format(**words), self._later(at))

    def _refund(self, ticket, purchase: dict, agent: User, method: str, reason: str, at: datetime) -> None:
        """Settle some tickets, so that smart buttons have something to show."""
        invoice = purchase["invoice"]
        invoice.refresh_from_db()
        line = invoice.lines.filter(product=purchase["product"]).first()
        if line is None or (method == "full" and invoice.open_item.residual == 0):
            method = "partial"
        lines = None if method == "full" else [CreditLine(line_id=line.pk, quantity=Decimal(1))]
        with suppress(Refused):  # another ticket about the same purchase was first: as in life
            refunds.give(ticket=ticket, invoice=invoice, method=method, lines=lines, on=min(at.date(), self.today), reason=reason, by=agent, at=at)

    def _later(self, at: datetime) -> datetime:
        """Some hours on, within the opening hours of a shop, and never after now."""
        at = timezone.localtime(at + timedelta(minutes=self.random.randint(20, 900)))
        if not 8 <= at.hour < 18:
            at = (at + timedelta(days=at.hour >= 18)).replace(hour=self.random.randint(8, 10))
        return min(at, timezone.now() - timedelta(seconds=30))
