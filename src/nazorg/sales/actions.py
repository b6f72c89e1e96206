"""Quotations and orders: made, changed, confirmed, invoiced, cancelled. Lock order: sold lines, order, then documents."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from nazorg.access.rules import must
from nazorg.catalogue.models import PriceList
from nazorg.catalogue.queries import default_price_list, price_of
from nazorg.catalogue.taxes import totals
from nazorg.core import numbering
from nazorg.core.actions import action
from nazorg.core.checked import checked
from nazorg.core.events import tell
from nazorg.core.money import check_currency
from nazorg.core.refusals import Refused
from nazorg.entitlements import actions as entitlements
from nazorg.entitlements.models import SoldLine
from nazorg.inventory import actions as inventory
from nazorg.inventory.actions import DeliveryLineInput
from nazorg.inventory.models import Delivery
from nazorg.invoicing import actions as invoicing
from nazorg.invoicing.lines import MOST_MONEY, LineInput, drawn
from nazorg.invoicing.models import Document, PaymentTerm
from nazorg.sales import queries
from nazorg.sales.events import OrderCancelled, OrderChanged, OrderConfirmed, OrderDrafted, OrderInvoiced
from nazorg.sales.models import Order, OrderLine

__all__ = ["LineInput", "cancel", "change", "confirm", "draft", "invoice", "plan_delivery"]

FIELDS = ("customer", "contact", "price_list", "currency", "on", "reference", "payment_term")
"""What `change` takes, beside `lines`."""


@action
def draft(
    *, customer, lines: Sequence[LineInput], on: date, currency: str | None = None, price_list: PriceList | None = None, contact=None, reference: str = "",
    payment_term: PaymentTerm | None = None, number: str | None = None, by, at: datetime,
) -> Order:
    """A quotation. A line without a price takes the price list's of that day; `number` is given by imports only."""
    must(by, "sales.edit_order")
    order = Order(
        number=number or "", customer=customer, contact=contact, on=on, reference=reference.strip(), payment_term=payment_term, made_by=by, made_at=at,
        price_list=price_list, currency=(currency or (price_list.currency if price_list else settings.BOOKS_CURRENCY)),
    )
    rows = _written(order, lines)
    if number and Order.objects.filter(number__iexact=number).exists():
        raise Refused(_("There is an order %s already.") % number, field="number", code="number_taken")
    order.number = number or numbering.take("S", on)
    checked(order)
    order.save(force_insert=True)
    OrderLine.objects.bulk_create(rows)
    tell(OrderDrafted(on=order, by=by, at=at, total=order.money))
    return order


@action
def change(*, order: Order, lines: Sequence[LineInput] | None = None, by, at: datetime, **fields) -> Order:
    """Change a quotation: some fields of its head and, with `lines`, all its lines. Refused once it is confirmed."""
    must(by, "sales.edit_order")
    if unknown := set(fields) - set(FIELDS):
        raise TypeError(f"a quotation has no {', '.join(sorted(unknown))}")
    order = _locked(order)
    if not order.is_quotation:
        raise Refused(_("%s is a quotation no more, so it stays as it is. Cancel it and make another one.") % order, code="not_a_quotation")
    before = order.money
    for name, value in fields.items():
        setattr(order, name, value.strip() if isinstance(value, str) else value)
    rows = _written(order, lines if lines is not None else [_as_input(line) for line in queries.lines(order)])
    checked(order).save()
    order.lines.all().delete()
    OrderLine.objects.bulk_create(rows)
    tell(OrderChanged(on=order, by=by, at=at, before=before, total=order.money))
    return order


def _as_input(line: OrderLine, **changes) -> LineInput:
    return dataclasses.replace(
        LineInput(
            product=line.product, description=line.description, quantity=line.quantity, price=line.price, discount=line.discount,
            taxes=line.tax_facts, unit=line.unit, sold_line=line.sold_line,
        ),
        **changes,
    )


def _written(order: Order, lines: Sequence[LineInput]) -> list[OrderLine]:
    """The rows of an order's lines, not saved; judges its head and sets its totals."""
    order.currency = order.currency.upper()
    try:
        check_currency(order.currency)
    except ValidationError as wrong:
        raise Refused(wrong.messages[0], field="currency", code="bad_currency") from None
    order.price_list = order.price_list or default_price_list(order.currency)
    if order.price_list is not None and order.price_list.currency != order.currency:
        raise Refused(
            _("The price list “%(list)s” is in %(its)s and the order in %(currency)s. Choose the same for both.")
            % {"list": order.price_list, "its": order.price_list.currency, "currency": order.currency}, field="price_list", code="other_currency",
        )
    if order.contact is not None and order.contact.root_id != order.customer.root_id:
        raise Refused(_("%(contact)s does not belong to %(customer)s.") % {"contact": order.contact, "customer": order.customer}, field="contact", code="foreign_contact")
    ready = drawn([dataclasses.replace(line, price=_price(order, line)) for line in lines])
    sums = totals([line.priced for line in ready], order.currency)
    if sums.total > MOST_MONEY:
        raise Refused(_("This is more than an order can hold."), field="lines", code="bad_number")
    order.net, order.tax, order.total = sums.net, sums.tax, sums.total
    return [
        OrderLine(
            order=order, position=position, product=line.product, description=line.description, quantity=line.priced.quantity, unit=line.unit,
            price=line.priced.price, discount=line.priced.discount, taxes=[tax.as_json() for tax in line.priced.taxes], net=net,
        )
        for position, (line, net) in enumerate(zip(ready, sums.nets, strict=True))
    ]


def _price(order: Order, line: LineInput):
    if line.price is not None:
        return line.price
    if line.product is None:
        raise Refused(_("Say what “%s” costs.") % line.description[:80], field="price", code="no_price")
    if order.price_list is None and line.product.currency != order.currency or (price := price_of(line.product, order.price_list, line.quantity, order.on)) is None:
        raise Refused(_("There is no price of “%(product)s” in %(currency)s. Say what it costs.") % {"product": line.product, "currency": order.currency}, field="price", code="no_price")
    return price


def _locked(order: Order) -> Order:
    return Order.objects.select_for_update(of=("self",)).select_related("customer", "contact", "price_list", "payment_term").get(pk=order.pk)


@action
def confirm(*, order: Order, by, at: datetime) -> Order:
    """The customer agreed: from now on each line is sold, at its net amount."""
    must(by, "sales.edit_order")
    order = _locked(order)
    Order.STEPS.step(order, Order.State.CONFIRMED)
    rows = list(queries.lines(order))
    sold = entitlements.sell(lines=[
        SoldLine(
            customer_id=order.customer_id, product_id=row.product_id, description=row.description, quantity=row.quantity, net=row.net,
            currency=order.currency, sold_on=order.on,
        )
        for row in rows
    ])
    for row, line in zip(rows, sold, strict=True):
        row.sold_line = line
    OrderLine.objects.bulk_update(rows, ["sold_line"])
    order.confirmed_at = at
    order.save(update_fields=["state", "confirmed_at"])
    tell(OrderConfirmed(on=order, by=by, at=at, total=order.money))
    return order


@action
def invoice(*, order: Order, by, on: date, at: datetime) -> Document:
    """A draft invoice of all that has not been invoiced yet, drafts counted. Refused when nothing is left."""
    must(by, "sales.edit_order")
    entitlements.lock(ids=list(order.lines.values_list("sold_line_id", flat=True)))
    order = _locked(order)
    if not order.is_confirmed:
        raise Refused(_("Only a confirmed order is invoiced."), code="not_confirmed")
    rows = list(queries.lines(order))
    how_far = queries.progress(rows)
    lines = [_as_input(row, quantity=how_far[row.pk].to_invoice) for row in rows if how_far[row.pk].to_invoice]
    if not lines:
        raise Refused(_("Everything on %s has been invoiced, drafts included.") % order, code="nothing_to_invoice")
    document = invoicing.draft_invoice(
        customer=order.customer, contact=order.contact, lines=lines, currency=order.currency, on=on, payment_term=order.payment_term,
        reference=order.reference, origin=order.number, by=by, at=at,
    )
    tell(OrderInvoiced(on=order, by=by, at=at, invoice=document, total=document.money))
    return document


@action
def plan_delivery(*, order: Order, by, on: date, at: datetime) -> Delivery:
    """A planned delivery of the goods that are neither delivered nor on their way; units with serial numbers each on a line."""
    rows = [row for row in queries.lines(order) if row.product is None or row.product.kind == "goods"]
    entitlements.lock(ids=[row.sold_line_id for row in rows])
    order = _locked(order)
    if not order.is_confirmed:
        raise Refused(_("Only a confirmed order is delivered."), code="not_confirmed")
    how_far = queries.progress(rows)
    lines = []
    for row in rows:
        left = how_far[row.pk].to_deliver
        pieces = [1] * int(left) if row.product is not None and row.product.tracking == "serial" and left == int(left) else [left] if left else []
        lines += [
            DeliveryLineInput(product=row.product, description=row.description, quantity=Decimal(piece), unit=row.unit, sold_line=row.sold_line)
            for piece in pieces
        ]
    if not lines:
        raise Refused(_("All goods on %s are delivered or on their way.") % order, code="nothing_to_deliver")
    return inventory.record_delivery(customer=order.contact or order.customer, lines=lines, planned_on=on, origin=order.number, by=by, at=at)


@action
def cancel(*, order: Order, by, at: datetime) -> Order:
    """The order does not take place. Refused while something of it is invoiced, delivered or on its way."""
    must(by, "sales.edit_order")
    rows = list(order.lines.all())
    entitlements.lock(ids=[row.sold_line_id for row in rows])
    order = _locked(order)
    Order.STEPS.step(order, Order.State.CANCELLED)
    rows = list(order.lines.all())
    how_far = queries.progress(rows).values()
    if any(one.invoiced or one.invoiced_net for one in how_far):
        raise Refused(_("%s has been invoiced. Cancel its draft invoices and credit the posted ones first.") % order, code="is_invoiced")
    if any(one.delivered or one.on_the_way for one in how_far):
        raise Refused(_("%s has a delivery. Cancel it, or take the goods back, first.") % order, code="is_delivered")
    order.save(update_fields=["state"])
    order.lines.update(sold_line=None)
    entitlements.unsell(ids=[row.sold_line_id for row in rows])
    tell(OrderCancelled(on=order, by=by, at=at))
    return order
