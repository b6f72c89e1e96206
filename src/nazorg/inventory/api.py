"""Deliveries over the API."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from nazorg.access.rules import must
from nazorg.catalogue.models import Product
from nazorg.core.refusals import Refused
from nazorg.core.rest import DecimalText, In, Page, Router, Schema, made, paged, plain
from nazorg.entitlements.models import SoldLine
from nazorg.inventory import actions, queries
from nazorg.inventory.actions import DeliveryLineInput
from nazorg.inventory.models import Delivery
from nazorg.parties import queries as parties

router = Router("deliveries")
ROUTERS = [("/deliveries", router)]


class DeliveryLineOut(Schema):
    id: int
    product: int | None
    description: str
    quantity: str
    unit: str
    serial: str
    sold_line: int | None


class DeliveryOut(Schema):
    id: int
    number: str
    state: str
    customer: int
    origin: str
    reference: str
    address: str
    planned_on: date
    delivered_at: datetime | None
    lines: list[DeliveryLineOut]
    url: str

    @classmethod
    def of(cls, delivery: Delivery) -> DeliveryOut:
        lines = [
            DeliveryLineOut(
                id=line.pk, product=line.product_id, description=line.description, quantity=plain(line.quantity), unit=str(line.unit or ""),
                serial=line.serial, sold_line=line.sold_line_id,
            )
            for line in delivery.lines.all()
        ]
        return cls(
            id=delivery.pk, number=delivery.number, state=delivery.state, customer=delivery.customer_id, origin=delivery.origin, reference=delivery.reference,
            address=delivery.address, planned_on=delivery.planned_on, delivered_at=delivery.delivered_at, lines=lines, url=delivery.get_absolute_url(),
        )


class DeliveryLineIn(In):
    """A product by id, or a description; `sold_line` says which sale it delivers."""

    product: int | None = None
    description: str = ""
    quantity: DecimalText = Decimal(1)
    serial: str = ""
    sold_line: int | None = None


class DeliveryIn(In):
    customer: int
    lines: list[DeliveryLineIn]
    planned_on: date | None = None
    origin: str = ""
    reference: str = ""
    address: str | None = None


class Serial(In):
    line: int
    serial: str


class DeliveredIn(In):
    """The serial numbers of lines whose product has them."""

    serials: list[Serial] = []


def _all(user):
    must(user, "inventory.view_delivery")
    return queries.visible_to(user).prefetch_related("lines__unit")


@router.get("/", response=Page[DeliveryOut], summary="List deliveries")
def listing(request, q: str = "", state: Literal["", "planned", "done", "cancelled"] = "", customer: int | None = None, origin: str = "", limit: int = 50, cursor: str | None = None):
    found = queries.matching(_all(request.user), q[:200])
    if state:
        found = found.filter(state=state)
    if origin:
        found = found.filter(origin=origin.replace("\x00", ""))
    if customer is not None:
        found = found.filter(customer__root__members=customer)
    return paged(request, found, limit, cursor, DeliveryOut.of)


@router.get("/{int:pk}", response=DeliveryOut, summary="One delivery")
def one(request, pk: int):
    return DeliveryOut.of(get_object_or_404(_all(request.user), pk=pk))


@router.post("/", response={201: DeliveryOut}, summary="Plan a delivery")
def add(request, payload: DeliveryIn):
    def do():
        customer = parties.visible_to(request.user).select_related("company").filter(pk=payload.customer).first()
        if customer is None:
            raise Refused(_("There is no customer %s.") % payload.customer, field="customer", code="unknown")
        delivery = actions.record_delivery(
            customer=customer, lines=_lines(payload.lines), planned_on=payload.planned_on or timezone.localdate(), origin=payload.origin,
            reference=payload.reference, address=payload.address, by=request.user, at=timezone.now(),
        )
        return DeliveryOut.of(delivery).model_dump(mode="json")

    return made(request, body=payload.dict(), scope="deliveries", do=do)


@router.post("/{int:pk}/deliver", response=DeliveryOut, summary="Record that it was delivered")
def deliver(request, pk: int, payload: DeliveredIn):
    delivery = get_object_or_404(_all(request.user), pk=pk)
    serials = {one.line: one.serial for one in payload.serials}
    return made(
        request, body=payload.dict(), scope=f"deliveries/{pk}/deliver", status=200,
        do=lambda: DeliveryOut.of(actions.deliver(delivery=delivery, serials=serials, by=request.user, at=timezone.now())).model_dump(mode="json"),
    )


@router.post("/{int:pk}/cancel", response=DeliveryOut, summary="Cancel a planned delivery")
def cancel(request, pk: int):
    delivery = get_object_or_404(_all(request.user), pk=pk)
    return made(
        request, body={}, scope=f"deliveries/{pk}/cancel", status=200,
        do=lambda: DeliveryOut.of(actions.cancel(delivery=delivery, by=request.user, at=timezone.now())).model_dump(mode="json"),
    )


def _lines(lines: list[DeliveryLineIn]) -> list[DeliveryLineInput]:
    products = Product.objects.select_related("unit").in_bulk([one.product for one in lines if one.product is not None])
    sold = SoldLine.objects.in_bulk([one.sold_line for one in lines if one.sold_line is not None])
    made_of = []
    for one in lines:
        if one.product is not None and one.product not in products:
            raise Refused(_("There is no product %s.") % one.product, field="product", code="unknown")
        if one.sold_line is not None and one.sold_line not in sold:
            raise Refused(_("There is no sold line %s.") % one.sold_line, field="sold_line", code="unknown")
        made_of.append(DeliveryLineInput(
            product=products.get(one.product), description=one.description, quantity=one.quantity, serial=one.serial, sold_line=sold.get(one.sold_line),
        ))
    return made_of
