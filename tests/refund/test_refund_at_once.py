"""Fifty people at once: never more than is left, one refund for one key, and the preview is the booking whatever the invoice."""

from __future__ import annotations

import json
import uuid
from decimal import Decimal

import pytest
from crowd import all_at_once
from django.db import connection
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from refund_desk import Desk, facts

from nazorg.core.refusals import Refused
from nazorg.invoicing import actions as invoicing
from nazorg.invoicing.models import Document
from nazorg.services.refund import actions
from nazorg.services.refund.models import Refund


@pytest.mark.django_db(transaction=True)
def test_fifty_at_once_refund_one_of_a_line_of_three_and_three_succeed():
    desk = Desk()
    invoice = desk.invoice(desk.line("3", "33.33"))
    [line] = invoice.lines.all()
    tickets = [desk.ticket() for _turn in range(5)]

    def refund(turn: int):
        return actions.give(
            ticket=tickets[turn % 5], invoice=invoice, method="partial", lines=[invoicing.CreditLine(line.pk, quantity=Decimal(1))], on=invoice.on, reason="at once",
            by=desk.nora, at=desk.at,
        )

    results = all_at_once(50, refund)
    assert sum(isinstance(one, Refund) for one in results) == 3
    assert sum(isinstance(one, Refused) and one.code in ("nothing_left", "more_than_left") for one in results) == 47, [one for one in results if not isinstance(one, Refund)]
    notes = Document.objects.filter(kind="credit_note")
    assert sum(note.total for note in notes) == invoice.total
    assert Refund.objects.count() == notes.count() == 3


@pytest.mark.django_db(transaction=True)
def test_one_key_fifty_times_at_once_over_http_makes_one_refund():
    desk = Desk()
    invoice, ticket, key = desk.invoice(desk.line("5", "10")), desk.ticket(), str(uuid.uuid4())
    headers = desk.token(desk.nora) | {"HTTP_IDEMPOTENCY_KEY": key}
    [line] = invoice.lines.all()
    body = {"invoice": invoice.number, "lines": [{"line": line.pk, "quantity": "1"}]}
    connection.close()

    def post(_turn: int):
        answer = Client().post(f"/api/v1/tickets/{ticket.pk}/refunds", body, content_type="application/json", **headers)
        return answer.status_code, answer.content

    answers = all_at_once(50, post)
    assert {status for status, _body in answers} == {201}, set(answers)
    assert all(json.loads(body) == json.loads(answers[0][1]) for _status, body in answers)
    assert Refund.objects.count() == Document.objects.filter(kind="credit_note").count() == 1


@pytest.mark.django_db(transaction=True)
def test_twenty_confirm_one_draft_at_once_and_it_is_posted_once():
    desk = Desk()
    invoice = desk.invoice()
    refund = actions.give(ticket=desk.ticket(), invoice=invoice, method="partial", on=invoice.on, reason="x", by=desk.nora, at=desk.at)
    results = all_at_once(20, lambda _turn: actions.confirm(refund=refund, by=desk.nora, at=desk.at))
    assert sum(isinstance(one, Refund) for one in results) == 1
    assert {one.code for one in results if not isinstance(one, Refund)} == {"not_a_draft"}
    assert facts(invoice).due == 0


money = st.decimals("0.01", "999.99", places=2)
lines = st.lists(st.tuples(st.integers(1, 9), money, st.sampled_from(["vat21", "vat15", "both", "none"]), st.sampled_from(["0", "10", "33.33"])), min_size=1, max_size=4)
shares = st.lists(st.tuples(st.sampled_from(["quantity", "amount", "all"]), st.integers(1, 9)), min_size=4, max_size=4)


@pytest.fixture
def one_desk(db):
    return Desk()


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(drawn=lines, wanted=shares)
def test_whatever_the_invoice_the_preview_is_the_booking_and_all_credits_are_the_invoice(one_desk, drawn, wanted):
    desk = one_desk
    taxes = {"vat21": [desk.vat21], "vat15": [desk.vat15], "both": [desk.vat15, desk.also15], "none": []}
    invoice = desk.invoice(*(desk.line(str(quantity), str(price), taxes[tax], discount=off) for quantity, price, tax, off in drawn))
    ticket, asked = desk.ticket(), []
    for line, (kind, share) in zip(invoice.lines.all(), wanted, strict=False):
        if kind == "quantity":
            asked.append(invoicing.CreditLine(line.pk, quantity=min(Decimal(share), line.quantity)))
        elif kind == "amount" and line.net:
            asked.append(invoicing.CreditLine(line.pk, amount=min(Decimal(share), line.net)))
    for part in (asked or None, None):
        terms = {"invoice": invoice, "method": "partial", "lines": part, "on": invoice.on, "reason": "try"}
        try:
            plan = invoicing.plan_credit(**terms)
        except Refused as refusal:
            assert refusal.code == "nothing_left"
            continue
        note = actions.give(ticket=ticket, **terms, expected=plan.fingerprint, by=desk.nora, at=desk.at).credit_note
        assert (note.net, note.tax, note.total) == (plan.net, plan.tax, plan.total)
    notes = Document.objects.filter(credits=invoice)
    for field in ("net", "tax", "total"):
        assert sum(getattr(note, field) for note in notes) == getattr(invoice, field)
