"""From rows to documents, products and customers: what each kind of dirt becomes, and that no row is lost."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from retail_rows import Rows, read, row

from nazorg.core.refusals import Refused
from nazorg.imports.retail.classify import Kind, Merged, Seen, SetAside, is_service, usual_price
from nazorg.imports.retail.read import IMPORTED, MERGED, SET_ASIDE, read_retail
from nazorg.imports.tables import EXTRA


def test_rows_of_one_number_are_one_document():
    retail = read(row(), row("536366"), row(code="71053", quantity=2, price="3.39"))
    first, second = retail.documents
    assert (first.number, first.kind, first.customer, first.country) == ("536365", Kind.INVOICE, "17850", "United Kingdom")
    assert [(line.row, line.position, line.product) for line in first.lines] == [(2, 1, "22423"), (4, 2, "71053")]
    assert first.net("GBP") == Decimal("22.08")
    assert first.issued_at.isoformat() == "2010-12-01T08:26:00+00:00"
    assert second.number == "536366"


@pytest.mark.parametrize("cells, kind", [
    (row(), Kind.INVOICE),
    (row("C536379", quantity=-1), Kind.CREDIT_NOTE),
    (row("536589", quantity=-10, price="0.0", customer=""), Kind.STOCK_WRITE_OFF),
    (row("536414", quantity=56, price="0.0", customer=""), Kind.INVOICE),
])
def test_kinds(cells, kind):
    (document,) = read(cells).documents
    assert document.kind is kind
    assert document.lines[0].quantity > 0


@pytest.mark.parametrize("cells, reason", [
    (row("A563185", "B", 1, "11062.06"), SetAside.ADJUSTMENT),
    (row("A563186", "B", 1, "-11062.06"), SetAside.ADJUSTMENT),
    (row(quantity=0), SetAside.NO_QUANTITY),
    (row(price="-1"), SetAside.NEGATIVE_PRICE),
    (row(quantity=-1), SetAside.NEGATIVE_ON_INVOICE),
    (row("C536379", quantity=1), SetAside.POSITIVE_ON_CREDIT_NOTE),
    (row(quantity="six"), SetAside.UNREADABLE),
    (row(quantity=""), SetAside.UNREADABLE),
    (row(quantity="0.00001"), SetAside.UNREADABLE),
    (row(quantity="99999999999"), SetAside.UNREADABLE),
    (row(price="1,50"), SetAside.UNREADABLE),
    (row(at="yesterday"), SetAside.UNREADABLE),
    (row(code=" "), SetAside.UNREADABLE),
    (row(number=""), SetAside.UNREADABLE),
    (row(number="x" * 41), SetAside.UNREADABLE),
    (row(description="a\x00b"), SetAside.UNREADABLE),
    (row(**{EXTRA: ["more"]}), SetAside.TOO_MANY_CELLS),
])
def test_a_row_that_cannot_be_imported_is_set_aside_with_its_reason(cells, reason):
    retail = read(cells)
    assert retail.documents == []
    assert {key: (tally.count, tally.rows) for key, tally in retail.set_aside.items()} == {reason: (1, [2])}
    (problem,) = retail.problems
    assert (problem.row, problem.reason, problem.cells[0]) == (2, reason, cells["InvoiceNo"])
    assert (problem.sentence != "") == (reason is SetAside.UNREADABLE)


def test_what_is_set_aside_keeps_its_amount():
    assert read(row("A563185", "B", 1, "11062.06")).set_aside[SetAside.ADJUSTMENT].net == Decimal("11062.06")


def test_a_row_of_another_customer_is_set_aside_but_one_without_customer_belongs_to_its_document():
    retail = read(row(), row(customer="12347.0"), row(customer=""))
    assert [line.row for line in retail.documents[0].lines] == [2, 4]
    assert list(retail.customers) == ["17850"]
    assert retail.set_aside[SetAside.OTHER_CUSTOMER].rows == [3]


def test_sales_without_customer_go_to_the_walk_in_customer_of_their_country():
    retail = read(row("1", customer=""), row("2", customer=""), row("3", customer="", country="EIRE"), row("4"))
    assert [(c.key, c.number, c.country, c.is_walk_in) for c in retail.customers.values()] == [
        ("counter:United Kingdom", "", "United Kingdom", True), ("counter:EIRE", "", "EIRE", True),
        ("17850", "17850", "United Kingdom", False),
    ]
    assert retail.seen[Seen.NO_CUSTOMER].count == 3


def test_codes_that_differ_by_case_are_one_product():
    retail = read(row(code="85123A"), row(code="85123a"), row(code="gift_0001_20"))
    assert retail.products["85123A"].spellings == ("85123A", "85123a")
    assert [line.product for line in retail.documents[0].lines] == ["85123A", "85123A", "GIFT_0001_20"]
    assert retail.merged[Merged.CODE].rows == [3]
    assert list(retail.outcome) == [IMPORTED, MERGED, IMPORTED]


def test_a_product_is_named_by_the_most_frequent_description_of_a_sale():
    notes = [row(f"9{n}", quantity=-1, price="0", customer="", description="thrown away") for n in range(5)]
    retail = read(row(description=" CAKESTAND 3 TIER"), row(description="CAKESTAND 3 TIER"), row(description="CAKE STAND"), *notes)
    assert retail.products["22423"].name == "CAKESTAND 3 TIER"
    write_off = retail.documents[-1]
    assert (write_off.lines[0].description, write_off.lines[0].note) == ("CAKESTAND 3 TIER", "thrown away")
    assert retail.seen[Seen.STOCK_NOTE].count == 5
    assert retail.seen[Seen.BLANKS].rows == [2]


def test_a_line_without_description_takes_the_products_and_a_product_without_one_its_code():
    retail = read(row(description=""), row(), row("9", code="10123G", price="0", customer="", description="?"))
    assert [line.description for d in retail.documents for line in d.lines] == ["CAKESTAND", "CAKESTAND", "10123G"]


def test_a_document_is_as_old_as_its_earliest_row():
    retail = read(row(at="2010-12-01 08:27:00"), row(at="2010-12-01 08:26:00"), row(at="2010-12-01 08:26:00"))
    (document,) = retail.documents
    assert document.issued_at.minute == 26
    assert retail.merged[Merged.MOMENT].rows == [2]


def test_a_customer_lives_where_most_documents_say():
    retail = read(row("1"), row("2", country="Belgium"), row("3", country="Belgium"))
    assert retail.customers["17850"].country == "Belgium"
    assert retail.documents[0].country == "United Kingdom"
    assert retail.merged[Merged.COUNTRY].rows == [2]


def test_repeated_lines_stay_lines():
    retail = read(row(), row(), row(quantity=7))
    assert len(retail.documents[0].lines) == 3
    assert retail.seen[Seen.REPEATED].rows == [3]


def test_documents_come_oldest_first_and_a_credit_note_after_the_invoices_of_its_minute():
    late = "2010-12-02 09:00:00"
    retail = read(row("C1", quantity=-1), row("9", at=late), row("5"))
    assert [document.number for document in retail.documents] == ["5", "C1", "9"]


@pytest.mark.parametrize("code, service", [
    ("POST", True), ("M", True), ("BANK CHARGES", True), ("GIFT_0001_20", True), ("DCGSSBOY", True), ("22423", False), ("85123A", False),
])
def test_services(code, service):
    assert is_service(code) is service


def test_the_usual_price_is_the_one_asked_most_and_never_zero():
    assert usual_price({Decimal("2"): 3, Decimal("3"): 3, Decimal("9"): 1, Decimal("0"): 8}) == 3
    assert usual_price({Decimal("0"): 8}) == 0


def test_prices_finer_than_a_penny_round_on_the_line():
    (document,) = read(row(code="PADS", quantity=1, price="0.001")).documents
    assert document.net("GBP") == 0
    assert document.lines[0].price == Decimal("0.001")


def test_a_file_of_another_shape_is_refused():
    table = Rows([])
    table.columns = ("InvoiceNo", "Code")
    with pytest.raises(Refused, match="lacks the columns StockCode, Description"):
        read_retail(table)


ROWS = st.builds(
    row, st.sampled_from(["1", "2", "C3", "A4", "5"]), st.sampled_from(["85123A", "85123a", "POST", ""]),
    st.sampled_from(["-2", "-1", "0", "1", "3", "x"]), st.sampled_from(["0", "1.25", "-1", "3.333"]),
    customer=st.sampled_from(["", "17850.0", "12347"]), at=st.sampled_from(["2010-12-01 08:26:00", "2010-12-01 08:27:00"]),
    description=st.sampled_from(["", "NAME ", "?"]), country=st.sampled_from(["Belgium", "Netherlands"]),
)


@given(st.lists(ROWS, max_size=30))
def test_every_row_has_one_outcome_and_every_imported_row_one_line(rows):
    retail = read(*rows)
    merged = sum(tally.count for tally in retail.merged.values())
    aside = sum(tally.count for tally in retail.set_aside.values())
    assert retail.imported + merged + aside == retail.rows == len(rows) == len(retail.outcome)
    assert aside == len(retail.problems) == retail.outcome.count(SET_ASIDE)
    lines = sorted(line.row for document in retail.documents for line in document.lines)
    assert lines == [number for number, outcome in enumerate(retail.outcome, 2) if outcome != SET_ASIDE]
    assert all(document.lines for document in retail.documents)
    assert {d.customer for d in retail.documents} - {""} == set(retail.customers)
    assert {line.product for d in retail.documents for line in d.lines} == set(retail.products)
