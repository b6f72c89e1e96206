"""Writing thousands of documents for an import: as right as one by one, and in time."""

from __future__ import annotations

import time
from datetime import date

import pytest
from tests.papers import D, again, at, customer, line, open_books, vat

from nazorg.core import audit
from nazorg.core.refusals import Refused
from nazorg.invoicing import actions as invoicing
from nazorg.invoicing.bulk import BulkDocument, BulkLine, post_many
from nazorg.invoicing.models import Document
from nazorg.invoicing.queries import left

pytestmark = pytest.mark.django_db
DAY = date(2011, 3, 1)


@pytest.fixture
def ida():
    open_books()
    return customer()


def bought(number, ida, *lines, **more):
    return BulkDocument(
        kind="invoice", number=number, customer_id=ida.pk, currency="GBP", on=DAY, made_at=at(DAY),
        lines=[BulkLine(product_id=None, description="Mug", quantity=D(q), price=D(p), **more) for q, p in lines],
    )


def came_back(number, ida, *lines, credits=None):
    return BulkDocument(
        kind="credit_note", number=number, customer_id=ida.pk, currency="GBP", on=DAY, made_at=at(DAY), credits=credits,
        lines=[BulkLine(product_id=None, description="Mug", quantity=D(q), price=D(p), net=D(q) * D(p), credits=of) for q, p, of in lines],
    )


def load(*documents):
    return post_many(documents=list(documents), by=None, at=at(date(2026, 1, 1)))


def test_documents_are_posted_under_their_own_numbers_and_settled(ida):
    report = load(
        bought("536365", ida, (6, "2.55"), (3, "10")), bought("536366", ida, (1, "4")),
        came_back("C536379", ida, (2, "2.55", ("536365", 0)), (1, "4", ("536366", 0)), (5, "1", None)),
    )
    assert (report.invoices, report.credit_notes, report.lines) == (2, 1, 6)
    first, note = Document.objects.get(number="536365"), Document.objects.get(number="C536379")
    assert (first.total, first.open_item.residual) == (D("45.30"), D("40.20"))
    assert (note.total, note.open_item.residual, note.credits) == (D("14.10"), D("-5"), None)
    assert [(one.quantity_left, one.net_left) for one in left(first)] == [(4, D("10.20")), (3, 30)]
    assert first.lines.first().sold_line.given_quantity == 2
    assert list(audit.run()) == []


def test_again_changes_nothing(ida):
    load(bought("1", ida, (1, "2")))
    report = load(bought("1", ida, (1, "2")), bought("2", ida, (1, "2")))
    assert (report.invoices, report.already_there) == (1, ["1"])
    assert Document.objects.count() == 2


def test_what_was_imported_is_credited_like_any_other_invoice(ida):
    load(bought("1", ida, (3, "33.33"), taxes=(vat("21"),)), came_back("C1", ida, (1, "33.33", ("1", 0)), credits="1"))
    sold = Document.objects.get(number="1")
    made = invoicing.credit(invoice=sold, method="full", on=date(2026, 1, 2), by=None, at=at(date(2026, 1, 2)))
    assert made.credit_note.net == D("66.66")
    assert made.credit_note.number == "CN/2026/00001"
    assert again(sold).net == D("99.99")


def test_more_than_was_invoiced_is_refused_by_the_database_and_undoes_the_chunk(ida):
    with pytest.raises(Refused) as no:
        load(bought("1", ida, (3, "5")), came_back("C1", ida, (2, "5", ("1", 0))), came_back("C2", ida, (2, "5", ("1", 0))))
    assert no.value.code == "guard"
    assert not Document.objects.exists()


def test_a_thousand_documents_of_24_lines_take_seconds(ida):
    documents = [bought(str(n), ida, *[(k + 1, "1.25") for k in range(24)]) for n in range(1000)]
    began = time.monotonic()
    load(*documents)
    assert time.monotonic() - began < 15  # 10,031 invoices of the shop then take well under 60 s, on a quiet machine
    assert invoicing.draft_invoice(customer=ida, lines=[line(1, 1)], on=DAY, by=None, at=at(DAY)).pk
