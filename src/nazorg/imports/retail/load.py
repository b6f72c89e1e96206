"""From what was read and linked to the house: products, customers, posted documents, stock corrections.

Everything goes through the apps' bulk actions, each of which leaves alone what is there already: customers and products by
their reference and code, documents by their number, corrections by their reference. So an import that broke off is simply
run again, and one that was complete changes nothing.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from nazorg.catalogue import actions as catalogue
from nazorg.catalogue import queries as products_of_the_house
from nazorg.catalogue.actions import NewProduct
from nazorg.inventory import actions as inventory
from nazorg.inventory.actions import NewAdjustment
from nazorg.inventory.models import StockAdjustment
from nazorg.invoicing.bulk import BulkDocument, BulkLine, post_many
from nazorg.invoicing.models import Document as Booked
from nazorg.parties import actions as parties
from nazorg.parties.actions import NewParty
from nazorg.parties.models import Party

from .classify import Kind, Merged
from .countries import country_code
from .link import Links, Piece
from .read import Customer, Document, Retail

BATCH = 1000
"""Masters and corrections in one transaction."""

Progress = Callable[[str, int, int], None]
"""Told a phase (products, customers, documents, write_offs), how many are done and how many there are."""


@dataclass(slots=True)
class Loaded:
    """How many were new and how many were there already."""

    products: int = 0
    products_there: int = 0
    customers: int = 0
    customers_there: int = 0
    invoices: int = 0
    credit_notes: int = 0
    documents_there: int = 0
    lines: int = 0
    write_offs: int = 0
    write_offs_there: int = 0

    @property
    def new(self) -> int:
        return self.products + self.customers + self.invoices + self.credit_notes + self.write_offs

    def as_dict(self) -> dict:
        return asdict(self)


def missing(retail: Retail) -> Loaded:
    """What of it is there and what would be new: nothing is written."""
    loaded = Loaded()
    codes = set(products_of_the_house.by_codes(retail.products))
    loaded.products_there, loaded.products = len(codes), len(retail.products) - len(codes)
    references = [reference_of(customer) for customer in retail.customers.values()]
    loaded.customers_there = Party.objects.filter(reference__in=references).count()
    loaded.customers = len(references) - loaded.customers_there
    kinds = {document.number: document.kind for document in retail.documents if document.kind is not Kind.STOCK_WRITE_OFF}
    booked = set(Booked.objects.filter(number__in=list(kinds)).values_list("number", flat=True))
    loaded.documents_there = len(booked)
    loaded.invoices = sum(kind is Kind.INVOICE and number not in booked for number, kind in kinds.items())
    loaded.credit_notes = sum(kind is Kind.CREDIT_NOTE and number not in booked for number, kind in kinds.items())
    written_off = [document.number for document in retail.documents if document.kind is Kind.STOCK_WRITE_OFF]
    loaded.write_offs_there = StockAdjustment.objects.filter(reference__in=written_off).values("reference").distinct().count()
    loaded.write_offs = len(written_off) - loaded.write_offs_there
    loaded.lines = sum(len(d.lines) for d in retail.documents if d.kind is not Kind.STOCK_WRITE_OFF and d.number not in booked)
    return loaded


def load_retail(retail: Retail, links: Links, *, by, at, progress: Progress = lambda _phase, _done, _of: None) -> Loaded:
    """Write all of it that is not there yet."""
    before = missing(retail)
    loaded = Loaded(
        products_there=before.products_there, customers_there=before.customers_there, products=before.products, customers=before.customers,
        documents_there=before.documents_there, write_offs_there=before.write_offs_there,
    )
    product_ids = _add_products(retail, by, at, progress)
    customer_ids = _add_customers(retail, by, at, progress)
    _post_documents(retail, links, product_ids, customer_ids, loaded, by, at, progress)
    _write_off(retail, loaded, by, at, progress)
    return loaded


def reference_of(customer: Customer) -> str:
    """The customer's number in the shop; a walk-in customer's names its country."""
    return customer.key[:60]


def _batches(items: list) -> Iterator[tuple[int, list]]:
    for start in range(0, len(items), BATCH):
        yield start, items[start : start + BATCH]


def _add_products(retail: Retail, by, at, progress: Progress) -> dict[str, tuple[int, int]]:
    """The id and the unit's id of each product by its code in capitals."""
    ids: dict[str, tuple[int, int]] = {}
    for start, some in _batches(list(retail.products.values())):
        rows = [
            NewProduct(code=p.code, name=p.name[:200], kind="goods" if p.keeps_stock else "service", price=p.price, currency=retail.currency)
            for p in some
        ]
        ids |= {code: (product.pk, product.unit_id) for code, product in catalogue.add_many(rows=rows, by=by, at=at).items()}
        progress("products", start + len(some), len(retail.products))
    return ids


def _add_customers(retail: Retail, by, at, progress: Progress) -> dict[str, int]:
    ids: dict[str, int] = {}
    for start, some in _batches(list(retail.customers.values())):
        rows = [NewParty(reference=reference_of(c), name=_name_of(c), kind="company", language="en", country=country_code(c.country)) for c in some]
        found = parties.add_many(rows=rows, by=by, at=at)
        ids |= {customer.key: found[reference_of(customer)].pk for customer in some}
        progress("customers", start + len(some), len(retail.customers))
    return ids


def _name_of(customer: Customer) -> str:
    """The shop's file has no names."""
    if customer.is_walk_in:
        return _("Counter sales, %s") % (customer.country or _("unknown country"))
    return _("Customer %s") % customer.number


def _post_documents(retail: Retail, links: Links, product_ids, customer_ids, loaded: Loaded, by, at, progress: Progress) -> None:
    documents = [document for document in retail.documents if document.kind is not Kind.STOCK_WRITE_OFF]
    done = 0

    def told(count: int) -> None:
        nonlocal done
        done += count
        progress("documents", min(done, len(documents)), len(documents))

    # Made one by one while they are written: a second copy of all lines would double the memory.
    bulk = (_bulk(document, links, retail.currency, product_ids, customer_ids) for document in documents)
    report = post_many(documents=bulk, by=by, at=at, progress=told)
    loaded.invoices, loaded.credit_notes, loaded.lines = report.invoices, report.credit_notes, report.lines


def _bulk(document: Document, links: Links, currency: str, product_ids, customer_ids) -> BulkDocument:
    on = document.issued_at.date()
    is_credit_note = document.kind is Kind.CREDIT_NOTE
    lines = []
    for line in sorted(document.lines, key=lambda line: line.position):
        product_id, unit_id = product_ids[line.product]
        description = (f"{line.description} ({line.note})" if line.note else line.description)[:300]
        pieces: tuple[Piece | None, ...] = links.pieces[document.number, line.position] if is_credit_note else (None,)
        for piece in pieces:
            lines.append(BulkLine(
                product_id=product_id, unit_id=unit_id, description=description, price=line.price,
                quantity=piece.quantity if piece else line.quantity, net=piece.net if piece else line.net(currency),
                credits=(piece.invoice_line[0], piece.invoice_line[1] - 1) if piece and piece.invoice_line else None,
            ))
    return BulkDocument(
        kind=document.kind.value, number=document.number, customer_id=customer_ids[document.customer], currency=currency, on=on, due_on=on,
        made_at=document.issued_at, lines=lines, credits=links.credits[document.number] if is_credit_note else None,
    )


def _write_off(retail: Retail, loaded: Loaded, by, at, progress: Progress) -> None:
    documents = [document for document in retail.documents if document.kind is Kind.STOCK_WRITE_OFF]
    products = products_of_the_house.by_codes({line.product for document in documents for line in document.lines})
    for start, some in _batches(documents):
        rows = []
        for document in some:
            quantities: dict[str, list] = {}
            for line in document.lines:
                quantities.setdefault(line.product, []).append(line)
            for code, lines in quantities.items():
                note = next((line.note for line in lines if line.note), "")
                rows.append(NewAdjustment(
                    product=products[code], quantity=-sum(line.quantity for line in lines), on=document.issued_at.date(),
                    reason=(note or _("Stock write-off"))[:200], reference=document.number,
                ))
        inventory.adjust_many(rows=rows, by=by, at=at)
        progress("write_offs", start + len(some), len(documents))
    loaded.write_offs = len(documents) - loaded.write_offs_there


def write_rows(retail: Retail, links: Links, path: Path) -> int:
    """Every row of the file with its outcome, as a .csv in the order of the file; gives how many rows."""
    outcomes: list[tuple] = [(p.row, p.cells[0], "", "set aside", p.sentence or str(p.reason.label), "") for p in retail.problems]
    aside = {p.row for p in retail.problems}
    for document in retail.documents:
        for line in document.lines:
            if line.row in aside:
                continue
            reason: Merged | None = retail.merged_rows.get(line.row)
            outcomes.append((line.row, document.number, document.kind.value, "merged" if reason else "imported", reason.label if reason else "", _credited(document, line, links)))
    outcomes.sort(key=lambda one: one[0])
    with path.open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(["row", "document", "kind", "outcome", "why", "credits"])
        writer.writerows(outcomes)
    return len(outcomes)


def _credited(document: Document, line, links: Links) -> str:
    """What a credit-note line credits: `536365 line 3: 6 (exact)`, the pieces with semicolons between."""
    if document.kind is not Kind.CREDIT_NOTE:
        return ""
    return "; ".join(
        f"{p.invoice_line[0]} line {p.invoice_line[1]}: {p.quantity.normalize():f} ({p.match.value})" if p.invoice_line
        else f"no invoice: {p.quantity.normalize():f} ({p.unlinked.value})"
        for p in links.pieces[document.number, line.position]
    )
