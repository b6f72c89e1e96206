"""Many people at once: nothing is credited twice, no number is lost or given twice (M1, M6), also against raw SQL."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from tests.crowd import all_at_once
from tests.papers import D, again, at, customer, draft, invoice, line, open_books, pay, vat

from nazorg.core import audit
from nazorg.core.idempotency import once
from nazorg.core.refusals import Refused
from nazorg.invoicing import actions as invoicing
from nazorg.invoicing.lines import CreditLine
from nazorg.invoicing.models import Document, DocumentLine, Payment

pytestmark = pytest.mark.django_db(transaction=True)
FEBRUARY = date(2026, 2, 1)


@pytest.fixture
def ida():
    open_books()
    return customer()


def credit(sold, method="partial", lines=None):
    return invoicing.credit(invoice=sold, method=method, lines=lines, on=FEBRUARY, reason="", by=None, at=at(FEBRUARY))


def refusals(results):
    assert not [one for one in results if isinstance(one, Exception) and not isinstance(one, Refused)], results
    return [one for one in results if isinstance(one, Refused)]


def numbers(kind):
    return sorted(Document.objects.filter(kind=kind, state="posted").values_list("number", flat=True))


def test_fifty_credit_one_of_a_line_of_three_and_three_succeed(ida):
    sold = invoice(ida, line(3, "33.33", vat("21")))
    only = sold.lines.get().pk
    results = all_at_once(50, lambda _n: credit(sold, lines=[CreditLine(only, quantity=D(1))]))
    said = refusals(results)
    assert len(said) == 47
    assert {one.code for one in said} == {"nothing_left"}
    notes = Document.objects.filter(kind="credit_note")
    assert sum(note.total for note in notes) == again(sold).total
    assert DocumentLine.objects.get(pk=only).sold_line.given_quantity == 3
    assert list(audit.run()) == []


def test_fifty_full_credits_make_one(ida):
    sold = invoice(ida, line(2, 50, vat("21")), line(1, 7))
    results = all_at_once(50, lambda _n: credit(sold, "full"))
    assert len(refusals(results)) == 49
    assert numbers("credit_note") == ["CN/2026/00001"]
    assert again(sold).open_item.residual == 0
    assert list(audit.run()) == []


def test_fifty_postings_with_some_that_break_off_leave_no_gap(ida):
    drafts = [draft(ida, line(1, n + 1)) for n in range(50)]

    def post(number: int):
        with transaction.atomic():
            invoicing.post(document=drafts[number], by=None, at=at(FEBRUARY))
            if number % 5 == 0:
                raise Refused("thought better of it")

    assert len(refusals(all_at_once(50, post))) == 10
    assert numbers("invoice") == [f"INV/2026/{n:05d}" for n in range(1, 41)]
    assert list(audit.run()) == []


def test_the_same_draft_posted_by_many_is_posted_once(ida):
    unposted = draft(ida, line(1, 10))
    results = all_at_once(12, lambda _n: invoicing.post(document=unposted, by=None, at=at(FEBRUARY)))
    assert len(refusals(results)) == 11
    assert numbers("invoice") == ["INV/2026/00001"]


def test_paying_and_crediting_at_once_never_settles_more_than_is_due(ida):
    sold = invoice(ida, line(1, 100))
    results = all_at_once(8, lambda n: pay(sold, 100, on=FEBRUARY) if n % 2 else credit(sold, "full"))
    refusals(results)
    assert again(sold).open_item.residual == 0
    assert Payment.objects.count() + Document.objects.filter(kind="credit_note").count() == 1
    assert list(audit.run()) == []


def test_opposite_documents_do_not_wait_for_each_other_for_ever(ida):
    """Two invoices of the same sold lines, credited, paid and posted in every order: refused or done, never deadlocked."""
    sold = invoice(ida, line(5, 10), line(5, 20))
    again_ = [draft(ida, *[line(5, x.price, sold_line=x.sold_line) for x in order]) for order in (list(sold.lines.all()), list(sold.lines.all())[::-1])]

    def act(number: int):
        match number % 4:
            case 0:
                return credit(sold, lines=[CreditLine(x.pk, quantity=D("0.5")) for x in sold.lines.order_by("-pk")])
            case 1:
                return pay(sold, 1, on=FEBRUARY)
            case 2:
                return invoicing.post(document=again_[number // 4 % 2], by=None, at=at(FEBRUARY))
        return invoicing.cancel(document=credit(sold, lines=[CreditLine(sold.lines.first().pk, amount=D(1))]).credit_note, by=None, at=at(FEBRUARY))

    refusals(all_at_once(16, act))
    assert list(audit.run()) == []


def test_one_idempotency_key_makes_one_credit_note(ida):
    from tests.papers import person

    nora, sold = person("Nora", "agent"), invoice(ida, line(10, 10))
    only = sold.lines.get().pk

    def press(_number):
        return once(
            by=nora, key="k1", scope="refunds", body={"q": 1},
            do=lambda: invoicing.credit(
                invoice=sold, method="partial", lines=[CreditLine(only, quantity=D(1))], on=FEBRUARY, reason="", by=nora, at=at(FEBRUARY)
            ).credit_note.pk,
        )

    results = all_at_once(10, press)
    assert len(set(results)) == 1, results
    assert Document.objects.filter(kind="credit_note").count() == 1
    with pytest.raises(Refused) as no:
        once(by=nora, key="k1", scope="refunds", body={"q": 2}, do=lambda: None)
    assert no.value.code == "key_reused"


def test_the_database_alone_holds_against_raw_sql(ida):
    """The same race without any action: drafts written by hand, only the trigger between them and a fourth piece."""
    sold = invoice(ida, line(3, 10))
    of = sold.lines.get()

    def insert(_number):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                'INSERT INTO invoicing_document (kind, state, customer_id, currency, "on", journal_id, reference, reason, origin, source, credits_id, net, tax, total, made_at) '
                "VALUES ('credit_note', 'draft', %s, 'EUR', '2026-02-01', %s, '', '', '', '', %s, 10, 0, 10, now()) RETURNING id",
                [ida.pk, sold.journal_id, sold.pk],
            )
            note = cursor.fetchone()[0]
            cursor.execute(
                "INSERT INTO invoicing_documentline (document_id, position, description, quantity, price, discount, taxes, net, credits_id, credited_quantity) "
                "VALUES (%s, 0, 'Kettle', 1, 10, 0, '[]', 10, %s, 1)",
                [note, of.pk],
            )

    results = all_at_once(20, insert)
    assert [one for one in results if one is None] == [None] * 3
    assert all(isinstance(one, IntegrityError) and "more would be credited" in str(one) for one in results if one is not None), results
