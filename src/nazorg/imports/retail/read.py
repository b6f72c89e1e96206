"""From the rows of the shop's file to documents, products and customers.

Everything is held in memory, for a credit note can only be linked once all earlier invoices are known, and a product's
name once all its rows are. It is held compactly: equal texts and figures are one object, so 245,903 rows take about
80 MB, and a file of more than `MAX_ROWS` rows is refused. Nothing here writes or asks the database.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _

from nazorg.core.money import ZERO, rounded
from nazorg.core.refusals import Refused

from ..tables import EXTRA, Table, as_decimal, as_moment, as_text
from .classify import (
    WALK_IN,
    Kind,
    Merged,
    Seen,
    SetAside,
    customer_key,
    is_service,
    kind_of,
    most_frequent,
    names_a_product,
    product_code,
    usual_country,
    usual_price,
    why_set_aside,
)

COLUMNS = ("InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country")
MAX_ROWS = 1_000_000
EXAMPLES = 5
_ROWS_PER_PROGRESS = 2_000
_PRICE_STEP, _QUANTITY_STEP = Decimal("1e-6"), Decimal("1e-4")
_MAX_QUANTITY = Decimal(10) ** 9


@dataclass(slots=True)
class Line:
    """One row on its document. Quantities are positive on every kind of document; the kind says which way they count."""

    row: int
    position: int
    product: str
    description: str
    quantity: Decimal
    price: Decimal
    note: str = ""

    def net(self, currency: str) -> Decimal:
        return rounded(self.quantity * self.price, currency)


@dataclass(slots=True)
class Document:
    """An invoice, a credit note or a stock write-off. `customer` is a key of `Retail.customers`, "" on a write-off."""

    number: str
    kind: Kind
    issued_at: dt.datetime
    customer: str
    country: str
    lines: list[Line] = field(default_factory=list)

    def net(self, currency: str) -> Decimal:
        """What its lines come to, positive also on a credit note."""
        return sum((line.net(currency) for line in self.lines), ZERO)


@dataclass(slots=True)
class Product:
    code: str
    name: str
    spellings: tuple[str, ...]
    is_service: bool
    price: Decimal
    keeps_stock: bool = True
    """Whether there is stock of it: goods, and whatever the shop wrote off, though its code be that of a service."""


@dataclass(slots=True)
class Customer:
    """A customer by number, or the walk-in customer of a country (`is_walk_in`, number "")."""

    key: str
    number: str
    country: str
    is_walk_in: bool
    since: dt.datetime


@dataclass(slots=True)
class Tally:
    """How often something occurred, and on which rows first."""

    count: int = 0
    net: Decimal = ZERO
    rows: list[int] = field(default_factory=list)

    def add(self, row: int, net: Decimal = ZERO) -> None:
        self.count += 1
        self.net += net
        if len(self.rows) < EXAMPLES:
            self.rows.append(row)


@dataclass(slots=True)
class Problem:
    """A row that was set aside, for the error file: `sentence` says more than the reason where a cell is at fault."""

    row: int
    reason: SetAside
    cells: tuple[str, ...]
    sentence: str = ""


@dataclass(slots=True)
class Retail:
    """All that the file says. `rows` = `imported` + every `merged` + every `set_aside`; `seen` counts beside these."""

    source: str
    currency: str
    documents: list[Document]
    products: dict[str, Product]
    customers: dict[str, Customer]
    rows: int
    imported: int
    merged: dict[Merged, Tally]
    set_aside: dict[SetAside, Tally]
    seen: dict[Seen, Tally]
    problems: list[Problem]
    outcome: bytearray
    """One byte per row in file order: `IMPORTED`, `MERGED` or `SET_ASIDE`."""
    merged_rows: dict[int, Merged]
    """Why each merged row is one, by its number."""


IMPORTED, MERGED, SET_ASIDE = 0, 1, 2


def read_retail(
    table: Table,
    *,
    currency: str = "GBP",
    timezone: str = "Europe/London",
    on_progress: Callable[[float], None] | None = None,
) -> Retail:
    """Read the whole table. Rows may come in any order; documents come back oldest first, invoices before credit notes.

    That is the order to book them in: the invoice that a credit note credits always stands before it.
    """
    missing = [column for column in COLUMNS if column not in table.columns]
    if missing:
        raise Refused(
            _("%(name)s lacks the columns %(missing)s. A retail file has %(all)s.")
            % {"name": table.name, "missing": ", ".join(missing), "all": ", ".join(COLUMNS)},
            code="missing_columns",
        )
    reader = _Reader(currency, timezone)
    for count, (row, cells) in enumerate(table, 1):
        if count > MAX_ROWS:
            raise Refused(
                _("%(name)s has more than %(limit)d rows. Split it between two documents.")
                % {"name": table.name, "limit": MAX_ROWS},
                code="too_many_rows",
            )
        reader.take(row, cells)
        if on_progress and count % _ROWS_PER_PROGRESS == 0:
            on_progress(table.progress())
    retail = reader.finish(table.name)
    if on_progress:
        on_progress(1.0)
    return retail


class _Reader:
    """What has been read so far. The caches make equal cells one object and convert each spelling once."""

    def __init__(self, currency: str, timezone: str):
        self.currency, self.timezone = currency, timezone
        self.texts: dict[str, dict[str, str]] = defaultdict(dict)
        self.padded: set[str] = set()
        """The cells with blanks at an end."""
        self.one: dict[str, str] = {}
        """Each text once, whatever its column."""
        self.numbers: dict[tuple[str, str], Decimal] = {}
        self.moments: dict[object, dt.datetime] = {}
        self.documents: dict[tuple[str, str], Document] = {}
        self.moment_of_row: dict[tuple[str, str], list[tuple[int, dt.datetime]]] = {}
        self.spellings: dict[str, set[str]] = defaultdict(set)
        self.respelt: list[tuple[int, str]] = []
        """The rows whose spelling is not the product's code itself."""
        self.names: dict[str, Counter] = defaultdict(Counter)
        self.prices: dict[str, Counter] = defaultdict(Counter)
        self.read: list[int] = []
        """The row numbers, in file order."""
        self.problems: list[Problem] = []
        self.set_aside: dict[SetAside, Tally] = {}
        self.seen: dict[Seen, Tally] = {}

    def text(self, value, row: int, column: str, *, required: bool = False, max_length: int = 250) -> str:
        cache = self.texts[column]
        if type(value) is str and (known := cache.get(value)) is not None:
            return known
        text = as_text(value, row=row, column=column, required=required, max_length=max_length)
        text = self.one.setdefault(text, text)
        if type(value) is str:
            cache[value] = text
            if value != text:
                self.padded.add(value)
        return text

    def shared(self, text: str) -> str:
        return self.one.setdefault(text, text)

    def number(self, value, row: int, column: str, step: Decimal) -> Decimal:
        key = (column, value) if type(value) is str else (column, repr(value))
        if (known := self.numbers.get(key)) is not None:
            return known
        number = as_decimal(value, row=row, column=column, required=True)
        if abs(number) >= _MAX_QUANTITY or number != number.quantize(step):
            raise Refused(
                _("Row %(row)d, column “%(column)s”: %(number)s is too large or has too many decimals.")
                % {"row": row, "column": column, "number": value},
                field=column, code="out_of_range",
            )
        self.numbers[key] = number
        return number

    def moment(self, value, row: int) -> dt.datetime:
        if (known := self.moments.get(value)) is None:
            known = as_moment(value, row=row, column="InvoiceDate", timezone=self.timezone, required=True)
            self.moments[value] = known
        return known

    def put_aside(self, row: int, cells: dict, reason: SetAside, net: Decimal = ZERO, sentence: str = "") -> None:
        raw = tuple("" if cells[column] is None else str(cells[column]) for column in COLUMNS)
        self.problems.append(Problem(row, reason, raw, sentence))
        self.set_aside.setdefault(reason, Tally()).add(row, net)

    def saw(self, what: Seen, row: int, net: Decimal = ZERO) -> None:
        tally = self.seen.get(what)
        if tally is None:
            tally = self.seen[what] = Tally()
        tally.add(row, net)

    def take(self, row: int, cells: dict) -> None:
        """One row: onto its document, or aside."""
        self.read.append(row)
        if EXTRA in cells:
            self.put_aside(row, cells, SetAside.TOO_MANY_CELLS)
            return
        try:
            number = self.text(cells["InvoiceNo"], row, "InvoiceNo", required=True, max_length=40)
            spelling = self.text(cells["StockCode"], row, "StockCode", required=True, max_length=60)
            description = self.text(cells["Description"], row, "Description")
            quantity = self.number(cells["Quantity"], row, "Quantity", _QUANTITY_STEP)
            price = self.number(cells["UnitPrice"], row, "UnitPrice", _PRICE_STEP)
            moment = self.moment(cells["InvoiceDate"], row)
            customer = self.text(cells["CustomerID"], row, "CustomerID", max_length=40)
            country = self.text(cells["Country"], row, "Country", max_length=100)
        except Refused as refusal:
            self.put_aside(row, cells, SetAside.UNREADABLE, sentence=str(refusal))
            return
        # Whoever saved the file kept the customers' numbers as floating point.
        if customer.endswith(".0"):
            customer = self.shared(customer[:-2])
        kind = kind_of(number, quantity, price)
        if reason := why_set_aside(kind, quantity, price):
            self.put_aside(row, cells, reason, rounded(quantity * price, self.currency))
            return
        who = "" if kind is Kind.STOCK_WRITE_OFF else self.shared(customer_key(customer, country))
        key = (number, kind.value)  # the plain value, since hashing a choice is slow
        document = self.documents.get(key)
        if document is None:
            document = self.documents[key] = Document(number, kind, moment, who, country)
        elif customer and document.customer != who:
            self.put_aside(row, cells, SetAside.OTHER_CUSTOMER, rounded(quantity * price, self.currency))
            return
        if moment != document.issued_at or key in self.moment_of_row:
            self._note_moment(document, row, moment)

        code = self.shared(product_code(spelling))
        self.spellings[code].add(spelling)
        if spelling != code:
            self.respelt.append((row, code))
        if description and names_a_product(price, customer):
            self.names[code][description] += 1
        if price and kind is Kind.INVOICE:
            self.prices[code][price] += 1
        if quantity < 0:
            quantity = -quantity
        document.lines.append(Line(row, len(document.lines) + 1, code, description, quantity, price))

        if not self.padded.isdisjoint(cells.values()):
            self.saw(Seen.BLANKS, row)
        if not description:
            self.saw(Seen.NO_DESCRIPTION, row)
        if not customer and who:
            self.saw(Seen.NO_CUSTOMER, row)
        if not price:
            self.saw(Seen.PRICE_ZERO, row)
        if is_service(code):
            self.saw(Seen.SERVICE, row)

    def _note_moment(self, document: Document, row: int, moment: dt.datetime) -> None:
        """A document with two timestamps is as old as its earliest row."""
        key = (document.number, document.kind.value)
        others = self.moment_of_row.get(key)
        if others is None:
            others = self.moment_of_row[key] = [(line.row, document.issued_at) for line in document.lines]
        others.append((row, moment))
        document.issued_at = min(document.issued_at, moment)

    def finish(self, source: str) -> Retail:
        """Decide what only the whole file can tell: names, spellings, countries, repeated lines."""
        documents = sorted(
            self.documents.values(), key=lambda d: (d.issued_at, d.kind is Kind.CREDIT_NOTE, d.number, d.kind)
        )
        products = self._products(documents)
        customers = self._customers(documents)
        merged = {row: Merged.CODE for row, code in self.respelt if len(self.spellings[code]) > 1}
        for key, rows in self.moment_of_row.items():
            for row, moment in rows:
                if moment != self.documents[key].issued_at:
                    merged.setdefault(row, Merged.MOMENT)
        for document in documents:
            customer = customers.get(document.customer)
            if customer and customer.country != document.country:
                for line in document.lines:
                    merged.setdefault(line.row, Merged.COUNTRY)
            alike: dict[str, list[Line]] = {}
            for line in document.lines:
                others = alike.setdefault(line.product, [])
                if any((line.quantity, line.price, line.description) == (o.quantity, o.price, o.description) for o in others):
                    self.saw(Seen.REPEATED, line.row)
                others.append(line)
            for line in document.lines:
                self._name_line(line, products[line.product])
        return self._account(source, documents, products, customers, merged)

    def _products(self, documents: list[Document]) -> dict[str, Product]:
        written_off = {line.product for d in documents if d.kind is Kind.STOCK_WRITE_OFF for line in d.lines}
        return {
            code: Product(
                code=code,
                name=most_frequent(self.names[code]) or code,
                spellings=tuple(sorted(spellings)),
                is_service=is_service(code),
                price=usual_price(self.prices[code]),
                keeps_stock=not is_service(code) or code in written_off,
            )
            for code, spellings in sorted(self.spellings.items())
        }

    @staticmethod
    def _customers(documents: list[Document]) -> dict[str, Customer]:
        """Every customer, in the order of their first document."""
        of_whom: dict[str, list[Document]] = defaultdict(list)
        for document in documents:
            if document.customer:
                of_whom[document.customer].append(document)
        customers = {}
        for key, theirs in of_whom.items():
            is_walk_in = key.startswith(WALK_IN)
            country = key.removeprefix(WALK_IN) if is_walk_in else usual_country(d.country for d in theirs)
            customers[key] = Customer(key, "" if is_walk_in else key, country, is_walk_in, theirs[0].issued_at)
        return customers

    def _name_line(self, line: Line, product: Product) -> None:
        """A stock note becomes the line's note; a line without a name of its own takes the product's."""
        if line.description and line.description not in self.names[line.product]:
            self.saw(Seen.STOCK_NOTE, line.row)
            line.note, line.description = line.description, ""
        line.description = line.description or product.name

    def _account(self, source, documents, products, customers, merged_rows: dict[int, Merged]) -> Retail:
        """Give each row its one outcome."""
        aside = {problem.row for problem in self.problems}
        merged: dict[Merged, Tally] = {}
        outcome = bytearray()
        for row in self.read:
            reason = merged_rows.get(row)
            outcome.append(SET_ASIDE if row in aside else MERGED if reason else IMPORTED)
            if reason and row not in aside:
                merged.setdefault(reason, Tally()).add(row)
        return Retail(
            source=source, currency=self.currency, documents=documents, products=products, customers=customers,
            rows=len(self.read), imported=outcome.count(IMPORTED), merged=merged, set_aside=self.set_aside,
            seen=self.seen, problems=self.problems, outcome=outcome,
            merged_rows=merged_rows,
        )
