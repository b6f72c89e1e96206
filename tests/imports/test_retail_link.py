"""Which invoice line a credit-note line credits: cases from the shop's life, and what must hold whatever comes."""

import random
from collections import defaultdict
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from retail_rows import read, row

from nazorg.imports.retail.classify import WALK_IN, Kind, is_service
from nazorg.imports.retail.link import Match, Unlinked, link
from nazorg.imports.retail.report import report_on

MONDAY, TUESDAY, WEDNESDAY, THURSDAY = (f"2011-05-{day} 10:00:00" for day in (23, 24, 25, 26))


def sale(number, quantity, price="2.00", *, at=MONDAY, **more):
    return row(number, quantity=quantity, price=price, at=at, **more)


def credit(quantity, price="2.00", *, number="C9", at=THURSDAY, **more):
    return row(number, quantity=-quantity, price=price, at=at, **more)


def linked(*rows, position=1, number="C9"):
    """(quantity, invoice line, match or reason) of each piece of one credit-note line."""
    pieces = link(read(*rows).documents).pieces[number, position]
    return [(int(piece.quantity), piece.invoice_line, piece.match or piece.unlinked) for piece in pieces]


CASES = {
    "all of it": ([sale("1", 6), credit(6)], [(6, ("1", 1), Match.EXACT)]),
    "a part of it": ([sale("1", 6), credit(2)], [(2, ("1", 1), Match.PART)]),
    "in the same minute": ([sale("1", 6, at=THURSDAY), credit(6)], [(6, ("1", 1), Match.EXACT)]),
    "an exact quantity before a more recent sale":
        ([sale("1", 2), sale("2", 6, at=TUESDAY), credit(2)], [(2, ("1", 1), Match.EXACT)]),
    "the most recent sale among equals":
        ([sale("1", 6), sale("2", 6, at=TUESDAY), credit(2)], [(2, ("2", 1), Match.PART)]),
    "an older sale at the same price before a recent one at another":
        ([sale("1", 6), sale("2", 6, "3.00", at=TUESDAY), credit(6)], [(6, ("1", 1), Match.EXACT)]),
    "the smallest line that holds it, on one invoice":
        ([sale("1", 9), sale("1", 5), credit(4)], [(4, ("1", 2), Match.PART)]),
    "split, most recent first":
        ([sale("1", 4), sale("2", 3, at=TUESDAY), credit(6)], [(3, ("2", 1), Match.SPLIT), (3, ("1", 1), Match.SPLIT)]),
    "more than was sold":
        ([sale("1", 4), credit(6)], [(4, ("1", 1), Match.EXACT), (2, None, Unlinked.NOTHING_LEFT)]),
    "at a lower price than invoiced": ([sale("1", 6, "5.00"), credit(6)], [(6, ("1", 1), Match.LOWER_PRICE)]),
    "its own price first, the rest at a higher one":
        ([sale("1", 2), sale("2", 6, "5.00"), credit(5)], [(2, ("1", 1), Match.EXACT), (3, ("2", 1), Match.LOWER_PRICE)]),
    "at a higher price than invoiced": ([sale("1", 6, "1.00"), credit(6)], [(6, None, Unlinked.OTHER_PRICE)]),
    "a service at another price":
        ([sale("1", 6, "5.00", code="M"), credit(1, code="M")], [(1, None, Unlinked.OTHER_PRICE)]),
    "a service at its price": ([sale("1", 1, code="POST"), credit(1, code="POST")], [(1, ("1", 1), Match.EXACT)]),
    "sold only afterwards": ([sale("1", 6, at=THURSDAY), credit(6, at=MONDAY)], [(6, None, Unlinked.SOLD_LATER)]),
    "never sold": ([sale("1", 6, code="71053"), credit(6)], [(6, None, Unlinked.NO_SALE)]),
    "sold to somebody else": ([sale("1", 6, customer="12347.0"), credit(6)], [(6, None, Unlinked.NO_SALE)]),
    "without customer": ([sale("1", 6, customer=""), credit(6, customer="")], [(6, None, Unlinked.NO_CUSTOMER)]),
    "the code in other letters":
        ([sale("1", 6, code="85123A"), credit(6, code="85123a")], [(6, ("1", 1), Match.EXACT)]),
    "what was given away cannot be credited": ([sale("1", 6, "0"), credit(6)], [(6, None, Unlinked.OTHER_PRICE)]),
}


@pytest.mark.parametrize("rows, pieces", CASES.values(), ids=CASES)
def test_one_line(rows, pieces):
    assert linked(*rows) == pieces


def test_a_second_credit_note_gets_what_the_first_has_left():
    rows = [sale("1", 5), credit(3, number="C8", at=TUESDAY), credit(3)]
    assert linked(*rows, number="C8") == [(3, ("1", 1), Match.PART)]
    assert linked(*rows) == [(2, ("1", 1), Match.EXACT), (1, None, Unlinked.NOTHING_LEFT)]


def test_the_invoice_that_holds_the_whole_credit_note_comes_before_exact_and_recent_ones():
    links = link(read(
        sale("1", 6), sale("1", 6, code="71053"), sale("2", 2, at=TUESDAY), sale("3", 9, at=WEDNESDAY),
        credit(2), credit(2, code="71053"),
    ).documents)
    assert [links.pieces["C9", position][0].invoice_line for position in (1, 2)] == [("1", 1), ("1", 2)]
    assert links.credits == {"C9": "1"}


def test_two_equal_credit_lines_take_two_invoice_lines():
    rows = [sale("1", 6), sale("1", 6), credit(6), credit(6)]
    assert linked(*rows, position=1) == [(6, ("1", 1), Match.EXACT)]
    assert linked(*rows, position=2) == [(6, ("1", 2), Match.EXACT)]


@pytest.mark.parametrize("rows, invoice", [
    ([sale("1", 6), credit(2)], "1"),
    ([sale("1", 6), sale("2", 6, code="71053"), credit(2), credit(2, code="71053")], None),
    ([sale("1", 6), credit(2), credit(2, code="71053")], None),
    ([credit(2)], None),
])
def test_a_credit_note_credits_an_invoice_only_with_all_its_lines(rows, invoice):
    assert link(read(*rows).documents).credits == {"C9": invoice}


def test_pieces_of_a_price_finer_than_a_penny_come_to_the_line_to_the_cent():
    retail = read(sale("1", 1, "0.333"), sale("2", 1, "0.333"), sale("3", 1, "0.333"), credit(3, "0.333"))
    pieces = link(retail.documents).pieces["C9", 1]
    assert sum(piece.net for piece in pieces) == Decimal("1.00")
    assert sum(piece.quantity for piece in pieces) == 3
    assert all(piece.net <= Decimal("0.33") for piece in pieces if piece.invoice_line)


PRICES = st.sampled_from(["0", "0.333", "0.005", "1.00", "1.25", "2.555"])
DAYS = st.sampled_from([MONDAY, TUESDAY, WEDNESDAY, THURSDAY])
COMMON = dict(code=st.sampled_from(["22423", "71053", "POST"]), at=DAYS)
OF = {"1": "17850.0", "2": "17850.0", "3": "17850.0", "4": "12347.0", "5": "",
      "C6": "17850.0", "C7": "17850.0", "C8": "12347.0", "C9": ""}
SALES = st.builds(sale, st.sampled_from("12345"), st.integers(1, 9), PRICES, **COMMON)
CREDITS = st.builds(lambda n, q, p, **more: credit(q, p, number=n, **more),
                    st.sampled_from(["C6", "C7", "C8", "C9"]), st.integers(1, 15), PRICES, **COMMON)
BOOKS = st.lists(SALES | CREDITS, max_size=25).map(lambda rows: [r | {"CustomerID": OF[r["InvoiceNo"]]} for r in rows])


@settings(max_examples=300, deadline=None)
@given(BOOKS, st.randoms(use_true_random=False))
def test_what_holds_whatever_comes(rows, chance: random.Random):
    retail = read(*rows)
    links = link(retail.documents)
    documents = {document.number: document for document in retail.documents}
    lines = {(d.number, line.position): (d, line) for d in retail.documents for line in d.lines}
    credits = {place for place, (document, _line) in lines.items() if document.kind is Kind.CREDIT_NOTE}
    quantity, net, whole = defaultdict(Decimal), defaultdict(Decimal), defaultdict(Decimal)

    assert set(links.pieces) == credits
    for place, pieces in links.pieces.items():
        document, line = lines[place]
        assert sum(piece.quantity for piece in pieces) == line.quantity
        assert sum(piece.net for piece in pieces) == line.net("GBP")
        assert all(piece.quantity > 0 and piece.net >= 0 for piece in pieces)
        for piece in pieces:
            assert (piece.invoice_line is None) == (piece.match is None) != (piece.unlinked is None)
            if piece.invoice_line:
                invoice, sold = lines[piece.invoice_line]
                assert invoice.kind is Kind.INVOICE
                assert (invoice.customer, sold.product) == (document.customer, line.product)
                assert not invoice.customer.startswith(WALK_IN)
                assert invoice.issued_at <= document.issued_at
                assert sold.price == line.price or (sold.price > line.price and not is_service(line.product))
                quantity[piece.invoice_line] += piece.quantity
                net[piece.invoice_line] += piece.net
    for place in quantity:
        assert quantity[place] <= lines[place][1].quantity
        assert net[place] <= lines[place][1].net("GBP")
    for number, invoice in links.credits.items():
        if invoice:
            whole[invoice] += documents[number].net("GBP")
    for invoice, total in whole.items():
        assert total <= documents[invoice].net("GBP")

    shuffled = list(retail.documents)
    chance.shuffle(shuffled)
    for document in shuffled:
        chance.shuffle(document.lines)
    again = link(shuffled)
    assert (again.pieces, again.credits) == (links.pieces, links.credits)

    report = report_on(retail, links)
    assert report.linked_net + report.unlinked_net == sum(lines[place][1].net("GBP") for place in credits)
