"""Do the books add up?"""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from nazorg.core.audit import Finding, found


def audit() -> Iterator[Finding]:
    yield from found(
        _("Entry %(reference)s does not balance: %(rest)s %(currency)s is left over."),
        "SELECT e.reference, l.currency, sum(l.amount) AS rest FROM ledger_line l JOIN ledger_entry e ON e.id = l.entry_id "
        "GROUP BY e.id, l.currency HAVING sum(l.amount) <> 0",
    )
    yield from found(
        _("Open item %(id)s: of %(amount)s %(matched)s is settled, but %(residual)s is said to be left."),
        "SELECT i.id, i.amount, i.residual, coalesce(d.sum, 0) + coalesce(c.sum, 0) AS matched FROM ledger_openitem i "
        "LEFT JOIN (SELECT debit_id, sum(amount) FROM ledger_match WHERE undone_at IS NULL GROUP BY 1) d ON d.debit_id = i.id "
        "LEFT JOIN (SELECT credit_id, sum(amount) FROM ledger_match WHERE undone_at IS NULL GROUP BY 1) c ON c.credit_id = i.id "
        "WHERE i.residual <> i.amount - coalesce(d.sum, 0) + coalesce(c.sum, 0)",
    )
    yield from found(
        _("Match %(id)s settles items in two currencies, or on the wrong side."),
        "SELECT m.id FROM ledger_match m JOIN ledger_openitem d ON d.id = m.debit_id JOIN ledger_openitem c ON c.id = m.credit_id "
        "WHERE d.currency <> c.currency OR d.amount < 0 OR c.amount > 0",
    )
    yield from found(
        _("Customers owe %(owed)s %(currency)s by their open items, but %(booked)s by the books."),
        "SELECT coalesce(i.currency, b.currency) AS currency, coalesce(i.sum, 0) AS owed, coalesce(b.sum, 0) AS booked FROM "
        "(SELECT currency, sum(residual) FROM ledger_openitem GROUP BY 1) i FULL JOIN "
        "(SELECT l.currency, sum(l.amount) FROM ledger_line l JOIN ledger_account a ON a.id = l.account_id WHERE a.kind = 'receivable' GROUP BY 1) b "
        "ON b.currency = i.currency WHERE coalesce(i.sum, 0) <> coalesce(b.sum, 0)",
    )
    yield from found(
        _("Number %(number)s is missing from its series."),
        "WITH series AS (SELECT s.prefix || '/' || s.year || '/' AS head, s.last FROM core_series s WHERE s.prefix IN "
        "(SELECT invoice_prefix FROM ledger_journal UNION SELECT credit_prefix FROM ledger_journal UNION SELECT code FROM ledger_journal)) "
        "SELECT wanted.number FROM series, LATERAL (SELECT head || lpad(n::text, greatest(5, length(n::text)), '0') AS number "
        "FROM generate_series(1, series.last) AS n) wanted LEFT JOIN ledger_entry e ON e.reference = wanted.number WHERE e.id IS NULL",
    )
    yield from found(
        _("Number %(reference)s was given %(times)s times."),
        "SELECT reference, count(*) AS times FROM ledger_entry GROUP BY 1 HAVING count(*) > 1",
    )
