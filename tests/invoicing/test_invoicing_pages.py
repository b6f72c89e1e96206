"""Invoicing through its pages."""

from __future__ import annotations

import re
import uuid
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from tests.papers import D, again, customer, draft, invoice, line, open_books, pay, person, vat

from nazorg.invoicing import actions as invoicing
from nazorg.invoicing.models import Document, Payment

pytestmark = pytest.mark.django_db


@pytest.fixture
def ida():
    open_books()
    return customer()


@pytest.fixture
def victor(ida):
    return signed_in(person("Victor", "accountant"))


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def ok(answer, *texts) -> str:
    html = answer.content.decode()
    assert answer.status_code == 200, html[:2000]
    for text in texts:
        assert text in html, text
    return html


def key() -> str:
    return str(uuid.uuid4())


def days_ago(days: int) -> date:
    return timezone.localdate() - timedelta(days=days)


@pytest.fixture
def papers(ida):
    """An open, a paid, a part-credited and a draft invoice."""
    is_open = invoice(ida, line(3, "33.33", vat("21"), description="Kettle X2"), on=days_ago(40))
    paid = invoice(ida, line(1, 100), on=days_ago(30))
    payment = pay(paid, on=days_ago(29))
    credited = invoice(ida, line(2, 50), on=days_ago(20))
    note = invoicing.credit(invoice=credited, method="full", on=days_ago(10), reason="leaks", by=None, at=timezone.now()).credit_note
    return {"open": is_open, "paid": paid, "payment": payment, "credited": credited, "note": note, "draft": draft(ida, line(1, 7), on=days_ago(1))}


class TestPages:
    def test_every_page_opens_with_and_without_rows(self, victor, ida):
        for name in ("invoices", "credit_notes", "payments", "open_items", "entries", "trial_balance", "new"):
            ok(victor.get(reverse(f"invoicing:{name}")))
        ok(victor.get(reverse("invoicing:customer", args=[ida.pk])))

    def test_lists_and_filters(self, victor, ida, papers):
        html = ok(victor.get(reverse("invoicing:invoices")), papers["open"].number, "Overdue", "Paid")
        assert html.count("row-link") == 4
        for query, count in {"state=draft": 1, "state=paid": 2, "state=overdue": 1, "q=INV%2F": 3, "q=de+vries": 4, "q=nobody": 0, f"customer={ida.pk}": 4,
                             f"since={days_ago(25)}": 2, "since=2026-02-31": 4, "order=-total": 4, "q=%00": 4}.items():
            assert ok(victor.get(reverse("invoicing:invoices") + "?" + query)).count("row-link") == count, query
        ok(victor.get(reverse("invoicing:credit_notes")), papers["note"].number)
        ok(victor.get(reverse("invoicing:payments")), papers["payment"].number)
        ok(victor.get(reverse("invoicing:open_items")), ida.name)
        ok(victor.get(reverse("invoicing:entries") + "?q=INV"), papers["open"].number, "400000")
        ok(victor.get(reverse("invoicing:trial_balance")), "700000")

    def test_document_pages(self, victor, papers):
        ok(victor.get(papers["open"].get_absolute_url()), "Kettle X2", "Register a payment", "Left to credit", "posted this invoice")
        ok(victor.get(papers["paid"].get_absolute_url()), papers["payment"].number)
        ok(victor.get(papers["note"].get_absolute_url()), papers["credited"].number, "leaks")
        ok(victor.get(papers["draft"].get_absolute_url()), "Confirm")
        ok(victor.get(papers["payment"].get_absolute_url()), papers["paid"].number)
        ok(victor.get(reverse("invoicing:print", args=[papers["open"].pk])), "Kettle X2")
        ok(victor.get(reverse("parties:party", args=[papers["open"].customer_id])), papers["open"].number)

    @pytest.mark.parametrize("name", ["invoices", "credit_notes", "payments", "entries", "open_items"])
    def test_a_list_costs_the_same_with_more_rows(self, victor, ida, name):
        def make():
            sold = invoice(ida, line(2, 10), on=days_ago(5))
            invoicing.post(document=invoicing.credit(invoice=sold, method="partial", on=days_ago(4), by=None, at=timezone.now()).credit_note, by=None, at=timezone.now())
            pay(invoice(customer(f"C{sold.pk}"), line(1, 10), on=days_ago(5)), 4, on=days_ago(2))

        make()
        victor.get(reverse(f"invoicing:{name}"))
        counts = []
        for _turn in range(2):
            with CaptureQueriesContext(connection) as queries:
                victor.get(reverse(f"invoicing:{name}"))
            counts.append(len(queries))
            for _more in range(6):
                make()
        assert counts[0] == counts[1]

    def test_strangers(self, papers, ida):
        nora = signed_in(person("Nora", "agent"))
        assert nora.get(reverse("invoicing:invoices")).status_code == 403
        assert nora.get(papers["open"].get_absolute_url()).status_code == 404
        assert nora.get(papers["payment"].get_absolute_url()).status_code == 404
        assert Client().get(papers["open"].get_absolute_url()).status_code == 302
        assert nora.post(reverse("invoicing:post", args=[papers["draft"].pk])).status_code == 404


def _lines(*rows, total=None):
    data = {"line-TOTAL_FORMS": str(total or len(rows)), "line-INITIAL_FORMS": "0"}
    for number, row in enumerate(rows):
        data |= {f"line-{number}-{name}": value for name, value in row.items()}
    return data


class TestDoing:
    def head(self, ida, **more):
        journal = again(Document.objects.first()).journal_id if Document.objects.exists() else None
        from nazorg.ledger.queries import journals

        return {"customer": ida.pk, "on": days_ago(3).isoformat(), "currency": "EUR", "journal": journal or journals("sales").first().pk, "key": key(), **more}

    def test_draft_change_confirm(self, victor, ida):
        tax = vat("21")
        data = self.head(ida) | _lines({"description": "Kettle", "quantity": "2", "price": "50", "taxes": str(tax.id)}, {"description": ""})
        ok(victor.post(reverse("invoicing:preview_new"), data), "121.00")
        answer = victor.post(reverse("invoicing:new"), data)
        assert answer.status_code == 303, answer.content.decode()
        assert victor.post(reverse("invoicing:new"), data).status_code == 303
        made = Document.objects.get()
        assert made.total == 121
        html = ok(victor.get(reverse("invoicing:edit", args=[made.pk])))
        kept = re.search(r'name="line-0-keep" value="(\d+)"', html).group(1)
        data = self.head(ida, due_on=days_ago(0).isoformat()) | _lines({"description": "Kettle", "quantity": "3", "price": "50", "keep": kept})
        data["line-INITIAL_FORMS"] = "1"
        assert victor.post(reverse("invoicing:edit", args=[made.pk]), data).status_code == 303
        assert (again(made).total, again(made).due_on) == (D("181.50"), days_ago(0))
        assert victor.post(reverse("invoicing:post", args=[made.pk])).status_code == 303
        assert again(made).number

    def test_nonsense_comes_back_with_a_sentence(self, victor, ida):
        for row in ({"description": "Kettle", "quantity": "-2", "price": "50"}, {"description": "x", "price": "1e99"}, {"description": "x" * 400, "price": "1"}, {"description": "x", "price": "abc"}):
            answer = victor.post(reverse("invoicing:new"), self.head(ida) | _lines(row))
            assert answer.status_code == 422, row
        assert victor.post(reverse("invoicing:new"), self.head(ida) | _lines()).status_code == 422
        assert victor.post(reverse("invoicing:new"), {}).status_code == 422
        assert not Document.objects.exists()

    def test_credit_as_previewed(self, victor, papers):
        sold = papers["open"]
        html = ok(victor.get(reverse("invoicing:credit", args=[sold.pk])), "Draft credit note")
        field = re.search(r'name="(quantity_\d+)"', html).group(1)
        data = {"key": key(), "method": "partial", "reason": "leaks", "on": timezone.localdate().isoformat(), field: "1"}
        expected = re.search(r'name="expected" value="(\w+)"', ok(victor.post(reverse("invoicing:credit_preview", args=[sold.pk]), data), "€40.33")).group(1)
        for _turn in range(2):
            assert victor.post(reverse("invoicing:credit", args=[sold.pk]), data | {"expected": expected}).status_code == 303
        note = sold.credit_notes.get()
        assert note.total == D("40.33")
        answer = victor.post(reverse("invoicing:credit", args=[sold.pk]), data | {"expected": expected, "key": key()})
        assert answer.status_code == 422
        assert "changed meanwhile" in answer.content.decode()
        html = ok(victor.get(reverse("invoicing:edit", args=[note.pk])))
        row = note.lines.get()
        data = {"key": key(), "on": timezone.localdate().isoformat(), "journal": note.journal_id, "reason": "leaks", "reference": "R",
                "line-TOTAL_FORMS": "1", "line-INITIAL_FORMS": "1", "line-0-line": row.pk, "line-0-description": "Kettle", "line-0-quantity": "2", "line-0-price": "33.33"}
        assert victor.post(reverse("invoicing:edit", args=[note.pk]), data).status_code == 303
        assert again(note).net == D("66.66")
        data |= {"line-0-quantity": "4", "key": key()}
        assert victor.post(reverse("invoicing:edit", args=[note.pk]), data).status_code == 422
        victor.post(reverse("invoicing:cancel", args=[note.pk]))
        assert again(note).state == "cancelled"

    def test_pay_reverse_and_offset(self, victor, ida, papers):
        sold = papers["open"]
        data = {"key": key(), "amount": "20.99", "on": timezone.localdate().isoformat(), "journal": papers["payment"].journal_id, "reference": "ABC"}
        ok(victor.get(reverse("invoicing:register", args=[sold.pk])))
        for _turn in range(2):
            assert victor.post(reverse("invoicing:register", args=[sold.pk]), data).status_code == 303
        payment = Payment.objects.get(reference="ABC")
        assert again(sold).open_item.residual == 100
        assert victor.post(reverse("invoicing:reverse", args=[payment.pk]), {"on": timezone.localdate().isoformat(), "key": key()}).status_code == 303
        assert again(sold).payment_state == "overdue"
        assert victor.post(reverse("invoicing:register", args=[sold.pk]), data | {"amount": "-1", "key": key()}).status_code == 422
        account = {"key": key(), "direction": "in", "amount": "50", "currency": "EUR", "on": timezone.localdate().isoformat(), "journal": papers["payment"].journal_id}
        assert victor.post(reverse("invoicing:register_on_account", args=[ida.pk]), account).status_code == 303
        ok(victor.get(reverse("invoicing:customer", args=[ida.pk])), "Offset the two chosen")
        money = Payment.objects.latest("pk")
        assert victor.post(reverse("invoicing:offset", args=[ida.pk]), {"debit": f"document-{sold.pk}", "credit": f"payment-{money.pk}"}).status_code == 303
        assert again(sold).open_item.residual == D("70.99")
        assert victor.post(reverse("invoicing:offset", args=[ida.pk]), {"debit": "document-x", "credit": ""}).status_code == 303
