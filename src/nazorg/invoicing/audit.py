"""Are invoices, credit notes and payments what their lines, the books and each other say?"""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from nazorg.core.audit import Finding, found


def audit() -> Iterator[Finding]:
    yield from found(
        _("%(label)s comes to %(net)s + %(tax)s, its lines and taxes to %(line_net)s + %(tax_sum)s."),
        "SELECT coalesce(d.number, 'draft ' || d.id) AS label, d.net, d.tax, coalesce(l.net, 0) AS line_net, coalesce(t.tax, 0) AS tax_sum "
        "FROM invoicing_document d LEFT JOIN (SELECT document_id, sum(net) AS net FROM invoicing_documentline GROUP BY 1) l ON l.document_id = d.id "
        "LEFT JOIN (SELECT document_id, sum(amount) AS tax FROM invoicing_documenttax GROUP BY 1) t ON t.document_id = d.id "
        "WHERE (d.net, d.tax) IS DISTINCT FROM (coalesce(l.net, 0), coalesce(t.tax, 0))",
    )
    yield from found(
        _("%(number)s: line %(id)s was credited for more than was invoiced (%(taken)s of %(quantity)s, %(taken_net)s of %(net)s)."),
        "SELECT i.number, l.id, l.quantity, l.net, sum(c.credited_quantity) AS taken, sum(c.net) AS taken_net FROM invoicing_documentline c "
        "JOIN invoicing_document d ON d.id = c.document_id AND d.state <> 'cancelled' JOIN invoicing_documentline l ON l.id = c.credits_id "
        "JOIN invoicing_document i ON i.id = l.document_id GROUP BY i.number, l.id HAVING sum(c.credited_quantity) > l.quantity OR sum(c.net) > l.net",
    )
    yield from found(
        _("%(number)s: more of the tax “%(name)s” was credited (%(credited)s) than invoiced (%(amount)s)."),
        "SELECT i.number, t.name, t.amount, sum(c.amount) AS credited FROM invoicing_documenttax c "
        "JOIN invoicing_document d ON d.id = c.document_id AND d.state <> 'cancelled' JOIN invoicing_document i ON i.id = d.credits_id "
        "JOIN invoicing_documenttax t ON t.document_id = i.id AND (t.tax_id, t.name, t.kind, t.rate, t.category, t.included) = "
        "(c.tax_id, c.name, c.kind, c.rate, c.category, c.included) GROUP BY i.number, t.id HAVING sum(c.amount) > t.amount",
    )
    yield from found(
        _("%(number)s is credited line by line in full, but not its tax: %(credited)s of %(tax)s."),
        "SELECT i.number, i.tax, coalesce(t.tax, 0) AS credited FROM invoicing_document i JOIN "
        "(SELECT l.document_id, sum(c.net) AS net FROM invoicing_documentline c JOIN invoicing_document d ON d.id = c.document_id AND d.state <> 'cancelled' "
        "JOIN invoicing_documentline l ON l.id = c.credits_id GROUP BY 1) n ON n.document_id = i.id LEFT JOIN "
        "(SELECT credits_id, sum(tax) AS tax FROM invoicing_document WHERE state <> 'cancelled' GROUP BY 1) t ON t.credits_id = i.id "
        "WHERE i.net > 0 AND n.net = i.net AND coalesce(t.tax, 0) <> i.tax",
    )
    yield from found(
        _("%(number)s is posted, but its booking says something else."),
        "SELECT d.number FROM invoicing_document d JOIN ledger_entry e ON e.id = d.entry_id JOIN ledger_openitem o ON o.id = d.open_item_id "
        "LEFT JOIN (SELECT l.entry_id, sum(l.amount) AS owed FROM ledger_line l JOIN ledger_account a ON a.id = l.account_id WHERE a.kind = 'receivable' "
        "GROUP BY 1) b ON b.entry_id = e.id WHERE d.state = 'posted' AND (o.currency <> d.currency OR e.reference <> d.number "
        "OR o.amount <> coalesce(b.owed, 0) OR o.amount <> CASE d.kind WHEN 'invoice' THEN d.total ELSE -d.total END)",
    )
    yield from found(
        _("Payment %(number)s is of %(amount)s, but its open item says something else."),
        "SELECT p.number, p.amount FROM invoicing_payment p JOIN ledger_openitem o ON o.id = p.open_item_id "
        "WHERE o.currency <> p.currency OR o.amount <> CASE p.direction WHEN 'in' THEN -p.amount ELSE p.amount END",
    )
