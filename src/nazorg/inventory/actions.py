"""Planning and recording deliveries, and correcting the stock. Lock order: sold lines, then the delivery."""

from __future__ import annotations

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from nazorg.access.rules import must
from nazorg.core import formats, numbering
from nazorg.core.actions import action
from nazorg.core.checked import checked
from nazorg.core.events import tell
from nazorg.core.refusals import Refused
from nazorg.entitlements import actions as entitlements
from nazorg.inventory import queries
from nazorg.inventory.events import DeliveryCancelled, DeliveryPlanned, GoodsDelivered
from nazorg.inventory.models import Delivery, DeliveryLine, StockAdjustment
from nazorg.parties import queries as parties

MOST = Decimal(10) ** 9
MOST_LINES = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryLineInput:
    """What is delivered: a product, or (without one) whatever the description says."""

    product: object | None = None
    quantity: Decimal = Decimal(1)
    description: str = ""
    unit: object | None = None
    serial: str = ""
    sold_line: object | None = None


@action
def record_delivery(
    *, customer, lines: Sequence[DeliveryLineInput], planned_on: date, origin: str = "", reference: str = "", address: str | None = None,
    number: str | None = None, by, at: datetime,
) -> Delivery:
    """Plan a delivery; without an address it goes to the customer's. Refused when more would be delivered than was sold."""
    must(by, "inventory.edit_delivery")
    if not lines:
        raise Refused(_("There is nothing to deliver yet. Add what goes out."), field="lines", code="no_lines")
    if len(lines) > MOST_LINES:
        raise Refused(_("A delivery has at most %d lines. Make several.") % MOST_LINES, field="lines", code="too_many_lines")
    rows = [_row(position, line) for position, line in enumerate(lines)]
    _within_what_was_sold(customer, rows)
    delivery = Delivery(
        number=number or "", customer=customer, planned_on=planned_on, origin=origin.strip(), reference=reference.strip(),
        address=address_of(customer) if address is None else address.strip(), made_by=by, made_at=at,
    )
    checked(delivery, but=() if number else ("number",))
    if number and Delivery.objects.filter(number=number).exists():
        raise Refused(_("There is a delivery %s already.") % number, field="number", code="number_taken")
    delivery.number = number or numbering.take("DEL", planned_on)
    delivery.save(force_insert=True)
    for row in rows:
        row.delivery = delivery
    DeliveryLine.objects.bulk_create(rows)
    tell(DeliveryPlanned(on=delivery, by=by, at=at, lines=len(rows)))
    return delivery


def _row(position: int, line: DeliveryLineInput) -> DeliveryLine:
    judge_quantity(line.quantity)
    product = line.product
    description = line.description.strip() or (product.name if product is not None else "")
    if not description:
        raise Refused(_("Describe each line, or choose a product for it."), field="description", code="no_description")
    serial = line.serial.strip()
    if serial and line.quantity != 1:
        raise Refused(_("“%s” has a serial number, so it is one unit. Make a line for each.") % description[:80], field="quantity", code="serial_is_one")
    return checked(DeliveryLine(
        position=position, product=product, description=description, quantity=line.quantity, unit=line.unit or (product.unit if product is not None else None),
        serial=serial, sold_line=line.sold_line,
    ))


def judge_quantity(quantity: Decimal, *, signed: bool = False) -> None:
    """Refuse a quantity that nobody means."""
    if not isinstance(quantity, Decimal) or not quantity.is_finite() or quantity == 0 or (quantity < 0 and not signed):
        raise Refused(
            _("Give a quantity other than zero.") if signed else _("A delivery brings something: give a quantity above zero."), field="quantity", code="bad_number",
        )
    if abs(quantity) > MOST:
        raise Refused(_("This quantity is too large to be meant. The most is %s.") % formats.quantity(MOST), field="quantity", code="bad_number")
    if quantity != round(quantity, 4):
        raise Refused(_("A quantity has at most 4 decimals."), field="quantity", code="bad_number")


def _within_what_was_sold(customer, rows: Sequence[DeliveryLine]) -> None:
    """Lock the sold lines and refuse what was sold to somebody else, or more than is still to be delivered."""
    sold = entitlements.lock(ids=[row.sold_line_id for row in rows])
    wanted: dict[int, Decimal] = {}
    for row in rows:
        if row.sold_line_id:
            wanted[row.sold_line_id] = wanted.get(row.sold_line_id, Decimal(0)) + row.quantity
    there = queries.quantities(wanted)
    theirs = set(parties.members(customer).values_list("pk", flat=True))
    if any(line.customer_id not in theirs for line in sold.values()):
        raise Refused(_("One of these lines was sold to another customer."), field="lines", code="foreign_line")
    for pk, quantity in wanted.items():
        if quantity + there.get(pk, (0, Decimal(0)))[1] > sold[pk].quantity:
            raise Refused(
                _("“%(line)s”: %(quantity)s would be more than was sold and is not on its way yet.") % {"line": sold[pk], "quantity": formats.quantity(quantity)},
                field="quantity", code="more_than_sold",
            )


def address_of(customer) -> str:
    """Where goods for this customer go: its delivery address, else its main one, else its company's."""
    for party in filter(None, (customer, customer.company)):
        by_use = {address.use: address for address in reversed(party.addresses.all())}
        for use in ("delivery", "main", "invoice"):
            if use in by_use:
                return str(by_use[use])[:400]
    return ""


@action
def deliver(*, delivery: Delivery, serials: Mapping[int, str] | None = None, by, at: datetime) -> Delivery:
    """The goods arrived at the customer: the warranty of what was sold runs from this day.

    `serials` names the serial numbers by line id. Refused when a product that is tracked by serial number has none.
    """
    must(by, "inventory.edit_delivery")
    rows = list(queries.lines(delivery))
    sold = entitlements.lock(ids=[row.sold_line_id for row in rows])
    delivery = Delivery.objects.select_for_update(of=("self",)).get(pk=delivery.pk)
    Delivery.STEPS.step(delivery, Delivery.State.DONE)
    rows = list(queries.lines(delivery))
    if serials and set(serials) - {row.pk for row in rows}:
        raise Refused(_("One of these lines is not in %s.") % delivery, field="lines", code="foreign_line")
    for row in rows:
        _set_serial(row, (serials or {}).get(row.pk, row.serial).strip())
    on = timezone.localtime(at).date()
    for row in rows:
        if row.sold_line_id:
            months = row.product.warranty_months if row.product else 0
            # One sold line has one serial number: where it sold several units, the delivery's lines name them.
            serial = row.serial if sold[row.sold_line_id].quantity == 1 else ""
            entitlements.deliver(sold_line_id=row.sold_line_id, on=on, warranty_until=months_after(on, months) if months else None, serial=serial)
    delivery.delivered_at = at
    delivery.save(update_fields=["state", "delivered_at"])
    tell(GoodsDelivered(on=delivery, by=by, at=at))
    return delivery


def _set_serial(row: DeliveryLine, serial: str) -> None:
    if row.product is not None and row.product.tracking == "serial" and (not serial or row.quantity != 1):
        raise Refused(
            _("“%s” is tracked by serial number. Give each unit a line of its own with its number.") % row.description[:80], field="serial", code="no_serial",
        )
    if serial and row.quantity != 1:
        raise Refused(_("“%s” has a serial number, so it is one unit. Make a line for each.") % row.description[:80], field="serial", code="serial_is_one")
    if serial != row.serial:
        row.serial = serial
        checked(row).save(update_fields=["serial"])


def months_after(on: date, months: int) -> date:
    """The same day so many months later, or the last of that month: two years after 29 February is 28 February."""
    year, month = divmod(on.year * 12 + on.month - 1 + months, 12)
    return date(year, month + 1, min(on.day, calendar.monthrange(year, month + 1)[1]))


@action
def cancel(*, delivery: Delivery, by, at: datetime) -> Delivery:
    """A planned delivery does not go out."""
    must(by, "inventory.edit_delivery")
    delivery = Delivery.objects.select_for_update(of=("self",)).get(pk=delivery.pk)
    Delivery.STEPS.step(delivery, Delivery.State.CANCELLED)
    delivery.save(update_fields=["state"])
    # It brings nothing, so it lets go of what was sold: else an order that is cancelled next would stay sold.
    delivery.lines.update(sold_line=None)
    tell(DeliveryCancelled(on=delivery, by=by, at=at))
    return delivery


# The stock --------------------------------------------------------------------------------------------------------------

@dataclass(frozen=True, slots=True)
class NewAdjustment:
    """A correction of the stock, above zero for found and below for lost."""

    product: object
    quantity: Decimal
    on: date
    reason: str
    reference: str = ""


@action
def adjust(*, product, quantity: Decimal, on: date, reason: str, reference: str = "", by, at: datetime) -> StockAdjustment:
    """Correct the stock of a product. Refused for a service, for nothing, without a reason, or when the reference did it already."""
    must(by, "inventory.edit_delivery")
    row = judged(row=NewAdjustment(product, quantity, on, reason, reference), by=by, at=at)
    if row.reference and StockAdjustment.objects.filter(reference=row.reference, product=product).exists():
        raise Refused(_("%(reference)s has adjusted %(product)s already.") % {"reference": row.reference, "product": product}, field="reference", code="reference_taken")
    row.save(force_insert=True)
    return row


@action
def adjust_many(*, rows: Sequence[NewAdjustment], by, at: datetime) -> int:
    """Record many corrections at once and say how many were new: a reference adjusts a product once, however often this runs."""
    must(by, "inventory.edit_delivery")
    ready = [judged(row=row, by=by, at=at) for row in rows]
    references = {row.reference for row in ready if row.reference}
    known = set(StockAdjustment.objects.filter(reference__in=references).values_list("reference", "product_id"))
    new = [row for row in ready if (row.reference, row.product_id) not in known]
    StockAdjustment.objects.bulk_create(new, batch_size=1000)
    return len(new)


def judged(*, row: NewAdjustment, by, at: datetime) -> StockAdjustment:
    """The correction that a row would become, not saved; Refused says what does not fit."""
    judge_quantity(row.quantity, signed=True)
    if row.product.kind == "service":
        raise Refused(_("“%s” is a service: there is no stock of it.") % row.product, field="product", code="no_stock")
    reason = row.reason.strip()
    if not reason:
        raise Refused(_("Say why the stock is adjusted."), field="reason", code="no_reason")
    return checked(StockAdjustment(
        product=row.product, quantity=row.quantity, on=row.on, reason=reason, reference=row.reference.strip(), made_by=by, made_at=at,
    ))
