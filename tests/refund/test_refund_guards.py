"""What a refund never does: twice, too much, for a stranger, or on nonsense. After each refusal nothing has changed."""

from __future__ import annotations

import itertools
import uuid
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from refund_desk import Browser, Desk, facts

from nazorg.core.models import IdempotencyKey
from nazorg.helpdesk import actions as helpdesk
from nazorg.invoicing import actions as invoicing
from nazorg.invoicing.models import Document
from nazorg.services.refund import actions, queries, rules
from nazorg.services.refund.models import Refund

pytestmark = pytest.mark.django_db
BACKEND = "nazorg.access.backend.Backend"


@pytest.fixture
def desk():
    return Desk()


@pytest.fixture
def nora(client, desk):
    client.force_login(desk.nora, backend=BACKEND)
    return client


def api(client, desk, ticket, user=None, key=None, preview=False, **body):
    headers = desk.token(user or desk.nora) | ({"HTTP_IDEMPOTENCY_KEY": key} if key else {})
    return client.post(f"/api/v1/tickets/{ticket.pk}/refunds" + ("?preview=true" if preview else ""), body, content_type="application/json", **headers)


def nothing_was_made():
    assert not Refund.objects.exists()
    assert not Document.objects.filter(kind="credit_note").exists()


# Once --------------------------------------------------------------------------------------------------------------------


def test_pressing_twice_refunds_once(nora, desk):
    desk.invoice()
    sheet = Browser(nora, desk.ticket()).open().fill(method="full")
    first, second = sheet.press().answer, sheet.press().answer
    assert (first.status_code, second.status_code, first.url) == (303, 303, second.url)
    assert Refund.objects.count() == 1


def test_the_sheet_that_has_refunded_takes_no_other_figures(nora, desk):
    invoice = desk.invoice(desk.line("3", "10"))
    [line] = invoice.lines.all()
    sheet = Browser(nora, desk.ticket()).open().only(line, quantity="1")
    sheet.press()
    again = sheet.press(**{f"quantity-{line.pk}": "2"})
    assert again.answer.status_code == 409
    assert "has refunded already" in again.text
    assert Refund.objects.count() == 1


def test_the_api_answers_a_repeated_key_with_the_same_and_another_body_with_409(client, desk):
    invoice, ticket, key = desk.invoice(), desk.ticket(), str(uuid.uuid4())
    first, second = (api(client, desk, ticket, key=key, invoice=invoice.pk, method="full") for _turn in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    other = api(client, desk, ticket, key=key, invoice=invoice.pk, method="partial")
    assert (other.status_code, other.json()["code"]) == (409, "key_reused")
    assert Refund.objects.count() == 1


def test_a_refused_refund_leaves_its_key_free(nora, desk):
    desk.invoice()
    ticket = desk.ticket()
    sheet = Browser(nora, ticket).open()
    assert sheet.press(reason="").answer.status_code == 422
    assert not IdempotencyKey.objects.exists()
    assert sheet.press(reason="leaks").answer.status_code == 303


def test_facts_that_changed_are_shown_again_and_not_booked(nora, desk):
    invoice = desk.invoice(desk.line("2", "50"))
    ticket = desk.ticket()
    sheet = Browser(nora, ticket).open()
    assert sheet.verb == "Refund €121.00"
    actions.give(ticket=ticket, invoice=invoice, method="partial", lines=[invoicing.CreditLine(invoice.lines.get().pk, quantity=Decimal(1))], on=invoice.on, reason="one", by=desk.ada, at=desk.at)
    sheet.press()
    assert sheet.answer.status_code == 422
    assert "more than the 1 that can still be credited" in sheet.text
    full = Browser(nora, ticket).open().fill(method="full")
    desk.pay(invoice, "10")
    full.press()
    assert full.answer.status_code == 422
    assert "Something has changed meanwhile" in full.text
    full._read(full.answer).press()
    assert full.answer.status_code == 303
    assert Refund.objects.count() == 2


def test_confirming_a_draft_that_a_colleague_changed_is_refused(nora, desk):
    desk.invoice()
    Browser(nora, desk.ticket()).open().press()
    refund = Refund.objects.get()
    nora.post(f"/refunds/{refund.pk}/confirm/", {"total": "1.00"})
    assert facts(refund.credit_note).state == "draft"
    nora.post(f"/refunds/{refund.pk}/confirm/", {"total": "121.00"})
    nora.post(f"/refunds/{refund.pk}/confirm/", {"total": "121.00"})
    assert facts(refund.credit_note).state == "posted"


def test_a_cancelled_draft_gives_back_what_it_reserved_and_tells_the_ticket(nora, desk):
    desk.invoice()
    ticket = desk.ticket()
    Browser(nora, ticket).open().press()
    assert rules.applies_to(ticket).state == "impossible"
    refund = Refund.objects.get()
    nora.post(f"/refunds/{refund.pk}/cancel/")
    assert facts(refund.credit_note).state == "cancelled"
    assert rules.applies_to(ticket).state == "ready"
    assert queries.tiles(ticket, desk.nora) == []
    assert "cancelled the draft refund" in nora.get(ticket.get_absolute_url()).content.decode()
    assert Browser(nora, ticket).open().press().answer.status_code == 303


# Who ---------------------------------------------------------------------------------------------------------------------


def test_a_ticket_of_a_closed_team_is_not_there_for_others(nora, client, desk):
    desk.invoice()
    ticket = desk.ticket(team=desk.closed_team)
    assert nora.get(f"/refunds/tickets/{ticket.pk}/new/").status_code == 404
    assert nora.post(f"/refunds/tickets/{ticket.pk}/new/", {}).status_code == 404
    assert nora.get(f"/refunds/tickets/{ticket.pk}/").status_code == 404
    assert api(client, desk, ticket, invoice=1).status_code == 404
    given = actions.give(ticket=ticket, invoice=Document.objects.get(), method="partial", on=Document.objects.get().on, reason="x", by=desk.pim, at=desk.at)
    for step in ("confirm", "cancel", "lines"):
        assert nora.post(f"/refunds/{given.pk}/{step}/").status_code == 404
    assert facts(given.credit_note).state == "draft"


def test_without_the_right_the_button_is_hidden_and_the_server_refuses(client, desk):
    invoice, ticket = desk.invoice(), desk.ticket()
    desk.nora.groups.get().permissions.remove(*desk.nora.groups.get().permissions.filter(codename="credit_document"))
    del desk.nora.abilities_
    client.force_login(desk.nora, backend=BACKEND)
    assert "service-refund" not in client.get(ticket.get_absolute_url()).content.decode()
    assert client.get(f"/refunds/tickets/{ticket.pk}/new/").status_code == 403
    assert client.post(f"/refunds/tickets/{ticket.pk}/new/", {"invoice": invoice.pk}).status_code == 403
    refused = api(client, desk, ticket, invoice=invoice.pk)
    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
    nothing_was_made()


def test_a_team_that_offers_no_refunds_gives_none(nora, client, desk):
    invoice, ticket = desk.invoice(), desk.ticket()
    helpdesk.switch_service(team=desk.team, slug="refund", on=False, by=desk.ada, at=desk.at)
    refused = api(client, desk, ticket, invoice=invoice.pk)
    assert (refused.status_code, refused.json()["code"]) == (409, "not_offered")
    assert Browser(nora, ticket).open().press().answer.status_code == 422
    nothing_was_made()


def test_whoever_refunds_may_open_the_documents_and_another_agent_may_not(client, desk):
    desk.invoice()
    ticket = desk.ticket()
    client.force_login(desk.nora, backend=BACKEND)
    Browser(client, ticket).open().press()
    refund = Refund.objects.get()
    [hers] = queries.tiles(ticket, desk.nora)
    [his] = queries.tiles(ticket, desk.pim)
    assert (hers.url, his.url) == (refund.credit_note.get_absolute_url(), f"/refunds/tickets/{ticket.pk}/")
    assert client.get(refund.credit_note.get_absolute_url()).status_code == 200
    assert client.get(refund.credit_note.credits.get_absolute_url()).status_code == 200
    client.force_login(desk.pim, backend=BACKEND)
    assert client.get(refund.credit_note.get_absolute_url()).status_code == 404
    assert client.get(his.url).status_code == 200


def test_a_company_and_its_contacts_are_one_customer(nora, desk):
    invoice = desk.invoice(desk.line(customer=desk.acme), customer=desk.acme)
    assert Browser(nora, desk.ticket(customer=desk.acme, contact=desk.anna)).open().values["invoice"] == str(invoice.pk)
    assert Browser(nora, desk.ticket(customer=desk.anna)).open().press().answer.status_code == 303


# Nonsense ----------------------------------------------------------------------------------------------------------------

NONSENSE = ["-1", "1e9999", "NaN", "Infinity", "99999999999999999999", "0.00001", "one", "\x00", "1,000.0", "𝟙" * 20 + "x"]


def test_nonsense_in_a_quantity_or_an_amount_gets_a_sentence(nora, desk):
    invoice = desk.invoice()
    [line] = invoice.lines.all()
    sheet = Browser(nora, desk.ticket()).open()
    for value, field in itertools.product(NONSENSE, ("quantity", "amount")):
        sheet.press(**{f"quantity-{line.pk}": "", f"amount-{line.pk}": "", f"{field}-{line.pk}": value})
        assert sheet.answer.status_code == 422, value
        assert 'role="alert"' in sheet.answer.content.decode()
    nothing_was_made()


ELSEWHERE = [
    {"reason": ""}, {"reason": "x" * 5000}, {"reason": "\x00"}, {"on": "2025-12-31"}, {"on": "9999-12-31"}, {"on": "soon"}, {"method": "all"}, {"journal": "999999"},
    {"journal": "\x00"}, {"invoice": "0"}, {"invoice": "9" * 40}, {"invoice": "\x00"}, {"invoice": "-1"}, {"key": "x" * 500}, {"key": ""}, {"key": "\x00"},
    {"expected": "\x00"}, {"reason": "", "q": "\x00", "shown": "\x00"},
]


def test_nonsense_elsewhere_gets_a_sentence_too(nora, desk):
    desk.invoice()
    ticket = desk.ticket()
    for values in ELSEWHERE:
        sheet = Browser(nora, ticket).open().press(**values)
        assert sheet.answer.status_code == 422, values
        assert 'role="alert"' in sheet.answer.content.decode()
    nothing_was_made()


def test_both_a_quantity_and_an_amount_or_none_at_all_is_refused(nora, desk):
    invoice = desk.invoice()
    [line] = invoice.lines.all()
    sheet = Browser(nora, desk.ticket()).open()
    sheet.press(**{f"quantity-{line.pk}": "1", f"amount-{line.pk}": "5"})
    assert "not both" in sheet.text
    sheet.press(**{f"quantity-{line.pk}": "", f"amount-{line.pk}": ""})
    assert "Choose at least one line" in sheet.text
    nothing_was_made()


def test_another_customers_invoice_is_not_there(nora, client, desk):
    theirs, ticket = desk.invoice(desk.line(customer=desk.acme), customer=desk.acme), desk.ticket()
    desk.invoice()
    for wanted in (theirs.pk, theirs.number, 10**15, "INV/1999/00001"):
        refused = api(client, desk, ticket, invoice=wanted)
        assert (refused.status_code, refused.json()["code"], refused.json()["field"]) == (409, "not_theirs", "invoice")
        assert theirs.number not in refused.json()["detail"]
    assert Browser(nora, ticket).open().press(invoice=theirs.pk, shown=theirs.pk).answer.status_code == 422
    nothing_was_made()


BODIES = [
    ({}, 422), ({"invoice": None}, 422), ({"invoice": 1.5}, 422), ({"invoice": "\x00"}, 422), ({"method": "steal"}, 422), ({"colour": "red"}, 422),
    ({"lines": [{"line": 1, "quantity": 1.0}]}, 422), ({"lines": [{"line": 1, "quantity": "-1"}]}, 409), ({"lines": []}, 409),
    ({"lines": [{"line": 9**15, "quantity": "1"}]}, 409), ({"reason": ""}, 409), ({"reason": "x" * 10_000}, 422), ({"journal": "BNK"}, 409),
    ({"on": "1999-01-01"}, 409), ({"on": "9999-12-31"}, 409), ({"on": "0001-01-01"}, 409),
]


def test_nonsense_by_the_api_gets_a_problem(client, desk):
    invoice, ticket = desk.invoice(), desk.ticket()
    for (body, status), preview in itertools.product(BODIES, (True, False)):
        wanted = {} if "invoice" in body or not body else {"invoice": invoice.pk}
        refused = api(client, desk, ticket, preview=preview, **(wanted | body))
        assert (refused.status_code, refused["content-type"]) == (status, "application/problem+json"), (body, refused.content)
        assert refused.json()["detail"]
    nothing_was_made()


def test_a_ticket_without_a_customer_says_so(nora, client, desk):
    ticket = helpdesk.open_ticket(title="who", team=desk.team, by=desk.ada, at=desk.at)
    assert "This ticket has no customer yet" in Browser(nora, ticket).open().text
    assert nora.post(f"/refunds/tickets/{ticket.pk}/new/", {"invoice": "1", "key": str(uuid.uuid4())}).status_code == 422
    assert api(client, desk, ticket, invoice=1).json()["code"] == "not_theirs"


def test_the_database_keeps_what_a_refund_names(desk):
    invoice, ticket = desk.invoice(), desk.ticket()
    refund = actions.give(ticket=ticket, invoice=invoice, method="partial", on=invoice.on, reason="x", by=desk.nora, at=desk.at)
    with pytest.raises(IntegrityError), transaction.atomic():
        Refund.objects.filter(pk=refund.pk).update(new_invoice=invoice)
    with pytest.raises(IntegrityError), transaction.atomic():
        Refund.objects.create(ticket=ticket, service="refund", at=desk.at, credit_note=invoice)
    with pytest.raises(IntegrityError), transaction.atomic():
        Refund.objects.create(ticket=desk.ticket(customer=desk.acme), service="refund", at=desk.at, credit_note=refund.credit_note)


# Which invoice -----------------------------------------------------------------------------------------------------------


def test_the_invoice_that_fits_the_ticket_is_chosen(desk):
    old = desk.invoice(desk.line(product=desk.kettle, serial="SN1"), origin="S00001")
    new = desk.invoice(desk.line(product=desk.kettle), desk.line(product=desk.toaster), origin="S00002")
    assert queries.best(desk.ticket()) == (None, 2)
    assert queries.best(desk.ticket(order_reference="s00001"))[0] == old
    assert queries.best(desk.ticket(serial="sn1"))[0] == old
    assert queries.best(desk.ticket(product=desk.toaster))[0] == new
    assert queries.best(desk.ticket(product=desk.kettle)) == (None, 2)
    assert [rules.applies_to(desk.ticket(**about)).state for about in ({}, {"order_reference": "S00002"})] == ["pick", "ready"]
    assert rules.applies_to(desk.ticket(customer=desk.acme)).reason == "No posted invoice for Acme BV"


def test_only_the_lines_that_the_ticket_is_about_are_filled_in(nora, desk):
    invoice = desk.invoice(desk.line("3", product=desk.kettle), desk.line("2", product=desk.toaster))
    kettles, toasters = invoice.lines.all()
    values = Browser(nora, desk.ticket(product=desk.toaster)).open().values
    assert (values[f"quantity-{kettles.pk}"], values[f"quantity-{toasters.pk}"]) == ("", "2")
    values = Browser(nora, desk.ticket()).open().values
    assert (values[f"quantity-{kettles.pk}"], values[f"quantity-{toasters.pk}"]) == ("3", "2")


def test_among_many_invoices_the_newest_are_shown_and_others_are_found(nora, desk):
    many = [desk.invoice(desk.line("1", "10", description="Blender" if i == 0 else f"Thing {i}"), origin=f"S000{i:02}") for i in range(9)]
    sheet = Browser(nora, desk.ticket()).open()
    assert many[0].number not in sheet.text
    assert many[-1].number in sheet.text
    assert "Choose an invoice first." in sheet.text
    for wanted in (many[0].number, "blend", "s00000"):
        sheet.fill(q=wanted)
        assert many[0].number in sheet.text
        assert many[5].number not in sheet.text
    sheet.fill(invoice=many[0].pk)
    assert sheet.verb == "Refund €12.10"


def test_the_cost_of_the_sheet_does_not_grow_with_the_invoices(nora, desk, django_assert_max_num_queries):
    ticket = desk.ticket()
    desk.invoice()
    with django_assert_max_num_queries(22):
        nora.get(f"/refunds/tickets/{ticket.pk}/new/")
    for _turn in range(12):
        newest = desk.invoice(desk.line(), desk.line("2", "7"), desk.line("3", "9"))
    with django_assert_max_num_queries(22):
        nora.get(f"/refunds/tickets/{ticket.pk}/new/", {"invoice": newest.pk})


def test_the_ticket_stays_within_its_twelve_queries_with_a_draft_and_a_posted_refund(nora, desk, django_assert_max_num_queries):
    invoice = desk.invoice(desk.line("3", "10"))
    [line] = invoice.lines.all()
    ticket = desk.ticket()
    for _turn in range(2):
        Browser(nora, ticket).open().only(line, quantity="1").press()
    first = Refund.objects.order_by("pk").first()
    nora.post(f"/refunds/{first.pk}/confirm/", {"total": str(first.credit_note.total)})
    nora.get(ticket.get_absolute_url())
    with django_assert_max_num_queries(12):
        page = nora.get(ticket.get_absolute_url()).content.decode()
    assert "1 draft" in page
    assert page.count("refund-card-title") == 1
