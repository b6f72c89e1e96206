"""Invoicing over the API."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from django.utils import timezone
from tests.papers import again, customer, invoice, line, open_books, person, vat

from nazorg.access.actions import make_token
from nazorg.invoicing.models import Document, Payment

pytestmark = pytest.mark.django_db


class Program:
    def __init__(self, user, *abilities):
        _token, secret = make_token(user=user, name="t", abilities=list(abilities) or ["*:read", "*:write"], by=user, at=timezone.now())
        self.client = Client(headers={"authorization": f"Bearer {secret}"})

    def get(self, path, status=200):
        return self._read(self.client.get(f"/api/v1{path}"), status)

    def post(self, path, status=201, key=None, **body):
        headers = {"Idempotency-Key": key} if key else {}
        return self._read(self.client.post(f"/api/v1{path}", json.dumps(body), content_type="application/json", headers=headers), status)

    def patch(self, path, status=200, **body):
        return self._read(self.client.patch(f"/api/v1{path}", json.dumps(body), content_type="application/json"), status)

    def _read(self, answer, status):
        assert answer.status_code == status, answer.content
        return answer.json()


@pytest.fixture
def ida():
    open_books()
    return customer()


@pytest.fixture
def victor(ida):
    return Program(person("Victor", "accountant"))


def test_draft_change_post_pay_and_credit(victor, ida):
    tax = vat("21")
    body = {"customer": ida.pk, "lines": [{"description": "Kettle", "quantity": "3", "price": "33.33", "taxes": [tax.id]}], "payment_term": "30 days"}
    made = victor.post("/invoices", key="a", **body)
    assert victor.post("/invoices", key="a", **body) == made
    assert victor.post("/invoices", key="a", status=409, **{**body, "reference": "x"})["code"] == "key_reused"
    assert (made["state"], made["total"]) == ("draft", {"amount": "120.99", "currency": "EUR"})
    path = f"/invoices/{made['id']}"
    assert victor.patch(path, reference="PO 7")["reference"] == "PO 7"
    posted = victor.post(f"{path}/post", status=200)
    assert posted["number"].startswith("INV/")
    assert posted["left_to_credit"]["amount"] == "120.99"
    line_id = posted["lines"][0]["id"]
    plan = victor.post(f"{path}/credit?preview=true", status=200, lines=[{"line": line_id, "quantity": "1"}])
    assert (plan["total"]["amount"], plan["left_to_credit"]["amount"]) == ("40.33", "80.66")
    note = victor.post(f"{path}/credit", key="c", lines=[{"line": line_id, "quantity": "1"}], expected=plan["fingerprint"], reason="leaks")["credit_note"]
    assert note["total"]["amount"] == "40.33"
    changed = victor.patch(f"/credit-notes/{note['id']}", lines=[{"id": note["lines"][0]["id"], "quantity": "2"}])
    assert changed["net"]["amount"] == "66.66"
    victor.post(f"/credit-notes/{note['id']}/post", status=200)
    assert victor.get(path)["due"]["amount"] == "40.33"
    payment = victor.post("/payments", invoice=made["id"], amount="40.33", key="p")
    assert victor.get(path)["payment_state"] == "paid"
    assert victor.post(f"{path}/credit", status=409, method="full")["code"] == "paid"
    assert victor.post(f"/payments/{payment['id']}/reverse", status=200)["state"] == "reversed"
    assert victor.get(path)["due"]["amount"] == "40.33"
    assert [one["id"] for one in victor.get("/invoices?state=partial")["items"]] == [made["id"]]
    assert victor.get("/credit-notes")["items"][0]["credits"] == made["id"]
    assert victor.get("/payments")["items"][0]["number"] == payment["number"]


def test_settling_an_invoice_with_money_on_account(victor, ida):
    sold = invoice(ida, line(1, 100), on=timezone.localdate())
    money = victor.post("/payments", customer=ida.pk, amount="30", currency="EUR")
    assert money["open"]["amount"] == "30.00"
    assert victor.post(f"/invoices/{sold.pk}/settle", status=200, payment=money["id"])["due"]["amount"] == "70.00"
    assert victor.post(f"/invoices/{sold.pk}/settle", status=409)["code"] == "name_one"
    assert victor.post("/payments", status=409, customer=ida.pk, direction="out", amount="1")["code"] == "more_than_left"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"lines": []}, 409), ({"lines": [{"description": "x", "quantity": "-1", "price": "1"}]}, 409), ({"lines": [{"description": "x", "price": 1.5}]}, 422),
        ({"lines": [{"product": 10**30}]}, 422), ({"customer": 10**30}, 422), ({"customer": 10**15}, 409), ({"currency": "XXX"}, 409), ({"currency": "\x00"}, 422), ({"nonsense": 1}, 422),
        ({"journal": "BNK"}, 409), ({"payment_term": "never"}, 409), ({"on": "2026-13-01"}, 422), ({"lines": [{"description": "x" * 200_000, "price": "1"}]}, 422),
        ({"lines": [{"description": "x", "price": "999999999999", "quantity": "999999999"}]}, 409),
    ],
)
def test_nonsense_gets_a_sentence_and_changes_nothing(victor, ida, body, status):
    whole = {"customer": ida.pk, "lines": [{"description": "x", "price": "1"}], **body}
    assert victor.post("/invoices", status=status, **whole)["detail"]
    assert not Document.objects.exists()


def test_who_may_not(ida):
    sold = invoice(ida, line(1, 100))
    nora = Program(person("Nora", "agent"))
    assert nora.get("/invoices")["items"] == []
    nora.get(f"/invoices/{sold.pk}", status=404)
    nora.get("/payments", status=403)
    nora.post(f"/invoices/{sold.pk}/credit", status=404)
    nora.post("/invoices", status=403, customer=ida.pk, lines=[{"description": "x", "price": "1"}])
    reader = Program(person("Vera", "accountant"), "invoices:read")
    assert reader.get(f"/invoices/{sold.pk}")["number"] == sold.number
    reader.post(f"/invoices/{sold.pk}/credit", status=403)
    reader.get("/payments", status=403)
    assert not Payment.objects.exists()
    assert again(sold).open_item.residual == 100
