"""Whatever the split, credits come to the invoice and never to more (M2), and a preview is what is booked (M5)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.papers import D, again, at, customer, draft, invoice, line, open_books, pay, person, vat

from nazorg.catalogue.models import Tax
from nazorg.catalogue.taxes import Priced, TaxFacts, totals
from nazorg.core.refusals import NotAllowed, Refused
from nazorg.invoicing import actions as invoicing
from nazorg.invoicing.crediting import LineLeft, TaxLeft, take_all, take_amount, take_quantity, taxes_of
from nazorg.invoicing.lines import CreditLine, LineChange, LineInput
from nazorg.invoicing.models import Document
from nazorg.invoicing.queries import creditable, left

FEBRUARY = date(2026, 2, 1)
FACTS = [
    TaxFacts(1, "21", "percent", D("21"), "S", False), TaxFacts(2, "6", "percent", D("6"), "S", False),
    TaxFacts(3, "21 incl", "percent", D("21"), "S", True), TaxFacts(4, "recupel", "fixed", D("0.40"), "S", False),
]
PRICED = st.builds(
    Priced, st.decimals("0.25", "40", places=2), st.decimals("0", "200", places=3), st.sampled_from([D(0), D(0), D("12.5"), D(100)]),
    st.lists(st.sampled_from(FACTS), max_size=2, unique=True).map(tuple),
)
STEPS = st.lists(st.tuples(st.integers(0, 3), st.booleans(), st.decimals("0.01", "1", places=2)), max_size=12)


class Invoice:
    """An invoice on paper, credited by the pure functions alone."""

    def __init__(self, lines: list[Priced], currency: str = "EUR"):
        self.currency, self.sums = currency, totals(lines, currency)
        self.lines = [LineLeft(i, p.quantity, net, p.quantity, net, p.taxes) for i, (p, net) in enumerate(zip(lines, self.sums.nets, strict=True))]
        self.taxes = [TaxLeft(t.tax, t.base, t.amount, t.base, t.amount) for t in self.sums.taxes]
        self.credited = Decimal(0)

    def credit(self, taken) -> None:
        sums = taxes_of(taken, self.lines, self.taxes, self.currency)
        self.credited += sum(one.net for one in taken) + sum(one.amount for one in sums)
        by_line, by_tax = {one.line_id: one for one in taken}, {one.tax: one for one in sums}
        for i, one in enumerate(self.lines):
            if took := by_line.get(one.line_id):
                self.lines[i] = LineLeft(one.line_id, one.quantity, one.net, one.quantity_left - took.quantity, one.net_left - took.net, one.taxes)
        for i, one in enumerate(self.taxes):
            if took := by_tax.get(one.tax):
                self.taxes[i] = TaxLeft(one.tax, one.base, one.amount, one.base_left - took.base, one.amount_left - took.amount)
        assert all(one.quantity_left >= 0 and one.net_left >= 0 for one in self.lines)
        assert all(one.base_left >= 0 and one.amount_left >= 0 for one in self.taxes)


@given(st.lists(PRICED, min_size=1, max_size=4), STEPS)
def test_any_split_comes_to_the_invoice_to_the_cent(lines, steps):
    paper = Invoice(lines)
    for which, by_amount, share in steps:
        one = paper.lines[which % len(paper.lines)]
        if by_amount and (net := (one.net_left * share).quantize(D("0.01"))):
            paper.credit([take_amount(one, net)])
        elif not by_amount and (quantity := (one.quantity_left * share).quantize(D("0.0001"))):
            paper.credit([take_quantity(one, quantity, "EUR")])
        assert paper.credited <= paper.sums.total
    rest = [take_all(one) for one in paper.lines if one.is_creditable or one.quantity_left]
    if rest:
        paper.credit(rest)
    assert paper.credited == paper.sums.total
    assert all(one.amount_left == 0 for one in paper.taxes)


@given(st.lists(PRICED, min_size=1, max_size=5), st.sampled_from(["EUR", "JPY", "KWD"]))
def test_totals_add_up(lines, currency):
    sums = totals(lines, currency)
    assert sums.net == sum(sums.nets)
    assert sums.total == sums.net + sum(one.amount for one in sums.taxes)


@pytest.fixture
def ida(db):
    open_books()
    return customer()


def credit(sold, method="partial", lines=None, **more):
    more.setdefault("by", None)
    return invoicing.credit(invoice=sold, method=method, lines=lines, on=FEBRUARY, reason="", at=at(FEBRUARY), **more)


class TestTheBookingIsThePreview:
    def test_to_the_cent_and_by_fingerprint(self, ida):
        sold = invoice(ida, line(3, "33.33", vat("21")), line(2, 5))
        lines = [CreditLine(sold.lines.first().pk, quantity=D(2)), CreditLine(sold.lines.last().pk, amount=D("1.50"))]
        plan = invoicing.plan_credit(invoice=sold, method="partial", lines=lines, on=FEBRUARY)
        note = credit(sold, lines=lines, expected=plan.fingerprint).credit_note
        assert (note.net, note.tax, note.total) == (plan.net, plan.tax, plan.total) == (D("68.16"), D("14.00"), D("82.16"))
        assert sum(one.net_left for one in left(sold)) + sold.tax - note.tax == plan.left_to_credit

    def test_changed_facts_refuse_it_and_show_the_new_plan(self, ida):
        sold = invoice(ida, line(1, 100))
        plan = invoicing.plan_credit(invoice=sold, method="full", on=FEBRUARY, today=FEBRUARY)
        pay(sold, 40)
        with pytest.raises(Refused) as no:
            credit(sold, "full", expected=plan.fingerprint)
        assert no.value.code == "changed"
        assert no.value.facts["plan"]["settles"] == "60.00"
        assert not Document.objects.filter(kind="credit_note").exists()
        assert credit(sold, "full", expected=no.value.facts["plan"]["fingerprint"]).credit_note.is_posted

    def test_a_full_credit_dated_ahead_is_a_draft(self, ida):
        sold = invoice(ida, line(1, 100))
        made = invoicing.credit(invoice=sold, method="full", on=date(2026, 3, 1), by=None, at=at(FEBRUARY))
        assert made.credit_note.state == "draft"
        assert again(sold).open_item.residual == 100


class TestWhatIsRefused:
    @pytest.mark.parametrize(
        ("lines", "code"),
        [
            (lambda pk: [CreditLine(pk, quantity=D("3.0001"))], "more_than_left"),
            (lambda pk: [CreditLine(pk, quantity=D("-1"))], "bad_number"),
            (lambda pk: [CreditLine(pk, quantity=D("NaN"))], "bad_number"),
            (lambda pk: [CreditLine(pk, quantity=D("1e30"))], "bad_number"),
            (lambda pk: [CreditLine(pk, quantity=D("0.00001"))], "bad_number"),
            (lambda pk: [CreditLine(pk, amount=D("100.00"))], "more_than_left"),
            (lambda pk: [CreditLine(pk, amount=D("1.001"))], "bad_number"),
            (lambda pk: [CreditLine(pk, quantity=D(1), amount=D(1))], "quantity_or_amount"),
            (lambda pk: [CreditLine(pk + 10**6)], "foreign_line"),
            (lambda pk: [CreditLine(pk), CreditLine(pk)], "foreign_line"),
            (lambda pk: [], "no_lines"),
        ],
    )
    def test_lines_that_make_no_sense(self, ida, lines, code):
        sold = invoice(ida, line(3, "33.33", vat("21")))
        with pytest.raises(Refused) as no:
            credit(sold, lines=lines(sold.lines.get().pk))
        assert no.value.code == code
        assert not Document.objects.filter(kind="credit_note").exists()

    def test_other_nonsense(self, ida):
        sold = invoice(ida, line(1, 10))
        for code, do in {
            "bad_method": lambda: credit(sold, "half"),
            "full_takes_all": lambda: credit(sold, "full", lines=[CreditLine(sold.lines.get().pk)]),
            "too_early": lambda: invoicing.plan_credit(invoice=sold, method="full", on=date(2025, 12, 31)),
            "not_a_draft": lambda: invoicing.cancel(document=sold, by=None, at=at(FEBRUARY)),
            "bad_currency": lambda: draft(ida, line(1, 1), currency="XXQ"),
            "no_description": lambda: draft(ida, LineInput(quantity=D(1), price=D(1))),
            "no_lines": lambda: draft(ida),
            "bad_number": lambda: draft(ida, line(-1, 5)),
            "in_the_future": lambda: invoicing.post(document=draft(ida, line(1, 1), on=date(2026, 3, 1)), by=None, at=at(FEBRUARY)),
        }.items():
            with pytest.raises(Refused) as no:
                do()
            assert no.value.code == code

    def test_whoever_may_not(self, ida):
        tom, nora, sold = person("Tom", "warehouse"), person("Nora", "agent"), invoice(ida, line(1, 10))
        for do in (
            lambda: credit(sold, by=tom), lambda: invoicing.register_payment(invoice=sold, amount=D(1), on=FEBRUARY, by=nora, at=at(FEBRUARY)),
            lambda: invoicing.draft_invoice(customer=ida, lines=[line(1, 1)], on=FEBRUARY, by=nora, at=at(FEBRUARY)),
        ):
            with pytest.raises(NotAllowed):
                do()
        assert credit(sold, by=nora).credit_note.made_by == nora


def test_a_credit_keeps_the_tax_of_its_invoice_whatever_the_tax_table_says(ida):
    sold = invoice(ida, line(1, 100, vat("21", name="Standard")))
    Tax.objects.filter(name="Standard").update(rate=D(25))
    assert credit(sold, "full").credit_note.tax == 21


def test_prices_with_tax_inside_are_credited_to_the_cent(ida):
    sold = invoice(ida, line(3, "9.99", vat("21", included=True)), line(1, "4.95", vat("21", included=True)))
    assert sold.total == D("34.92")
    kettle, mug = sold.lines.all()
    notes = [credit(sold, lines=[CreditLine(kettle.pk, quantity=D(1))]).credit_note for _turn in range(3)]
    note = credit(sold).credit_note
    assert [x.credits for x in note.lines.all()] == [mug]
    assert sum(x.total for x in [*notes, note]) == D("34.92")
    invoicing.change_lines(document=note, lines=[LineChange(line_id=note.lines.get().pk, quantity=D(2), price=D("2.475"))], by=None, at=at(FEBRUARY))
    assert again(note).total == note.total


def test_value_first_then_pieces(ida):
    sold = invoice(ida, line(2, 50))
    only = sold.lines.get().pk
    first = credit(sold, lines=[CreditLine(only, amount=D(20))]).credit_note
    assert [(x.quantity, x.price, x.credited_quantity) for x in first.lines.all()] == [(1, 20, 0)]
    rest = credit(sold).credit_note
    assert [(x.quantity, x.price, x.credited_quantity) for x in rest.lines.all()] == [(1, 80, 2)]


def test_cancelling_a_draft_gives_back(ida):
    sold = invoice(ida, line(2, 50))
    note = credit(sold).credit_note
    assert creditable(ida).get().left_to_credit == 0
    invoicing.cancel(document=note, by=None, at=at(FEBRUARY))
    assert creditable(ida).get().left_to_credit == 100
    assert sold.lines.get().sold_line.given_net == 0
    with pytest.raises(Refused):
        invoicing.post(document=note, by=None, at=at(FEBRUARY))


def test_an_order_invoiced_beyond_what_was_sold_makes_the_sold_line_larger(ida):
    sold = invoice(ida, line(5, 10))
    more = invoice(ida, line(2, 12, sold_line=sold.lines.get().sold_line))
    sold_line = more.lines.get().sold_line
    assert (sold_line.quantity, sold_line.net) == (7, 74)
    credit(sold, "full")
    credit(more, "full")
    sold_line.refresh_from_db()
    assert (sold_line.given_quantity, sold_line.given_net) == (7, 74)


def test_a_draft_credit_stays_reserved_when_the_line_is_billed_again(ida):
    sold = invoice(ida, line(5, 10))
    note = credit(sold).credit_note
    invoice(ida, line(5, 10, sold_line=sold.lines.get().sold_line))
    sold_line = sold.lines.get().sold_line
    assert (sold_line.quantity, sold_line.given_quantity) == (10, 5)
    invoicing.cancel(document=note, by=None, at=at(FEBRUARY))
    assert sold.lines.get().sold_line.given_quantity == 0


def test_a_full_credit_takes_few_queries(ida, django_assert_max_num_queries):
    sold = invoice(ida, *[line(n + 1, "9.99", vat("21")) for n in range(20)])
    nora = person("Nora", "agent")
    with django_assert_max_num_queries(34):
        credit(sold, "full", by=nora)
