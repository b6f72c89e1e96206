"""Refunds as the books see them: stories R1, R2 and R4 to R11 of the acceptance scenarios."""

from __future__ import annotations

from datetime import date

import pytest
from tests.papers import D, again, at, customer, draft, figures, invoice, line, open_books, pay, vat

from nazorg.core.refusals import Refused
from nazorg.invoicing import actions as invoicing
from nazorg.invoicing.lines import CreditLine, LineChange
from nazorg.invoicing.models import Document, PaymentTerm
from nazorg.invoicing.queries import creditable, left

pytestmark = pytest.mark.django_db

FEBRUARY = date(2026, 2, 1)


@pytest.fixture
def ida():
    open_books()
    return customer()


@pytest.fixture
def two_taxes(ida):
    """1,000 at 15 % and 200 with two taxes of 15 %: 1,200 + 210 = 1,410."""
    first, second = vat("15", name="A 15%"), vat("15", name="B 15%")
    term = PaymentTerm.objects.get(days=30)
    return invoice(ida, line(1, 1000, first), line(1, 200, first, second), payment_term=term)


def credit(document, method="partial", lines=None, on=FEBRUARY, reason="leaks", **more):
    return invoicing.credit(invoice=document, method=method, lines=lines, on=on, reason=reason, by=None, at=at(on), **more)


def post(document, on=FEBRUARY):
    return invoicing.post(document=document, by=None, at=at(on))


class TestR1:
    def test_a_partial_credit_is_a_draft_with_the_same_lines(self, two_taxes):
        assert [f"{t.amount:.2f}" for t in two_taxes.tax_sums.all()] == ["180.00", "30.00"]
        note = credit(two_taxes).credit_note
        assert (note.state, note.number, note.on, note.due_on, note.payment_term) == ("draft", None, FEBRUARY, FEBRUARY, None)
        assert figures(note) == ("1200.00", "210.00", "1410.00")
        assert [(x.description, x.quantity, x.price, x.net) for x in note.lines.all()] == [(x.description, x.quantity, x.price, x.net) for x in two_taxes.lines.all()]
        assert [(t.name, t.amount) for t in note.tax_sums.all()] == [(t.name, t.amount) for t in two_taxes.tax_sums.all()]
        assert two_taxes.number in note.reference
        assert "leaks" in note.reference
        assert not again(two_taxes).is_paid
        assert again(two_taxes).open_item.residual == 1410


class TestR2:
    def test_another_quantity_price_and_discount_worth_as_much(self, two_taxes):
        note = credit(two_taxes).credit_note
        first, second = note.lines.all()
        invoicing.change_lines(
            document=note, by=None, at=at(FEBRUARY),
            lines=[LineChange(line_id=first.pk, quantity=D(4), price=D(500), discount=D(50)), LineChange(line_id=second.pk)],
        )
        assert figures(note) == ("1200.00", "210.00", "1410.00")
        assert [one.quantity_left for one in left(two_taxes)] == [0, 0]

    def test_worth_more_is_refused_and_changes_nothing(self, two_taxes):
        note = credit(two_taxes).credit_note
        first, second = note.lines.all()
        with pytest.raises(Refused) as no:
            invoicing.change_lines(
                document=note, by=None, at=at(FEBRUARY), lines=[LineChange(line_id=first.pk, quantity=D(4), price=D(501), discount=D(50)), LineChange(line_id=second.pk)]
            )
        assert no.value.code == "more_than_left"
        assert figures(note) == ("1200.00", "210.00", "1410.00")


class TestR4:
    """The order's side is told in the stories of Sales; here is what it counts."""

    def test_a_draft_reserves_quantities_and_posting_it_makes_them_billable_again(self, ida):
        sold = invoice(ida, line(5, 280), line(3, 90))
        note = credit(sold).credit_note
        assert [one.quantity_left for one in left(sold)] == [0, 0]
        assert [x.sold_line.given_quantity for x in sold.lines.select_related("sold_line")] == [5, 3]
        post(note)
        new = draft(ida, *[line(x.quantity, x.price, sold_line=x.sold_line) for x in sold.lines.all()], on=FEBRUARY)
        post(new)
        assert [(x.sold_line.given_quantity, x.sold_line.given_net, x.sold_line.quantity, x.sold_line.net) for x in new.lines.select_related("sold_line")] == [
            (0, 0, 5, 1400), (0, 0, 3, 270),
        ]


class TestR5:
    def test_full_credit_and_new_draft(self, ida):
        term = PaymentTerm.objects.get(days=30)
        sold = invoice(ida, line(5, 280), line(3, 90), payment_term=term, reference="PO 7", origin="S00012")
        made = credit(sold, "full_and_new")
        new = again(made.new_invoice)
        assert Document.objects.filter(origin="S00012").count() == 3
        assert again(made.credit_note).is_posted
        assert (new.state, new.on, new.payment_term, new.reference, new.replaces) == ("draft", FEBRUARY, term, "", sold)
        assert [(x.quantity, x.price, x.net) for x in new.lines.all()] == [(x.quantity, x.price, x.net) for x in sold.lines.all()]
        assert again(sold).open_item.residual == 0
        post(new)
        assert figures(credit(new, "full").credit_note) == ("1670.00", "0.00", "1670.00")


class TestR6:
    def test_a_lowered_credit_note_settles_a_part(self, ida):
        sold = invoice(ida, line(10, 100, vat("15")))
        note = credit(sold).credit_note
        only = note.lines.get()
        invoicing.change_lines(document=note, lines=[LineChange(line_id=only.pk, quantity=D(4))], by=None, at=at(FEBRUARY))
        post(note)
        assert figures(note) == ("400.00", "60.00", "460.00")
        assert again(sold).open_item.residual == 690
        assert again(sold).payment_state == "partial"
        assert again(note).payment_state == "settled"


class TestR7:
    @pytest.fixture
    def paid(self, ida):
        sold = invoice(ida, line(1, 100, vat("21")))
        sold.payment = pay(sold)
        return sold

    @pytest.mark.parametrize("method", ["full", "full_and_new"])
    def test_the_methods_that_settle_are_refused(self, paid, method):
        with pytest.raises(Refused) as no:
            credit(paid, method)
        assert no.value.code == "paid"
        assert not paid.credit_notes.exists()

    def test_once_posted_the_payment_stays_and_the_credit_is_open(self, paid):
        made = credit(paid)
        assert made.credit_note.state == "draft"
        note = post(made.credit_note)
        assert again(paid).payment_state == "paid"
        assert again(paid.payment).open_item.residual == 0
        assert again(note).open_item.residual == -121
        assert again(note).payment_state == "open"

    def test_the_credit_can_be_paid_out(self, paid):
        note = post(credit(paid).credit_note)
        money = pay(note, on=date(2026, 2, 3))
        assert (money.direction, again(note).payment_state) == ("out", "paid")
        assert again(paid).payment_state == "paid"

    def test_the_credit_can_be_offset(self, paid, ida):
        note = post(credit(paid).credit_note)
        other = invoice(ida, line(2, 100))
        invoicing.settle(document=other, with_document=note, by=None, at=at(FEBRUARY))
        assert again(other).open_item.residual == 79
        assert again(note).open_item.residual == 0


def test_r8_a_reversed_payment_reopens_the_invoice(ida):
    sold = invoice(ida, line(1, 100))
    payment = pay(sold)
    assert again(sold).is_paid
    invoicing.reverse_payment(payment=payment, on=date(2026, 1, 20), by=None, at=at(date(2026, 1, 20)))
    assert not again(sold).is_paid
    assert again(sold).open_item.residual == 100


def test_r9_a_draft_invoice_cannot_be_credited(ida):
    unposted = draft(ida, line(1, 100))
    assert unposted not in creditable(ida)
    with pytest.raises(Refused) as no:
        credit(unposted)
    assert no.value.code == "not_posted"


def test_r10_one_by_one_comes_to_exactly_the_invoice(ida):
    sold = invoice(ida, line(3, "33.33", vat("21")))
    only = sold.lines.get()
    notes = [post(credit(sold, lines=[CreditLine(only.pk, quantity=D(1))]).credit_note) for _turn in range(3)]
    for name in ("net", "tax", "total"):
        assert sum(getattr(again(note), name) for note in notes) == getattr(again(sold), name)
    assert figures(sold) == ("99.99", "21.00", "120.99")


class TestR11:
    def test_nothing_is_left_to_credit(self, ida):
        sold = invoice(ida, line(1, 100))
        credit(sold, "full")
        with pytest.raises(Refused) as no:
            credit(sold)
        assert no.value.code == "nothing_left"

    def test_a_second_draft_cannot_even_be_made(self, ida):
        sold = invoice(ida, line(1, 100))
        first = credit(sold).credit_note
        with pytest.raises(Refused) as no:
            credit(sold)
        assert no.value.code == "nothing_left"
        invoicing.cancel(document=first, by=None, at=at(FEBRUARY))
        assert credit(sold).credit_note.total == 100
