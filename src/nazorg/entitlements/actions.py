"""Selling a line, and giving something for it. Asked by documents' actions; each of those judges its own permission."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import connection
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from nazorg.core.actions import action
from nazorg.core.money import ZERO
from nazorg.core.refusals import Refused
from nazorg.entitlements.models import Allocation, SoldLine


@dataclass(frozen=True, slots=True)
class Gift:
    """What to give for a sold line (or, below zero, to take back)."""

    sold_line_id: int
    quantity: Decimal
    net: Decimal


@action
def sell(*, lines: Sequence[SoldLine]) -> list[SoldLine]:
    """Record what was sold; the lines come back with their ids."""
    return SoldLine.objects.bulk_create(lines)


@action
def lock(*, ids: Sequence[int]) -> dict[int, SoldLine]:
    """The sold lines by id, locked lower id first until the transaction ends."""
    rows = SoldLine.objects.select_for_update().filter(pk__in={pk for pk in ids if pk}).order_by("pk")
    return {row.pk: row for row in rows}


@action
def allocate(*, gifts: Sequence[Gift], kind: str, document: str, by, at: datetime) -> None:
    """Give something for sold lines that the caller has locked. Refused when a line has not that much left."""
    gifts = [gift for gift in gifts if gift.quantity or gift.net]
    if not gifts:
        return
    merged: dict[int, tuple[Decimal, Decimal]] = {}
    for gift in gifts:
        quantity, net = merged.get(gift.sold_line_id, (ZERO, ZERO))
        merged[gift.sold_line_id] = quantity + gift.quantity, net + gift.net
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE entitlements_soldline s SET given_quantity = given_quantity + v.quantity, given_net = given_net + v.net "
            "FROM unnest(%s::bigint[], %s::numeric[], %s::numeric[]) AS v(id, quantity, net) WHERE s.id = v.id "
            "AND given_quantity + v.quantity BETWEEN 0 AND s.quantity AND given_net + v.net BETWEEN 0 AND s.net + goodwill_net",
            [list(merged), [q for q, _n in merged.values()], [n for _q, n in merged.values()]],
        )
        if cursor.rowcount != len(merged):
            raise Refused(_("More would be given than was sold: something was given for this line already."), code="nothing_left")
    Allocation.objects.bulk_create(
        [Allocation(sold_line_id=g.sold_line_id, kind=kind, quantity=g.quantity, net=g.net, document=document, at=at, by=by) for g in gifts]
    )


@action
def grow(*, sold_line_id: int, quantity: Decimal, net: Decimal) -> None:
    """More was invoiced than had been sold: the line becomes that large."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE entitlements_soldline SET quantity = quantity + %s, net = net + %s WHERE id = %s", [quantity, net, sold_line_id])


@action
def deliver(*, sold_line_id: int, on: date, warranty_until: date | None, serial: str = "") -> None:
    """The goods reached the customer: from this day the warranty runs."""
    changes = {"delivered_on": on, "warranty_until": warranty_until}
    if serial:
        changes["serial"] = serial
    SoldLine.objects.filter(pk=sold_line_id).update(**changes)


@action
def unsell(*, ids: Sequence[int]) -> None:
    """The sale does not take place: its lines go, but for those that a document still names or something was given for."""
    for line in SoldLine.objects.select_for_update().filter(pk__in={pk for pk in ids if pk}, given_quantity=0, given_net=0).order_by("pk"):
        with suppress(ProtectedError):
            line.delete()
