"""Writing thousands of posted documents at once, for imports: COPY instead of rows one by one, all guards on.

    report = post_many(documents=[BulkInvoice(...), …], credit_notes=[BulkCreditNote(...), …], by=None, at=now)

Documents come as the dataclasses below, keep the numbers of the system that they come from, and are written in
transactions of `CHUNK` documents: what was written stays when a later chunk fails, and a number that is already there
is skipped, so an import that broke off is simply run again. Invoices go before the credit notes on them. Nothing is
asked of `core.numbering`: the numbers are the source's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from nazorg.catalogue.taxes import TaxFacts

CHUNK = 500


@dataclass(slots=True, kw_only=True)
class BulkLine:
    """A line of an imported document. On an invoice `net` may stay None: it is computed.

    On a credit note `credits` is (invoice number, position of its line, from 0) or None for a line without an invoice;
    a line that credits several invoice lines is given as several lines. `net` is then what it takes of that line.
    `quantity` and `price` are positive.
    """

    product_id: int | None
    description: str
    quantity: Decimal
    price: Decimal
    unit_id: int | None = None
    discount: Decimal = Decimal(0)
    taxes: tuple[TaxFacts, ...] = ()
    net: Decimal | None = None
    credits: tuple[str, int] | None = None


@dataclass(slots=True, kw_only=True)
class BulkDocument:
    """An imported invoice or credit note (`kind` “invoice” or “credit_note”), posted under the source's number.

    `credits` of a credit note is the number of the one invoice it is about, or None when it is about several or none.
    What its lines credit is settled with those invoices at once; the rest stays an open credit.
    """

    kind: str
    number: str
    customer_id: int
    currency: str
    on: date
    made_at: datetime
    lines: list[BulkLine] = field(default_factory=list)
    due_on: date | None = None
    contact_id: int | None = None
    payment_term_id: int | None = None
    reference: str = ""
    reason: str = ""
    origin: str = ""
    credits: str | None = None


@dataclass(slots=True)
class BulkReport:
    """How many documents were written, and the numbers that were there already."""

    invoices: int = 0
    credit_notes: int = 0
    lines: int = 0
    already_there: list[str] = field(default_factory=list)


def post_many(
    *, documents: Iterable[BulkDocument], by, at: datetime, journal=None, progress: Callable[[int], None] | None = None, source: str = "import",
) -> BulkReport:
    """Write the documents in their order (invoices before the credit notes on them), posted, booked and open.

    `progress` is told after each chunk how many documents it held. Refused, with the whole chunk undone, when a guard
    of the database says no.
    """
    from nazorg.invoicing.bulkcopy import write_chunks

    return write_chunks(documents, by=by, at=at, journal=journal, progress=progress, source=source)
