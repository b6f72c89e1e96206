"""Orders over the API."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from nazorg.access.rules import must
from nazorg.catalogue.models import PriceList, Product, Tax
from nazorg.core.refusals import Refused
from nazorg.core.rest import DecimalText, In, MoneyOut, Page, Router, Schema, made, paged, plain
from nazorg.invoicing.lines import LineInput
from nazorg.invoicing.models import PaymentTerm
from nazorg.parties import queries as parties
from nazorg.sales import actions, queries
from nazorg.sales.models import Order

router = Router("orders")
ROUTERS = [("/orders", router)]


class OrderLineOut(Schema):
    """A line; what is invoiced counts drafts and takes off what was credited."""

    id: int
    product: int | None
    description: str
    quantity: str
    unit: str
    price: str
    discount: str
    taxes: list[str]
    net: MoneyOut
    sold_line: int | None
    invoiced: str
    delivered: str


class OrderOut(Schema):
    id: int
    number: str
    state: str
    customer: int
    contact: int | None
    on: date
    currency: str
    reference: str
    price_list: str | None
    payment_term: str | None
    net: MoneyOut
    tax: MoneyOut
    total: MoneyOut
    url: str

    @classmethod
    def facts(cls, order: Order) -> dict:
        return {
            "id": order.pk, "number": order.number, "state": order.state, "customer": order.customer_id, "contact": order.contact_id, "on": order.on,
            "currency": order.currency, "reference": order.reference, "price_list": order.price_list.name if order.price_list else None,
            "payment_term": order.payment_term.name if order.payment_term else None, "net": MoneyOut.of(order.net, order.currency),
            "tax": MoneyOut.of(order.tax, order.currency), "total": MoneyOut.of(order.total, order.currency), "url": order.get_absolute_url(),
        }

    @classmethod
    def of(cls, order: Order) -> OrderOut:
        return cls(**cls.facts(order))


class OrderWithLines(OrderOut):
    lines: list[OrderLineOut]

    @classmethod
    def of(cls, order: Order) -> OrderWithLines:
        rows = list(queries.lines(order))
        how_far = queries.progress(rows)
        lines = [
            OrderLineOut(
                id=row.pk, product=row.product_id, description=row.description, quantity=plain(row.quantity), unit=str(row.unit or ""), price=plain(row.price),
                discount=plain(row.discount), taxes=[tax.name for tax in row.tax_facts], net=MoneyOut.of(row.net, order.currency), sold_line=row.sold_line_id,
                invoiced=plain(how_far[row.pk].invoiced), delivered=plain(how_far[row.pk].delivered),
            )
            for row in rows
        ]
        return cls(**cls.facts(order), lines=lines)


class OrderLineIn(In):
    """A line: a product by id, or a description; without `price` the price list's, without `taxes` the product's."""

    product: int | None = None
    description: str = ""
    quantity: DecimalText = Decimal(1)
    price: DecimalText | None = None
    discount: DecimalText = Decimal(0)
    taxes: list[str] | None = None


class OrderIn(In):
    customer: int
    lines: list[OrderLineIn]
    contact: int | None = None
    on: date | None = None
    currency: str | None = None
    price_list: str | None = None
    payment_term: str | None = None
    reference: str = ""


class OrderChange(In):
    """Only what is sent is changed; `lines` replaces them all."""

    customer: int | None = None
    contact: int | None = None
    on: date | None = None
    currency: str | None = None
    price_list: str | None = None
    payment_term: str | None = None
    reference: str | None = None
    lines: list[OrderLineIn] | None = None


class DraftOut(Schema):
    """The draft invoice that was made."""

    id: int
    total: MoneyOut
    url: str


def _all(user):
    must(user, "sales.view_order")
    return queries.visible_to(user).select_related("customer", "price_list", "payment_term")


@router.get("/", response=Page[OrderOut], summary="List orders")
def listing(request, q: str = "", state: Literal["", "quotation", "confirmed", "cancelled"] = "", customer: int | None = None, number: str = "", limit: int = 50, cursor: str | None = None):
    found = queries.matching(_all(request.user), q[:200])
    if state:
        found = found.filter(state=state)
    if number:
        found = found.filter(number__iexact=number.replace("\x00", ""))
    if customer is not None:
        found = found.filter(customer__root__members=customer)
    return paged(request, found, limit, cursor, OrderOut.of)


@router.get("/{int:pk}", response=OrderWithLines, summary="One order with its lines")
def one(request, pk: int):
    return OrderWithLines.of(get_object_or_404(_all(request.user), pk=pk))


@router.post("/", response={201: OrderWithLines}, summary="Make a quotation")
def add(request, payload: OrderIn):
    def do():
        given = _named(request, payload.dict())
        given["on"] = given["on"] or timezone.localdate()
        return OrderWithLines.of(actions.draft(**given, by=request.user, at=timezone.now())).model_dump(mode="json")

    return made(request, body=payload.dict(), scope="orders", do=do)


@router.patch("/{int:pk}", response=OrderWithLines, summary="Change a quotation")
def change(request, pk: int, payload: OrderChange):
    order = get_object_or_404(_all(request.user), pk=pk)
    nullable = ("contact", "price_list", "payment_term")
    given = {name: value for name, value in payload.dict(exclude_unset=True).items() if value is not None or name in nullable}
    return OrderWithLines.of(actions.change(order=order, **_named(request, given), by=request.user, at=timezone.now()))


@router.post("/{int:pk}/confirm", response=OrderWithLines, summary="Confirm a quotation")
def confirm(request, pk: int):
    order = get_object_or_404(_all(request.user), pk=pk)
    return made(
        request, body={}, scope=f"orders/{pk}/confirm", status=200,
        do=lambda: OrderWithLines.of(actions.confirm(order=order, by=request.user, at=timezone.now())).model_dump(mode="json"),
    )


@router.post("/{int:pk}/cancel", response=OrderWithLines, summary="Cancel an order")
def cancel(request, pk: int):
    order = get_object_or_404(_all(request.user), pk=pk)
    return made(
        request, body={}, scope=f"orders/{pk}/cancel", status=200,
        do=lambda: OrderWithLines.of(actions.cancel(order=order, by=request.user, at=timezone.now())).model_dump(mode="json"),
    )


@router.post("/{int:pk}/invoices", response={201: DraftOut}, summary="Make a draft invoice of what is not invoiced yet")
def invoice(request, pk: int):
    order = get_object_or_404(_all(request.user), pk=pk)

    def do():
        document = actions.invoice(order=order, by=request.user, on=timezone.localdate(), at=timezone.now())
        return DraftOut(id=document.pk, total=MoneyOut.of(document.total, document.currency), url=document.get_absolute_url()).model_dump(mode="json")

    return made(request, body={}, scope=f"orders/{pk}/invoices", do=do)


def _named(request, given: dict) -> dict:
    """The records that a body names: people by id, price lists, terms and taxes by name."""
    people = parties.visible_to(request.user).select_related("company")
    for name in ("customer", "contact"):
        if given.get(name) is not None:
            given[name] = _one(people, name, pk=given[name])
    for name, model in (("price_list", PriceList), ("payment_term", PaymentTerm)):
        if given.get(name) is not None:
            given[name] = _one(model.objects.all(), name, name=given[name])
    if "lines" in given:
        given["lines"] = _lines(given["lines"])
    return given


def _lines(lines: list[dict]) -> list[LineInput]:
    products = Product.objects.select_related("unit").in_bulk([one["product"] for one in lines if one["product"] is not None])
    taxes = {tax.name: tax for tax in Tax.objects.filter(is_archived=False)}
    made_of = []
    for line in lines:
        if line["product"] is not None and line["product"] not in products:
            raise Refused(_("There is no product %s.") % line["product"], field="product", code="unknown")
        if unknown := set(line["taxes"] or ()) - set(taxes):
            raise Refused(_("There is no tax “%s”.") % min(unknown)[:60], field="taxes", code="unknown")
        given = {**line, "product": products.get(line["product"])}
        given["taxes"] = None if line["taxes"] is None and line["product"] is not None else [taxes[name] for name in line["taxes"] or ()]
        made_of.append(LineInput(**given))
    return made_of


def _one(rows, field: str, **by):
    if (found := rows.filter(**by).first()) is None:
        raise Refused(_("There is no %(field)s “%(what)s”.") % {"field": field.replace("_", " "), "what": str(next(iter(by.values())))[:60]}, field=field, code="unknown")
    return found
