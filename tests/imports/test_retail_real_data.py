"""The import of the real shop's file comes to what it must, beside figures that somebody else worked out."""

import csv
import gzip
import json
import time
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from nazorg.imports.retail.classify import Kind
from nazorg.imports.retail.link import link
from nazorg.imports.retail.read import read_retail
from nazorg.imports.retail.report import report_on
from nazorg.imports.tables import open_table

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "retail"
pytestmark = pytest.mark.skipif(
    not (DATA / "lines.csv.gz").exists(), reason="The real retail data is not here: it belongs in ../shared/data/retail."
)


def derived(name):
    with gzip.open(DATA / name, "rt", encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


@pytest.fixture(scope="module")
def whole():
    start = time.perf_counter()
    progress = []
    retail = read_retail(open_table(DATA / "lines.csv.gz"), on_progress=progress.append)
    links = link(retail.documents)
    return retail, links, progress, time.perf_counter() - start


def test_the_figures_that_it_must_come_to(whole):
    retail, links, progress, seconds = whole
    report = report_on(retail, links)
    assert {entry.key: (entry.count, entry.net) for entry in report.documents} == {
        "invoice": (10_031, Decimal("4826466.49")),
        "credit_note": (2_006, Decimal("-428515.73")),
        "stock_write_off": (758, Decimal("0.00")),
    }
    assert report.net == Decimal("4397950.76")
    assert report.rows == 245_903
    assert report.imported + sum(e.count for e in report.merged) + sum(e.count for e in report.set_aside) == 245_903
    assert report.set_aside == []
    assert {entry.key: entry.count for entry in report.seen} == {
        "blanks": 46_760, "no_description": 924, "stock_note": 203, "no_customer": 68_256, "price_zero": 1_478,
        "repeated": 2_012, "service": 1_521,
    }
    # 69,014 rows have no customer; the 758 write-offs among them need none.
    assert 68_256 + 758 == 69_014
    assert sum(len(product.spellings) > 1 for product in retail.products.values()) == 90
    assert progress == sorted(progress)
    assert progress[-1] == 1
    # Ten seconds on a quiet machine; the allowance is for a machine that runs other tests meanwhile.
    assert seconds < 40


def test_every_document_is_as_worked_out_before(whole):
    retail = whole[0]
    assert {
        (d.number, d.kind.value, d.issued_at.strftime("%Y-%m-%d %H:%M:%S"), d.customer if "counter" not in d.customer else "",
         d.country, len(d.lines), abs(d.net("GBP")))
        for d in retail.documents
    } == {
        (r["document_no"], r["kind"], r["issued_at"], r["customer_id"], r["country"], int(r["lines"]),
         abs(Decimal(r["total_gbp"])).quantize(Decimal("0.01")))
        for r in derived("documents.csv.gz")
    }


def test_customers_and_products_are_as_worked_out_before(whole):
    retail = whole[0]
    assert {c.number for c in retail.customers.values() if not c.is_walk_in} == {
        r["customer_id"] for r in derived("customers.csv.gz")
    }
    products = derived("products.csv.gz")
    assert {(p.code, p.is_service) for p in retail.products.values()} == {
        (r["stock_code"], r["service_code"] == "True") for r in products
    }
    # Where that file has a name it is ours; ours also names what occurs on credit notes alone.
    assert [r for r in products if r["description"] and retail.products[r["stock_code"]].name != r["description"]] == []


def test_nothing_is_linked_twice_and_most_links_are_those_of_another_way_of_working_them_out(whole):
    retail, links, _progress, _seconds = whole
    sold = {(d.number, line.position): line for d in retail.documents if d.kind is Kind.INVOICE for line in d.lines}
    quantity, net = Counter(), Counter()
    for pieces in links.pieces.values():
        for piece in pieces:
            if piece.invoice_line:
                quantity[piece.invoice_line] += piece.quantity
                net[piece.invoice_line] += piece.net
    assert all(quantity[place] <= sold[place].quantity and net[place] <= sold[place].net("GBP") for place in quantity)

    theirs = {}
    for r in derived("credit_links_derived.csv.gz"):
        invoices = theirs.setdefault((r["credit_note"], int(r["credit_line"])), set())
        if r["invoice"]:
            invoices.add((r["invoice"], int(r["invoice_line"])))
    ours = {place: {p.invoice_line for p in pieces if p.invoice_line} for place, pieces in links.pieces.items()}
    assert set(ours) == set(theirs)
    agreed = sum(ours[place] == theirs[place] for place in ours)
    assert agreed / len(ours) > 0.93


def test_excel_and_text_of_the_same_day_are_the_same():
    # The day as Excel keeps it has numbers for most codes; as text they must find the same products and totals.
    day = read_retail(open_table(DATA / "one_day_2011-05-31.xlsx"))
    assert day.rows == 1_281
    assert day.set_aside == {}
    expected = {
        r["document_no"]: (r["kind"], int(r["lines"]), abs(Decimal(r["total_gbp"])).quantize(Decimal("0.01")))
        for r in derived("documents.csv.gz") if r["issued_at"].startswith("2011-05-31")
    }
    assert {d.number: (d.kind.value, len(d.lines), abs(d.net("GBP"))) for d in day.documents} == expected


def test_the_report_in_both_forms(whole):
    report = report_on(*whole[:2])
    text = report.as_text()
    for figure in ("245,903 rows", "10,031  invoices", "2,006  credit notes", "758  stock write-offs", "GBP 4,397,950.76"):
        assert figure in text
    data = json.loads(json.dumps(report.as_dict()))
    assert data["net"] == "4397950.76"
    assert sum(entry["count"] for entry in data["merged"]) + data["imported"] == data["rows"]
