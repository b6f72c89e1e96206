"""What the database promises by itself, asked by raw SQL (M6, M7)."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from tests.papers import at, customer, draft, invoice, line, open_books, pay, vat

from nazorg.invoicing import actions as invoicing

pytestmark = pytest.mark.django_db
FEBRUARY = date(2026, 2, 1)


@pytest.fixture
def sold():
    open_books()
    return invoice(customer(), line(3, 10, vat("21")))


def refuses(sql, *params, because=None):
    """The database refuses the statement, at once or when the transaction would end."""
    with pytest.raises(IntegrityError, match=because), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
        connection.check_constraints()


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE invoicing_document SET total = total + 1, net = net + 1 WHERE id = %s",
        "UPDATE invoicing_document SET state = 'draft', number = NULL, entry_id = NULL, open_item_id = NULL WHERE id = %s",
        "UPDATE invoicing_document SET number = 'INV/2026/00099' WHERE id = %s",
        "UPDATE invoicing_document SET thread_id = NULL WHERE id = %s",
        "DELETE FROM invoicing_document WHERE id = %s",
        "UPDATE invoicing_documentline SET quantity = 4 WHERE document_id = %s",
        "DELETE FROM invoicing_documentline WHERE document_id = %s",
        "INSERT INTO invoicing_documentline (document_id, position, description, quantity, price, discount, taxes, net, credited_quantity) "
        "VALUES (%s, 9, 'More', 1, 10, 0, '[]', 10, 0)",
        "UPDATE invoicing_documenttax SET amount = 0 WHERE document_id = %s",
        "DELETE FROM invoicing_documenttax WHERE document_id = %s",
        "UPDATE ledger_line SET amount = amount * 2 WHERE entry_id = (SELECT entry_id FROM invoicing_document WHERE id = %s)",
        "DELETE FROM ledger_line WHERE entry_id = (SELECT entry_id FROM invoicing_document WHERE id = %s)",
        'UPDATE ledger_entry SET "on" = \'2020-01-01\' WHERE id = (SELECT entry_id FROM invoicing_document WHERE id = %s)',
        "UPDATE ledger_openitem SET amount = 1, residual = 1 WHERE id = (SELECT open_item_id FROM invoicing_document WHERE id = %s)",
    ],
)
def test_a_posted_document_and_its_booking_never_change(sold, sql):
    refuses(sql, sold.pk)


def test_an_entry_that_does_not_balance_is_refused_at_the_end_of_the_transaction(sold):
    refuses(
        "INSERT INTO ledger_line (entry_id, account_id, amount, currency, label) SELECT entry_id, account_id, 1, currency, '' FROM ledger_line "
        "WHERE entry_id = %s LIMIT 1", sold.entry_id, because="does not balance",
    )


def test_a_document_begins_as_a_draft(sold):
    refuses(
        'INSERT INTO invoicing_document (kind, state, customer_id, currency, "on", journal_id, reference, reason, origin, source, net, tax, total, made_at) '
        "VALUES ('invoice', 'posted', %s, 'EUR', '2026-02-01', %s, '', '', '', '', 0, 0, 0, now())", sold.customer_id, sold.journal_id, because="draft",
    )


def test_a_credit_note_credits_an_invoice(sold):
    refuses(
        'INSERT INTO invoicing_document (kind, state, customer_id, currency, "on", journal_id, reference, reason, origin, source, net, tax, total, made_at) '
        "VALUES ('credit_note', 'draft', %s, 'EUR', '2026-02-01', %s, '', '', '', '', 0, 0, 0, now())",
        sold.customer_id, sold.journal_id, because="a_credit_note_credits_an_invoice",
    )


def test_a_draft_is_posted_only_with_the_totals_of_its_lines(sold):
    unposted = draft(sold.customer, line(1, 10))
    refuses(
        "UPDATE invoicing_document d SET state = 'posted', number = 'X', entry_id = (SELECT max(id) FROM ledger_entry) + 0, open_item_id = o.id, posted_at = now(), "
        "net = 11, total = 11 FROM (SELECT max(id) AS id FROM ledger_openitem) o WHERE d.id = %s", unposted.pk,
    )


def test_a_credit_line_may_not_point_at_another_invoice(sold):
    other = invoice(sold.customer, line(1, 10))
    note = invoicing.credit(invoice=sold, method="partial", on=FEBRUARY, by=None, at=at(FEBRUARY)).credit_note
    refuses("UPDATE invoicing_documentline SET credits_id = %s WHERE document_id = %s", other.lines.get().pk, note.pk, because="does not credit a line")


def test_a_payment_never_changes(sold):
    payment = pay(sold)
    refuses("UPDATE invoicing_payment SET amount = 1 WHERE id = %s", payment.pk)
    refuses("DELETE FROM invoicing_payment WHERE id = %s", payment.pk)


def test_an_allocation_stays_and_is_what_was_given(sold):
    invoicing.credit(invoice=sold, method="full", on=FEBRUARY, by=None, at=at(FEBRUARY))
    pk = sold.lines.get().sold_line_id
    refuses("DELETE FROM entitlements_allocation WHERE sold_line_id = %s", pk)
    refuses("UPDATE entitlements_soldline SET given_quantity = 0 WHERE id = %s", pk, because="allocated")
    refuses("UPDATE entitlements_soldline SET given_quantity = 4 WHERE id = %s", pk, because="given_for_no_more_units")
