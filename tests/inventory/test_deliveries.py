"""Deliveries and stock adjustments: planning, delivering with serial numbers, and what is refused."""

import datetime as dt
from decimal import Decimal as D

import pytest
from django.db import DatabaseError, transaction
from hypothesis import given
from hypothesis import strategies as st
from tests.masters import NOW, TODAY

from nazorg.catalogue import actions as catalogue
from nazorg.conversation.models import Entry
from nazorg.core.refusals import NotAllowed, Refused
from nazorg.entitlements import actions as entitlements
from nazorg.entitlements.models import SoldLine
from nazorg.inventory import actions, audit, queries
from nazorg.inventory.actions import DeliveryLineInput, NewAdjustment
from nazorg.inventory.models import Delivery, DeliveryLine, StockAdjustment

pytestmark = pytest.mark.usefixtures("all_apps")


def sold(customer, product, quantity=1):
    return entitlements.sell(lines=[
        SoldLine(customer=customer, product=product, description=product.name, quantity=D(quantity), net=D(100), currency="EUR", sold_on=TODAY),
    ])[0]


def plan(customer, *lines, by=None, **more):
    return actions.record_delivery(customer=customer, lines=lines, planned_on=TODAY, by=by, at=NOW, **more)


def test_a_delivery_goes_to_the_customers_own_address(ida, bakery, kettle, cast):
    delivery = plan(ida, DeliveryLineInput(product=kettle, quantity=D(2)), by=cast("tom"), origin="S/2026/00001")
    assert (delivery.number, delivery.state, delivery.address, delivery.origin) == ("DEL/2026/00001", "planned", "Kerkstraat 1, 9000 Gent, BE", "S/2026/00001")
    assert plan(ida, DeliveryLineInput(product=kettle), address="Elsewhere 2").address == "Elsewhere 2"
    assert plan(bakery, DeliveryLineInput(product=kettle)).address == ""
    assert [e.event for e in Entry.objects.filter(thread=delivery.thread)] == ["inventory.DeliveryPlanned"]


def test_tom_delivers_a_mixer_with_its_serial_number_and_the_warranty_runs(ida, mixer, cast):
    line = sold(ida, mixer)
    delivery = plan(ida, DeliveryLineInput(product=mixer, sold_line=line))

    with pytest.raises(Refused, match="tracked by serial number"):
        actions.deliver(delivery=delivery, by=cast("tom"), at=NOW)
    row = delivery.lines.get()
    actions.deliver(delivery=delivery, serials={row.pk: " MX-0001 "}, by=cast("tom"), at=NOW)

    line.refresh_from_db()
    assert (line.serial, line.delivered_on, line.warranty_until) == ("MX-0001", TODAY, dt.date(2031, 11, 23))
    assert list(queries.matching(queries.visible_to(cast("tom")), "mx-0001")) == [delivery]
    assert list(audit.audit()) == []


def test_no_more_is_delivered_than_was_sold_and_cancelling_gives_it_back(ida, kettle, cast):
    line = sold(ida, kettle, 3)
    first = plan(ida, DeliveryLineInput(product=kettle, quantity=D(2), sold_line=line))
    with pytest.raises(Refused, match="more than was sold"):
        plan(ida, DeliveryLineInput(product=kettle, quantity=D(2), sold_line=line))
    with pytest.raises(Refused, match="more than was sold"):
        plan(ida, *[DeliveryLineInput(product=kettle, sold_line=line)] * 2)

    actions.cancel(delivery=first, by=cast("tom"), at=NOW)

    assert plan(ida, DeliveryLineInput(product=kettle, quantity=D(3), sold_line=line)).lines.count() == 1
    assert list(audit.audit()) == []


def test_what_was_sold_to_the_bakery_does_not_go_to_ida_but_to_its_contact(ida, bakery, kettle):
    line = sold(bakery, kettle)
    with pytest.raises(Refused, match="another customer"):
        plan(ida, DeliveryLineInput(product=kettle, sold_line=line))
    assert plan(bakery.contacts.get(), DeliveryLineInput(product=kettle, sold_line=line)).lines.count() == 1


def test_a_delivery_is_delivered_once_and_stays(ida, kettle, cast):
    delivery = actions.deliver(delivery=plan(ida, DeliveryLineInput(product=kettle)), by=cast("tom"), at=NOW)
    for act in (actions.deliver, actions.cancel):
        with pytest.raises(Refused, match="cannot become"):
            act(delivery=delivery, by=cast("tom"), at=NOW)
    with pytest.raises(DatabaseError), transaction.atomic():
        DeliveryLine.objects.update(quantity=2)


@pytest.mark.parametrize("who", ["nora", "victor", "sam", "ida"])
def test_only_the_warehouse_ships(who, ida, kettle, cast):
    delivery = plan(ida, DeliveryLineInput(product=kettle))
    with pytest.raises(NotAllowed):
        plan(ida, DeliveryLineInput(product=kettle), by=cast(who))
    for act in (actions.deliver, actions.cancel):
        with pytest.raises(NotAllowed):
            act(delivery=delivery, by=cast(who), at=NOW)
    with pytest.raises(NotAllowed):
        actions.adjust(product=kettle, quantity=D(1), on=TODAY, reason="found", by=cast(who), at=NOW)
    assert Delivery.objects.get().state == "planned" and not StockAdjustment.objects.exists()


BAD = [
    [], [DeliveryLineInput(quantity=D(1))], [DeliveryLineInput(description="x", quantity=D(0))], [DeliveryLineInput(description="x", quantity=D(-1))],
    [DeliveryLineInput(description="x", quantity=D(10) ** 12)], [DeliveryLineInput(description="x", quantity=D("0.00001"))],
    [DeliveryLineInput(description="x", quantity=D("Infinity"))], [DeliveryLineInput(description="x\x00")], [DeliveryLineInput(description="x" * 10_000)],
    [DeliveryLineInput(description="x", serial="s" * 100)], [DeliveryLineInput(description="x", serial="s", quantity=D(2))],
]


@pytest.mark.parametrize("lines", BAD)
def test_a_senseless_delivery_is_refused_and_nothing_is_kept(lines, ida):
    with pytest.raises(Refused):
        plan(ida, *lines)
    assert not Delivery.objects.exists()


@given(st.dates(dt.date(1990, 1, 1), dt.date(2100, 1, 1)), st.integers(0, 600))
def test_a_warranty_ends_so_many_months_later_at_most_three_days_before_the_same_day(on, months):
    end = actions.months_after(on, months)
    assert (end.year * 12 + end.month) - (on.year * 12 + on.month) == months
    assert on.day - 3 <= end.day <= on.day


def test_the_stock_is_adjusted_once_per_reference(kettle, mixer, cast):
    row = actions.adjust(product=kettle, quantity=D(-3), on=TODAY, reason="broken", reference="W-1", by=cast("tom"), at=NOW)
    assert (row.quantity, row.made_by) == (D(-3), cast("tom"))
    with pytest.raises(Refused, match="adjusted Kettle 1.7 l already"):
        actions.adjust(product=kettle, quantity=D(-3), on=TODAY, reason="broken", reference="W-1", by=cast("tom"), at=NOW)

    rows = [NewAdjustment(kettle, D(-3), TODAY, "broken", "W-1"), NewAdjustment(mixer, D(1), TODAY, "found", "W-1"), NewAdjustment(kettle, D(-1), TODAY, "lost", "W-2")]
    assert actions.adjust_many(rows=rows, by=None, at=NOW) == 2
    assert actions.adjust_many(rows=rows, by=None, at=NOW) == 0
    assert StockAdjustment.objects.count() == 3
    with pytest.raises(DatabaseError), transaction.atomic():
        StockAdjustment.objects.all().delete()


def test_a_senseless_adjustment_is_refused(kettle, cast):
    service = catalogue.add(code="FIT", name="Fitting", kind="service", by=None, at=NOW)
    good = {"product": kettle, "quantity": D(1), "on": TODAY, "reason": "found"}
    for bad in ({"quantity": D(0)}, {"quantity": D(10) ** 10}, {"reason": " "}, {"reason": "x" * 500}, {"product": service}, {"reference": "\x00"}):
        with pytest.raises(Refused):
            actions.adjust(**{**good, **bad}, by=cast("tom"), at=NOW)
    assert not StockAdjustment.objects.exists()
