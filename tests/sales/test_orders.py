"""Orders: from a quotation to invoices and deliveries that share its sold lines (stories R4 and R5 among them)."""

import datetime as dt
from decimal import Decimal as D

import pytest
from tests.masters import NOW, TODAY

from nazorg.catalogue import actions as catalogue
from nazorg.conversation.models import Entry
from nazorg.core.refusals import NotAllowed, Refused
from nazorg.entitlements.models import SoldLine
from nazorg.inventory import actions as inventory
from nazorg.inventory import audit as inventory_audit
from nazorg.inventory.models import Delivery
from nazorg.invoicing import actions as invoicing
from nazorg.invoicing.lines import LineInput
from nazorg.invoicing.models import Document, PaymentTerm
from nazorg.sales import actions, audit, queries
from nazorg.sales.models import Order, OrderLine

pytestmark = pytest.mark.usefixtures("all_apps")


@pytest.fixture
def order(cast, bakery, kettle, vat):
    """R4: 5 × 280 and 3 × 90, confirmed."""
    lines = [LineInput(product=kettle, quantity=D(5), price=D(280), taxes=[vat]), LineInput(description="Fitting", quantity=D(3), price=D(90), taxes=[vat])]
    made = actions.draft(
        customer=bakery, contact=bakery.contacts.get(), lines=lines, on=TODAY, payment_term=PaymentTerm.objects.order_by("days").last(), by=cast("sam"), at=NOW,
    )
    return actions.confirm(order=made, by=cast("sam"), at=NOW)


def how_far(order):
    progress = queries.progress(queries.lines(order))
    return [(one.invoiced, one.invoiced_net, one.to_invoice, one.net_to_invoice) for one in progress.values()]


def posted(order, cast):
    return invoicing.post(document=actions.invoice(order=order, by=cast("sam"), on=TODAY, at=NOW), by=None, at=NOW)


def test_a_quotation_takes_prices_and_taxes_from_the_catalogue(cast, ida, kettle, vat):
    order = actions.draft(customer=ida, lines=[LineInput(product=kettle, quantity=D(2))], on=TODAY, by=cast("sam"), at=NOW)

    line = order.lines.get()
    assert order.number == "S/2026/00001"
    assert (line.price, line.taxes[0]["name"], line.unit.code) == (D("40.5"), "BE 21%", "pc")
    assert (order.net, order.tax, order.total, order.currency) == (D("81"), D("17.01"), D("98.01"), "EUR")
    assert not SoldLine.objects.exists()


def test_a_price_list_says_what_it_costs_from_a_quantity_on(cast, ida, kettle):
    trade = catalogue.save_price_list(name="Trade", currency="EUR", by=None, at=NOW)
    catalogue.save_price(price_list=trade, product=kettle, price=D(38), minimum=D(1), by=None, at=NOW)
    catalogue.save_price(price_list=trade, product=kettle, price=D(35), minimum=D(10), by=None, at=NOW)

    order = actions.draft(
        customer=ida, price_list=trade, lines=[LineInput(product=kettle, quantity=D(q)) for q in (1, 9, 10)] + [LineInput(product=kettle, price=D(1))],
        on=TODAY, by=cast("sam"), at=NOW,
    )

    assert [line.price for line in order.lines.all()] == [D(38), D(38), D(35), D(1)]


def test_confirming_sells_each_line_to_the_customer(order, bakery):
    sold = SoldLine.objects.order_by("pk")
    assert [(line.customer, line.quantity, line.net, line.sold_on) for line in sold] == [(bakery, D(5), D(1400), TODAY), (bakery, D(3), D(270), TODAY)]
    assert order.state == "confirmed" and list(audit.audit()) == []


def test_r4_a_draft_credit_gives_the_quantities_back_and_a_posted_one_the_amounts(order, cast):
    invoice = posted(order, cast)
    assert how_far(order) == [(5, 1400, 0, 0), (3, 270, 0, 0)]

    credit = invoicing.credit(invoice=invoice, method="partial", lines=None, on=TODAY, reason="leaks", by=None, at=NOW).credit_note
    assert credit.state == "draft"
    assert how_far(order) == [(0, 1400, 5, 0), (0, 270, 3, 0)]

    invoicing.post(document=credit, by=None, at=NOW)
    assert how_far(order) == [(0, 0, 5, 1400), (0, 0, 3, 270)]


def test_r5_full_credit_and_new_draft_leave_three_documents_on_the_order(order, cast):
    invoice = posted(order, cast)
    tomorrow = TODAY + dt.timedelta(days=1)

    credited = invoicing.credit(
        invoice=invoice, method="full_and_new", lines=None, on=tomorrow, reason="wrong company", by=None, at=NOW + dt.timedelta(days=1),
    )

    documents = list(queries.documents(order, cast("victor")))
    assert sorted(documents, key=lambda one: one.pk) == sorted([invoice, credited.credit_note, credited.new_invoice], key=lambda one: one.pk)
    new = credited.new_invoice
    assert (new.state, new.payment_term, new.on, new.reference) == ("draft", order.payment_term, tomorrow, "")
    assert [(line.description, line.quantity, line.price) for line in new.lines.all()] == [(line.description, line.quantity, line.price) for line in invoice.lines.all()]
    assert how_far(order) == [(5, 0, 0, 1400), (3, 0, 0, 270)]


def test_what_is_credited_in_value_only_takes_no_pieces_back(order, cast):
    invoice = posted(order, cast)
    line = invoice.lines.first()
    credit = invoicing.credit(
        invoice=invoice, method="partial", lines=[invoicing.CreditLine(line.pk, amount=D(100))], on=TODAY, reason="scratched", by=None, at=NOW,
    ).credit_note
    invoicing.post(document=credit, by=None, at=NOW)
    assert how_far(order)[0] == (5, 1300, 0, 100)


def test_an_order_is_invoiced_once(order, cast):
    invoice = actions.invoice(order=order, by=cast("sam"), on=TODAY, at=NOW)
    assert (invoice.origin, invoice.total, invoice.contact, invoice.payment_term) == (order.number, order.total, order.contact, order.payment_term)

    with pytest.raises(Refused, match="has been invoiced, drafts included"):
        actions.invoice(order=order, by=cast("sam"), on=TODAY, at=NOW)

    invoicing.cancel(document=invoice, by=None, at=NOW)
    assert actions.invoice(order=order, by=cast("sam"), on=TODAY, at=NOW).total == order.total


def test_the_rest_is_invoiced_after_a_part(order, cast):
    invoice = actions.invoice(order=order, by=cast("sam"), on=TODAY, at=NOW)
    rows = list(queries.lines(order))
    invoicing.change_lines(document=invoice, lines=[actions._as_input(rows[0], quantity=D(2))], by=None, at=NOW)

    rest = actions.invoice(order=order, by=cast("sam"), on=TODAY, at=NOW)

    assert [(line.description, line.quantity) for line in rest.lines.all()] == [("Kettle 1.7 l", 3), ("Fitting", 3)]
    assert rest.net == D(3 * 280 + 3 * 90)


def test_a_delivery_starts_the_warranty(order, cast):
    delivery = actions.plan_delivery(order=order, by=cast("tom"), on=TODAY, at=NOW)
    assert [(line.description, line.quantity) for line in delivery.lines.all()] == [("Kettle 1.7 l", 5), ("Fitting", 3)]
    assert delivery.origin == order.number
    with pytest.raises(Refused, match="delivered or on their way"):
        actions.plan_delivery(order=order, by=cast("tom"), on=TODAY, at=NOW)

    inventory.deliver(delivery=delivery, by=cast("tom"), at=NOW)

    sold = SoldLine.objects.get(product__isnull=False)
    assert (sold.delivered_on, sold.warranty_until) == (TODAY, dt.date(2028, 11, 23))
    assert list(queries.deliveries(order, cast("tom"))) == [delivery]
    assert queries.with_states([order])[0].delivery_state == "fully"
    assert list(inventory_audit.audit()) == [] and list(audit.audit()) == []


def test_units_with_a_serial_number_leave_one_by_one(cast, ida, mixer):
    order = actions.confirm(order=actions.draft(customer=ida, lines=[LineInput(product=mixer, quantity=D(3))], on=TODAY, by=cast("sam"), at=NOW), by=cast("sam"), at=NOW)
    delivery = actions.plan_delivery(order=order, by=cast("tom"), on=TODAY, at=NOW)
    assert [line.quantity for line in delivery.lines.all()] == [1, 1, 1]


def test_cancelling_a_confirmed_order_sells_nothing(order, cast):
    actions.cancel(order=order, by=cast("sam"), at=NOW)
    order.refresh_from_db()
    assert order.state == "cancelled" and not SoldLine.objects.exists() and list(audit.audit()) == []


def test_an_order_that_is_invoiced_or_on_its_way_is_not_cancelled(order, cast):
    invoice = actions.invoice(order=order, by=cast("sam"), on=TODAY, at=NOW)
    with pytest.raises(Refused, match="has been invoiced"):
        actions.cancel(order=order, by=cast("sam"), at=NOW)
    invoicing.cancel(document=invoice, by=None, at=NOW)
    delivery = actions.plan_delivery(order=order, by=cast("tom"), on=TODAY, at=NOW)
    with pytest.raises(Refused, match="has a delivery"):
        actions.cancel(order=order, by=cast("sam"), at=NOW)
    inventory.cancel(delivery=delivery, by=cast("tom"), at=NOW)
    actions.cancel(order=order, by=cast("sam"), at=NOW)
    assert not SoldLine.objects.exists()


def test_only_a_quotation_changes(cast, ida, kettle, order):
    quotation = actions.draft(customer=ida, lines=[LineInput(product=kettle)], on=TODAY, by=cast("sam"), at=NOW)
    changed = actions.change(order=quotation, lines=[LineInput(product=kettle, quantity=D(3))], reference="PO 1", by=cast("sam"), at=NOW)
    assert (changed.number, changed.net, changed.reference) == (quotation.number, D("121.5"), "PO 1")
    assert [e.event for e in Entry.objects.filter(thread=changed.thread)] == ["sales.OrderDrafted", "sales.OrderChanged"]

    with pytest.raises(Refused, match="quotation no more"):
        actions.change(order=order, reference="other", by=cast("sam"), at=NOW)
    with pytest.raises(Refused, match="cannot become"):
        actions.confirm(order=order, by=cast("sam"), at=NOW)


@pytest.mark.parametrize("who", ["nora", "victor", "tom", "ida"])
def test_only_sales_makes_and_confirms_orders(who, cast, ida, kettle):
    with pytest.raises(NotAllowed):
        actions.draft(customer=ida, lines=[LineInput(product=kettle)], on=TODAY, by=cast(who), at=NOW)
    order = actions.draft(customer=ida, lines=[LineInput(product=kettle)], on=TODAY, by=None, at=NOW)
    for act in (actions.confirm, actions.cancel):
        with pytest.raises(NotAllowed):
            act(order=order, by=cast(who), at=NOW)


BAD = {
    "no lines": ({"lines": []}, "lines"),
    "a line of nothing": ({"lines": [LineInput(price=D(1))]}, "description"),
    "a negative quantity": ({"lines": [LineInput(description="x", quantity=D(-1), price=D(1))]}, "quantity"),
    "no quantity": ({"lines": [LineInput(description="x", quantity=D(0), price=D(1))]}, "quantity"),
    "an absurd quantity": ({"lines": [LineInput(description="x", quantity=D(10) ** 12, price=D(1))]}, "quantity"),
    "not a number": ({"lines": [LineInput(description="x", quantity=D("NaN"), price=D(1))]}, "quantity"),
    "a negative price": ({"lines": [LineInput(description="x", price=D(-1))]}, "price"),
    "no price": ({"lines": [LineInput(description="x")]}, "price"),
    "a discount of 101 %": ({"lines": [LineInput(description="x", price=D(1), discount=D(101))]}, "discount"),
    "a currency that is not one": ({"lines": [LineInput(description="x", price=D(1))], "currency": "XXX"}, "currency"),
    "a product without a price in that currency": ({"currency": "USD"}, "price"),
    "NUL in the reference": ({"reference": "a\x00"}, "reference"),
    "a reference without end": ({"reference": "x" * 10_000_000}, "reference"),
}


@pytest.mark.parametrize("case", BAD)
def test_nonsense_is_refused_with_a_sentence_and_nothing_is_kept(case, cast, ida, kettle):
    fields, field = BAD[case]
    with pytest.raises(Refused) as refused:
        actions.draft(**{"customer": ida, "lines": [LineInput(product=kettle)], "on": TODAY, **fields}, by=cast("sam"), at=NOW)
    assert refused.value.field == field and len(str(refused.value)) < 300
    assert not Order.objects.exists() and not OrderLine.objects.exists()


def test_a_contact_of_somebody_else_is_refused(cast, ida, bakery, kettle):
    with pytest.raises(Refused, match="does not belong to"):
        actions.draft(customer=bakery, contact=ida, lines=[LineInput(product=kettle)], on=TODAY, by=cast("sam"), at=NOW)


def test_orders_are_found_by_number_reference_and_customer(order, cast):
    for words in (order.number, order.number.lower(), "bakkerij", "peeters 00001"):
        assert list(queries.matching(queries.visible_to(cast("nora")), words)) == [order]
    assert not queries.matching(queries.visible_to(cast("nora")), "nothing\x00").exists()
    assert queries.by_number(" s/2026/00001 ") == order
    assert not queries.visible_to(cast("ida")).exists()


def test_nothing_was_delivered_or_invoiced_by_itself(order):
    assert not Document.objects.exists() and not Delivery.objects.exists()
