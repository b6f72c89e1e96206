"""How `bulk.post_many` writes: chunk by chunk, each table of a chunk by one COPY, invoices before credit notes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import islice

from django.db import DataError, IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from nazorg.access.rules import must
from nazorg.catalogue.taxes import HUNDRED, Priced, TaxFacts, TaxSum, totals
from nazorg.core.money import ZERO, rounded
from nazorg.core.refusals import Refused
from nazorg.invoicing.actions.drafts import sales_journal
from nazorg.invoicing.bulk import CHUNK, BulkDocument, BulkLine, BulkReport
from nazorg.invoicing.events import Imported
from nazorg.invoicing.models import Document, DocumentLine
from nazorg.ledger.models import OpenItem
from nazorg.ledger.queries import standard_accounts

TABLES = ("conversation_thread", "conversation_entry", "entitlements_soldline", "invoicing_document", "invoicing_documentline", "ledger_entry", "ledger_openitem", "ledger_line")


@dataclass(slots=True)
class _Ready:
    """A document with its ids and totals, ready to be copied."""

    document: BulkDocument
    pk: int
    thread: int
    entry: int
    item: int
    nets: list[Decimal]
    taxes: list[TaxSum]
    line_ids: Sequence[int] = ()
    sold_ids: Sequence[int | None] = ()
    credits: int | None = None
    credited: list[_Credited | None] = field(default_factory=list)

    @property
    def net(self) -> Decimal:
        return sum(self.nets, ZERO)

    @property
    def tax(self) -> Decimal:
        return sum((one.amount for one in self.taxes), ZERO)

    @property
    def owed(self) -> Decimal:
        """What the customer owes by it: below zero for a credit note."""
        total = self.net + self.tax
        return total if self.document.kind == "invoice" else -total


@dataclass(frozen=True, slots=True)
class _Credited:
    """An invoice line that an imported line credits."""

    line: int
    sold_line: int
    invoice: int
    item: int


def write_chunks(documents: Iterable[BulkDocument], *, by, at: datetime, journal, progress, source: str) -> BulkReport:
    must(by, "invoicing.post_document")
    report = BulkReport()
    journal = journal or sales_journal()
    documents = iter(documents)
    while chunk := list(islice(documents, CHUNK)):
        try:
            with transaction.atomic():
                _write_chunk(chunk, report, by, at, journal, source)
        except (IntegrityError, DataError) as no:
            raise Refused(_("The database refused these documents: %s") % str(no).splitlines()[0], code="guard") from no
        if progress is not None:
            progress(len(chunk))
    if report.lines > 10_000:
        with connection.cursor() as cursor:  # the planner has never seen so many rows
            cursor.execute(f"ANALYZE {', '.join(TABLES)}")
    return report


def _write_chunk(chunk: list[BulkDocument], report: BulkReport, by, at: datetime, journal, source: str) -> None:
    there = set(Document.objects.filter(number__in=[one.number for one in chunk]).values_list("number", flat=True))
    report.already_there += [one.number for one in chunk if one.number in there]
    new = {one.number: one for one in chunk if one.number not in there}
    for kind in ("invoice", "credit_note"):
        some = [one for one in new.values() if one.kind == kind]
        if some:
            _write(some, by, at, journal, source)
    report.invoices += sum(one.kind == "invoice" for one in new.values())
    report.credit_notes += sum(one.kind == "credit_note" for one in new.values())
    report.lines += sum(len(one.lines) for one in new.values())


def _write(documents: list[BulkDocument], by, at: datetime, journal, source: str) -> None:
    count = len(documents)
    ids = [_ids(table, count) for table in ("invoicing_document", "conversation_thread", "ledger_entry", "ledger_openitem")]
    ready = [_Ready(document, *four, *_totals(document)) for document, *four in zip(documents, *ids, strict=True)]
    _number_lines(ready)
    if documents[0].kind == "credit_note":
        _find_credited(ready)
    _copy_documents(ready, by, at, journal, source)
    _copy_books(ready, by, at, journal)
    _post(ready, by, at)
    if documents[0].kind == "credit_note":
        _allocate(ready, by, at)
        _settle(ready, by, at)


def _totals(document: BulkDocument) -> tuple[list[Decimal], list[TaxSum]]:
    """The nets of the lines and the taxes; nets that the source gives are taken as they are."""
    priced = [Priced(line.quantity, line.price, line.discount, line.taxes) for line in document.lines]
    if not all(line.net is not None for line in document.lines):
        if document.kind == "credit_note":
            raise Refused(_("Credit note %s: each line needs its net.") % document.number, code="no_net")
        sums = totals(priced, document.currency)
        return sums.nets, sums.taxes
    bases: dict[TaxFacts, Decimal] = {}
    for line in document.lines:
        for tax in line.taxes:
            bases[tax] = bases.get(tax, ZERO) + line.net
    pieces = lambda tax: sum((line.quantity for line in document.lines if tax in line.taxes), ZERO)  # noqa: E731
    return [line.net for line in document.lines], [
        TaxSum(tax, base, rounded(pieces(tax) * tax.rate if tax.kind == "fixed" else base * tax.rate / HUNDRED, document.currency)) for tax, base in bases.items()
    ]


def _number_lines(ready: list[_Ready]) -> None:
    count = sum(len(one.document.lines) for one in ready)
    line_ids = iter(_ids("invoicing_documentline", count))
    is_invoice = ready[0].document.kind == "invoice"
    sold_ids = iter(_ids("entitlements_soldline", count)) if is_invoice else iter(())
    for one in ready:
        here = len(one.document.lines)
        one.line_ids = list(islice(line_ids, here))
        one.sold_ids = list(islice(sold_ids, here)) if is_invoice else [None] * here


def _find_credited(ready: list[_Ready]) -> None:
    numbers = {line.credits[0] for one in ready for line in one.document.lines if line.credits} | {one.document.credits for one in ready if one.document.credits}
    invoices = dict(Document.objects.filter(number__in=numbers, kind="invoice").values_list("number", "pk"))
    rows = DocumentLine.objects.filter(document__in=invoices.values()).values_list(
        "document__number", "position", "pk", "sold_line", "document", "document__open_item"
    )
    lines = {(number, position): _Credited(pk, sold, invoice, item) for number, position, pk, sold, invoice, item in rows.iterator(5000)}
    for one in ready:
        if one.document.credits:
            if one.document.credits not in invoices:
                raise Refused(_("Credit note %(note)s is about invoice %(invoice)s, which is not there.") % {"note": one.document.number, "invoice": one.document.credits}, code="no_invoice")
            one.credits = invoices[one.document.credits]
        for number, line in enumerate(one.document.lines):
            if line.credits and line.credits not in lines:
                raise Refused(
                    _("Line %(line)d of credit note %(note)s credits a line that is not there: %(number)s, %(position)d.")
                    % {"line": number + 1, "note": one.document.number, "number": line.credits[0], "position": line.credits[1] + 1}, code="no_invoice",
                )
            one.credited.append(lines[line.credits] if line.credits else None)
            one.sold_ids[number] = one.credited[number].sold_line if line.credits else None


def _copy_documents(ready: list[_Ready], by, at: datetime, journal, source: str) -> None:
    who = by.pk if by else None
    _copy("conversation_thread", "id, kind, started_at", ((one.thread, Document._meta.label_lower, one.document.made_at) for one in ready))
    _copy(
        "conversation_entry", "thread_id, kind, at, author_id, author_name, author_email, body, text, event, facts",
        ((one.thread, "history", at, who, str(by) if by else "", "", "", "", Imported.name, _facts(one)) for one in ready),
    )
    if ready[0].document.kind == "invoice":
        _copy(
            "entitlements_soldline",
            "id, customer_id, product_id, description, serial, quantity, net, currency, sold_on, goodwill_net, given_quantity, given_net",
            (
                (sold, one.document.customer_id, line.product_id, line.description, "", line.quantity, net, one.document.currency, one.document.on, 0, 0, 0)
                for one in ready for sold, line, net in zip(one.sold_ids, one.document.lines, one.nets, strict=True)
            ),
        )
    _copy(
        "invoicing_document",
        "id, kind, state, customer_id, contact_id, currency, \"on\", due_on, payment_term_id, journal_id, reference, reason, origin, credits_id, source, "
        "net, tax, total, made_by_id, made_at, thread_id",
        (
            (
                one.pk, one.document.kind, "draft", one.document.customer_id, one.document.contact_id, one.document.currency, one.document.on,
                one.document.due_on or one.document.on, one.document.payment_term_id, journal.pk, one.document.reference, one.document.reason,
                one.document.origin, one.credits, source, one.net, one.tax, one.net + one.tax, who, one.document.made_at, one.thread,
            )
            for one in ready
        ),
    )
    _copy(
        "invoicing_documentline",
        "id, document_id, position, product_id, description, quantity, unit_id, price, discount, taxes, net, sold_line_id, credits_id, credited_quantity",
        (row for one in ready for row in _line_rows(one)),
    )
    _copy(
        "invoicing_documenttax", "document_id, tax_id, name, kind, rate, category, included, base, amount",
        ((one.pk, t.tax.id, t.tax.name, t.tax.kind, t.tax.rate, t.tax.category, t.tax.included, t.base, t.amount) for one in ready for t in one.taxes),
    )


def _line_rows(one: _Ready) -> Iterator[tuple]:
    for position, (pk, line, net, sold) in enumerate(zip(one.line_ids, one.document.lines, one.nets, one.sold_ids, strict=True)):
        credited = one.credited[position] if one.credited else None
        yield (
            pk, one.pk, position, line.product_id, line.description[:300], line.quantity, line.unit_id, line.price, line.discount,
            _taxes_json(line), net, sold, credited.line if credited else None, line.quantity if credited else 0,
        )


def _taxes_json(line: BulkLine) -> str:
    return json.dumps([tax.as_json() for tax in line.taxes]) if line.taxes else "[]"


def _facts(one: _Ready) -> str:
    return json.dumps({"total": {"amount": str(one.net + one.tax), "currency": one.document.currency}})


def _copy_books(ready: list[_Ready], by, at: datetime, journal) -> None:
    accounts = standard_accounts()
    revenue, who = journal.account or accounts["revenue"], by.pk if by else None
    _copy(
        "ledger_openitem", "id, party_id, currency, amount, residual, due_on",
        ((one.item, one.document.customer_id, one.document.currency, one.owed, one.owed, one.document.due_on or one.document.on) for one in ready),
    )
    _copy(
        "ledger_entry", "id, journal_id, \"on\", reference, posted_at, posted_by_id",
        ((one.entry, journal.pk, one.document.on, one.document.number, at, who) for one in ready),
    )

    def lines() -> Iterator[tuple]:
        for one in ready:
            sign = 1 if one.document.kind == "invoice" else -1
            for account, party, amount in (
                (accounts["receivable"], one.document.customer_id, one.owed), (revenue, None, -sign * one.net), (accounts["tax"], None, -sign * one.tax),
            ):
                if amount:
                    yield one.entry, account.pk, party, amount, one.document.currency, ""

    _copy("ledger_line", "entry_id, account_id, party_id, amount, currency, label", lines())


def _post(ready: list[_Ready], by, at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE invoicing_document d SET state = 'posted', number = v.number, entry_id = v.entry, open_item_id = v.item, posted_by_id = %s, posted_at = %s "
            "FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::bigint[]) AS v(id, number, entry, item) WHERE d.id = v.id",
            [by.pk if by else None, at, [o.pk for o in ready], [o.document.number for o in ready], [o.entry for o in ready], [o.item for o in ready]],
        )


def _allocate(ready: list[_Ready], by, at: datetime) -> None:
    """What the credit notes gave for the sold lines of the invoices that they credit."""
    given: dict[int, list[Decimal]] = {}
    rows = []
    for one in ready:
        for line, net, credited in zip(one.document.lines, one.nets, one.credited, strict=True):
            if credited is not None:
                both = given.setdefault(credited.sold_line, [ZERO, ZERO])
                both[0] += line.quantity
                both[1] += net
                rows.append((credited.sold_line, "credit", line.quantity, net, f"credit_note {one.pk}", at, by.pk if by else None))
    if not given:
        return
    order = sorted(given)
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM entitlements_soldline WHERE id = ANY(%s) ORDER BY id FOR UPDATE", [order])
        cursor.execute(
            "UPDATE entitlements_soldline s SET given_quantity = given_quantity + v.quantity, given_net = given_net + v.net "
            "FROM unnest(%s::bigint[], %s::numeric[], %s::numeric[]) AS v(id, quantity, net) WHERE s.id = v.id",
            [order, [given[pk][0] for pk in order], [given[pk][1] for pk in order]],
        )
    _copy("entitlements_allocation", "sold_line_id, kind, quantity, net, document, at, by_id", rows)


def _settle(ready: list[_Ready], by, at: datetime) -> None:
    """Each credit note settles what it credits of its invoices, as far as those are still due."""
    wanted: list[tuple[_Ready, int, Decimal]] = []
    for one in ready:
        by_item: dict[int, Decimal] = {}
        for net, credited in zip(one.nets, one.credited, strict=True):
            if credited is not None:
                by_item[credited.item] = by_item.get(credited.item, ZERO) + net
        if one.tax and len(by_item) == 1:
            by_item = {item: amount + one.tax for item, amount in by_item.items()}
        wanted += [(one, item, amount) for item, amount in by_item.items() if amount]
    if not wanted:
        return
    due = dict(OpenItem.objects.select_for_update().filter(pk__in={item for _one, item, _amount in wanted}).order_by("pk").values_list("pk", "residual"))
    left = {one.item: -one.owed for one in ready}
    matches = []
    for one, item, amount in wanted:
        amount = min(amount, due[item], left[one.item])
        if amount > 0:
            due[item] -= amount
            left[one.item] -= amount
            matches.append((item, one.item, amount, at, by.pk if by else None))
    residuals = due | {item: -amount for item, amount in left.items()}
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE ledger_openitem i SET residual = v.residual FROM unnest(%s::bigint[], %s::numeric[]) AS v(id, residual) WHERE i.id = v.id AND i.residual <> v.residual",
            [list(residuals), list(residuals.values())],
        )
    _copy("ledger_match", "debit_id, credit_id, amount, at, by_id", matches)


def _ids(table: str, count: int) -> list[int]:
    """Ids of rows to come, from the table's own sequence."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count])
        return [row[0] for row in cursor.fetchall()]


def _copy(table: str, columns: str, rows: Iterable[tuple]) -> None:
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
