"""Refunds told from the ticket, by the page and by the API: stories R1, R2 and R5 to R13 of the acceptance scenarios."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from refund_desk import FEB, Browser, Desk, facts, fresh

from nazorg.conversation.models import Entry
from nazorg.core.refusals import Refused
from nazorg.invoicing import actions as invoicing
from nazorg.invoicing.models import Document
from nazorg.services.refund.models import Refund

pytestmark = pytest.mark.django_db
TODAY = dt.date.today


@pytest.fixture
def desk():
    return Desk()


@pytest.fixture
def nora(client, desk):
    client.force_login(desk.nora, backend="nazorg.access.backend.Backend")
    return client


def at(client, ticket) -> Browser:
    return Browser(client, ticket).open()


def api(client, desk, ticket, preview=False, user=None, key=None, **body):
    headers = desk.token(user or desk.nora) | ({"HTTP_IDEMPOTENCY_KEY": key} if key else {})
    address = f"/api/v1/tickets/{ticket.pk}/refunds" + ("?preview=true" if preview else "")
    return client.post(address, body, content_type="application/json", **headers)


def told(record) -> list[str]:
    return list(Entry.objects.filter(thread=fresh(record).thread_id, kind="history").order_by("id").values_list("event", flat=True))


def test_r1_a_partial_credit_is_a_draft_with_the_same_lines(nora, desk):
    invoice = desk.four_lines()
    sheet = at(nora, desk.ticket(title="leaks")).fill(on=FEB)
    assert sheet.verb == "Refund €1,410.00"
    assert sheet.press().answer.status_code == 303
    refund = Refund.objects.get()
    note = refund.credit_note
    assert (note.state, note.total, note.due_on, note.payment_term, note.credits_id) == ("draft", 1410, FEB, None, invoice.pk)
    assert note.reference == f"{invoice.number}: leaks"
    assert [(line.quantity, line.price) for line in note.lines.all()] == [(1, 1000), (1, 200)]
    assert facts(invoice).due == 1410
    assert refund.by == desk.nora
    assert "helpdesk.RemedyGiven" in told(refund.ticket)
    assert "refund.AskedForByTicket" in told(note)
    assert "refund.AskedForByTicket" in told(invoice)


def test_r2_the_draft_is_changed_and_comes_to_the_same(nora, desk):
    desk.four_lines()
    at(nora, desk.ticket()).fill(on=FEB).press()
    refund = Refund.objects.get()
    first, second = refund.credit_note.lines.all()
    changed = nora.post(f"/refunds/{refund.pk}/lines/", {
        "key": "6f1c1df0-0000-4000-8000-000000000000",
        f"description-{first.pk}": "Machine", f"quantity-{first.pk}": "4", f"price-{first.pk}": "500", f"discount-{first.pk}": "50",
        f"description-{second.pk}": "Parts", f"quantity-{second.pk}": "1", f"price-{second.pk}": "200", f"discount-{second.pk}": "0",
    })
    assert changed.status_code == 303, changed.content.decode()
    assert fresh(refund.credit_note).total == 1410
    assert [(line.quantity, line.price, line.discount) for line in refund.credit_note.lines.all()] == [(4, 500, 50), (1, 200, 0)]


@pytest.mark.parametrize("door", ["page", "api"])
def test_r5_a_full_credit_with_a_new_draft_makes_three_documents_of_one_order(nora, desk, door):
    chairs = desk.line("5", "280", [desk.vat21], description="Chair")
    invoice = desk.invoice(chairs, desk.line("3", "90", [desk.vat21], description="Stool"), origin="S00012", days=30)
    ticket = desk.ticket(order_reference="S00012")
    if door == "page":
        assert at(nora, ticket).fill(method="full_and_new").press().answer.status_code == 303
    else:
        assert api(nora, desk, ticket, invoice=invoice.number, method="full_and_new").status_code == 201
    refund = Refund.objects.get()
    note, new = refund.credit_note, refund.new_invoice
    assert Document.objects.filter(origin="S00012").count() == 3
    assert (note.state, note.total, facts(invoice).payment) == ("posted", invoice.total, "settled")
    assert (new.state, new.on, new.reference, new.payment_term, new.replaces_id) == ("draft", TODAY(), "", invoice.payment_term, invoice.pk)
    assert [(line.description, line.quantity, line.price) for line in new.lines.all()] == [("Chair", 5, 280), ("Stool", 3, 90)]
    assert desk.nora.grants.filter(thread__in=[note.thread_id, invoice.thread_id, new.thread_id]).count() == 3


def test_r6_a_smaller_credit_settles_a_part_of_its_invoice(nora, desk):
    invoice = desk.invoice(desk.line("1", "1000", [desk.vat15]))
    [line] = invoice.lines.all()
    at(nora, desk.ticket()).only(line, amount="400").press()
    refund = Refund.objects.get()
    assert (refund.credit_note.state, refund.credit_note.total) == ("draft", 460)
    assert nora.post(f"/refunds/{refund.pk}/confirm/", {"total": "460.000"}).status_code == 303
    assert (facts(invoice).due, facts(invoice).payment) == (690, "partial")
    assert fresh(refund.credit_note).number.startswith("CN/")
    assert "refund.RefundConfirmed" in told(refund.ticket)


@pytest.mark.parametrize("door", ["page", "api"])
def test_r7_a_paid_invoice_stays_paid_and_gives_an_open_credit(nora, desk, door):
    invoice = desk.invoice(paid=True)
    ticket = desk.ticket()
    if door == "page":
        sheet = at(nora, ticket)
        assert "This invoice has been paid: you make a draft credit note" in sheet.text
        assert "All that is left" not in sheet.text
        refused = sheet.press(method="full")
        assert refused.answer.status_code == 422
        assert not Refund.objects.exists()
        at(nora, ticket).press()
    else:
        for method in ("full", "full_and_new"):
            refused = api(nora, desk, ticket, invoice=invoice.pk, method=method)
            assert (refused.status_code, refused.json()["code"], refused.json()["field"]) == (409, "paid", "method")
        assert not Refund.objects.exists()
        assert api(nora, desk, ticket, invoice=invoice.pk).status_code == 201
    refund = Refund.objects.get()
    assert refund.credit_note.state == "draft"
    assert facts(invoice).payment == "paid"
    nora.post(f"/refunds/{refund.pk}/confirm/", {"total": str(refund.credit_note.total)})
    assert facts(invoice).payment == "paid"
    assert (facts(refund.credit_note).state, facts(refund.credit_note).due) == ("posted", -invoice.total)


def test_r8_a_reversed_payment_leaves_the_invoice_unpaid_and_all_methods_possible(nora, desk):
    invoice = desk.invoice()
    payment = desk.pay(invoice)
    invoicing.reverse_payment(payment=payment, on=TODAY(), by=desk.victor, at=desk.at)
    assert facts(invoice).due == invoice.total
    sheet = at(nora, desk.ticket()).fill(method="full").press()
    assert sheet.answer.status_code == 303
    assert facts(invoice).payment == "settled"


def test_r9_a_draft_invoice_is_not_offered_and_refused(nora, desk):
    draft = desk.invoice(post=False)
    ticket = desk.ticket()
    assert "No posted invoice for Ida Vermeulen" in at(nora, ticket).text
    refused = api(nora, desk, ticket, invoice=draft.pk)
    assert (refused.status_code, refused.json()["code"]) == (409, "not_posted")
    posted = desk.invoice()
    sheet = at(nora, ticket)
    assert str(draft.pk) != sheet.values["invoice"] == str(posted.pk)
    assert sheet.press(invoice=draft.pk, shown=draft.pk).answer.status_code == 422
    assert "not a posted invoice" in sheet.text
    assert not Refund.objects.exists()


def test_r10_thirds_credited_one_by_one_come_to_exactly_the_invoice(nora, desk):
    invoice = desk.invoice(desk.line("3", "33.33", [desk.vat21]))
    [line] = invoice.lines.all()
    ticket = desk.ticket()
    for _turn in range(3):
        assert at(nora, ticket).only(line, quantity="1").press().answer.status_code == 303
    notes = [refund.credit_note for refund in Refund.objects.all()]
    for field in ("net", "tax", "total"):
        assert sum(getattr(note, field) for note in notes) == getattr(invoice, field)
    for refund in Refund.objects.all():
        nora.post(f"/refunds/{refund.pk}/confirm/", {"total": str(refund.credit_note.total)})
    assert facts(invoice).due == 0


def test_r11_nothing_is_left_of_an_invoice_that_is_credited_in_full(nora, desk):
    invoice = desk.invoice()
    ticket = desk.ticket()
    late = at(nora, ticket)
    at(nora, ticket).fill(method="full").press()
    refused = late.press()
    assert refused.answer.status_code == 422
    assert "nothing is left to credit" in refused.text
    by_api = api(nora, desk, ticket, invoice=invoice.pk)
    assert (by_api.status_code, by_api.json()["code"]) == (409, "nothing_left")
    assert "Nothing is left to credit on the invoices of Ida Vermeulen" in at(nora, ticket).text
    assert Refund.objects.count() == 1


def test_r11_a_second_draft_has_nothing_left_to_take(nora, desk):
    desk.invoice()
    ticket = desk.ticket()
    first, second = at(nora, ticket), at(nora, ticket)
    assert first.press().answer.status_code == 303
    assert second.press().answer.status_code == 422
    assert Refund.objects.count() == 1


def test_r13_a_full_credit_dated_in_the_future_waits_as_a_draft(nora, desk):
    invoice = desk.invoice()
    soon = TODAY() + dt.timedelta(days=10)
    at(nora, desk.ticket()).fill(method="full", on=soon).press()
    note = Refund.objects.get().credit_note
    assert (note.state, note.on) == ("draft", soon)
    assert facts(invoice).due == invoice.total
    with pytest.raises(Refused):
        invoicing.post(document=note, by=desk.victor, at=desk.at)


@pytest.mark.parametrize("door", ["page", "api"])
def test_the_preview_is_what_is_booked(nora, desk, door):
    invoice = desk.invoice(desk.line("3", "33.33"), desk.line("2", "7.77", [desk.vat15, desk.also15]))
    first, second = invoice.lines.all()
    ticket = desk.ticket()
    if door == "page":
        sheet = at(nora, ticket).fill(**{f"line_{first.pk}": "1", f"line_{second.pk}": "", f"amount_{second.pk}": "3.01"})
        shown = sheet.verb.removeprefix("Refund €")
        sheet.press()
    else:
        asked = {"invoice": invoice.pk, "lines": [{"line": first.pk, "quantity": "1"}, {"line": second.pk, "amount": "3.01"}]}
        preview = api(nora, desk, ticket, preview=True, **asked)
        assert preview.status_code == 200, preview.content
        assert not Refund.objects.exists()
        shown = preview.json()["total"]["amount"]
        assert api(nora, desk, ticket, expected=preview.json()["fingerprint"], **asked).status_code == 201
    assert Refund.objects.get().credit_note.total == Decimal(shown) == Decimal("44.24")


def test_the_tickets_refunds_are_listed_oldest_first(nora, desk):
    invoice = desk.invoice(desk.line("2", "50"))
    [line] = invoice.lines.all()
    ticket = desk.ticket()
    for _turn in range(2):
        assert api(nora, desk, ticket, invoice=invoice.pk, lines=[{"line": line.pk, "quantity": "1"}]).status_code == 201
    listed = nora.get(f"/api/v1/tickets/{ticket.pk}/refunds", {"limit": 1}, **desk.token(desk.nora)).json()
    [first] = listed["items"]
    assert (first["credit_note"]["state"], first["credit_note"]["total"]) == ("draft", {"amount": "60.50", "currency": "EUR"})
    assert (first["invoice"]["number"], first["by"], first["new_invoice"]) == (invoice.number, "nora", None)
    rest = nora.get(f"/api/v1/tickets/{ticket.pk}/refunds", {"cursor": listed["next_cursor"]}, **desk.token(desk.nora)).json()
    assert [one["id"] > first["id"] for one in rest["items"]] == [True]
