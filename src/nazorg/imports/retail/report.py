"""What an import of a retail file comes to: every row accounted for, as text for a terminal and as a dict for a page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from nazorg.core.money import ZERO

from .classify import Kind
from .link import Links, Match, Unlinked
from .read import Retail, Tally


@dataclass(slots=True)
class Entry:
    """One line of the report. `key` is stable, for programs; `rows` are a few examples as the spreadsheet counts them."""

    key: str
    label: str
    count: int
    net: Decimal = ZERO
    rows: list[int] = field(default_factory=list)

    def as_dict(self) -> dict:
        return {"key": self.key, "label": self.label, "count": self.count, "net": str(self.net), "rows": self.rows}


@dataclass(slots=True)
class Report:
    """Counts and sums. `rows` = `imported` + all of `merged` + all of `set_aside`; the other counts stand beside that.

    Nets are in `currency`; credit notes are negative in `documents`, and `net` is the sum of all documents.
    """

    source: str
    currency: str
    rows: int
    imported: int
    merged: list[Entry]
    set_aside: list[Entry]
    seen: list[Entry]
    documents: list[Entry]
    net: Decimal
    products: int
    services: int
    customers: int
    walk_ins: int
    credit_lines: int
    credit_notes_with_invoice: int
    linked: list[Entry]
    unlinked: list[Entry]

    @property
    def linked_net(self) -> Decimal:
        return sum((entry.net for entry in self.linked), ZERO)

    @property
    def unlinked_net(self) -> Decimal:
        return sum((entry.net for entry in self.unlinked), ZERO)

    def count(self, kind: Kind | str) -> int:
        """How many documents there are of a kind."""
        return next((entry.count for entry in self.documents if entry.key == kind), 0)

    def as_dict(self) -> dict:
        """The same as JSON-able data: amounts as decimal strings, labels in the reader's language."""
        entries = ("merged", "set_aside", "seen", "documents", "linked", "unlinked")
        plain = (
            "source", "currency", "rows", "imported", "products", "services", "customers", "walk_ins", "credit_lines",
            "credit_notes_with_invoice",
        )
        return (
            {name: getattr(self, name) for name in plain}
            | {name: str(getattr(self, name)) for name in ("net", "linked_net", "unlinked_net")}
            | {name: [entry.as_dict() for entry in getattr(self, name)] for name in entries}
        )

    def as_text(self) -> str:
        """The report for a terminal."""
        blocks = [
            [_("%(source)s: %(rows)s rows") % {"source": self.source, "rows": f"{self.rows:,}"}],
            [
                f"{self.imported:>9,}  " + _("imported as they stand"),
                *self._lines(self.merged, _("imported, with something taken from other rows: %(label)s")),
                *self._lines(self.set_aside, _("set aside: %(label)s"), with_net=True),
            ],
            [
                _("Documents"),
                *self._lines(self.documents, "%(label)s", with_net=True),
                f"{'':>9}  " + _("Net: %(currency)s %(net)s") % {"currency": self.currency, "net": f"{self.net:,}"},
            ],
            [
                _("Customers and products"),
                f"{self.customers:>9,}  " + ngettext("customer", "customers", self.customers),
                f"{self.walk_ins:>9,}  " + _("customers “Counter sales”, for sales without customer, one for each country"),
                f"{self.products:>9,}  " + ngettext("product", "products", self.products),
                f"{self.services:>9,}  " + _("of these are services"),
            ],
            [
                _("Seen on rows that are imported (one row may show several)"), *self._lines(self.seen, "%(label)s"),
            ] if self.seen else [],
            [
                _("Credit-note lines: %(count)s, which name no invoice") % {"count": f"{self.credit_lines:,}"},
                *self._lines(self.linked, _("linked to an invoice line: %(label)s"), with_net=True),
                *self._lines(self.unlinked, _("without an invoice: %(label)s"), with_net=True),
                f"{self.credit_notes_with_invoice:>9,}  " + _("credit notes credit one invoice with all their lines"),
                f"{'':>9}  " + _("A line that is split over several invoice lines counts once for each part."),
            ] if self.credit_lines else [],
        ]
        return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"

    def _lines(self, entries: Iterable[Entry], frame: str, *, with_net: bool = False) -> list[str]:
        lines = []
        for entry in entries:
            text = f"{entry.count:>9,}  " + frame % {"label": entry.label}
            if with_net and entry.net:
                text += f" ({self.currency} {entry.net:,})"
            if entry.rows:
                text += " – " + _("for example row %(rows)s") % {"rows": ", ".join(map(str, entry.rows[:3]))}
            lines.append(text)
        return lines


def report_on(retail: Retail, links: Links) -> Report:
    """The report of a file that was read and linked, before or after it is booked: it says what the file comes to."""
    documents = {kind: Tally() for kind in (Kind.INVOICE, Kind.CREDIT_NOTE, Kind.STOCK_WRITE_OFF)}
    linked: dict[Match, Tally] = {}
    unlinked: dict[Unlinked, Tally] = {}
    for document in retail.documents:
        net = document.net(retail.currency)
        tally = documents[document.kind]
        tally.count += 1
        tally.net += -net if document.kind is Kind.CREDIT_NOTE else net
        if document.kind is Kind.CREDIT_NOTE:
            for line in document.lines:
                for piece in links.pieces[document.number, line.position]:
                    if piece.match:
                        linked.setdefault(piece.match, Tally()).add(line.row, piece.net)
                    else:
                        unlinked.setdefault(piece.unlinked, Tally()).add(line.row, piece.net)
    walk_ins = sum(customer.is_walk_in for customer in retail.customers.values())
    return Report(
        source=retail.source,
        currency=retail.currency,
        rows=retail.rows,
        imported=retail.imported,
        merged=_entries(retail.merged),
        set_aside=_entries(retail.set_aside),
        seen=_entries(retail.seen),
        documents=[
            Entry(kind.value, label, documents[kind].count, documents[kind].net)
            for kind, label in (
                (Kind.INVOICE, _("invoices")),
                (Kind.CREDIT_NOTE, _("credit notes")),
                (Kind.STOCK_WRITE_OFF, _("stock write-offs")),
            )
        ],
        net=sum((tally.net for tally in documents.values()), ZERO),
        products=len(retail.products),
        services=sum(not product.keeps_stock for product in retail.products.values()),
        customers=len(retail.customers) - walk_ins,
        walk_ins=walk_ins,
        credit_lines=len(links.pieces),
        credit_notes_with_invoice=sum(invoice is not None for invoice in links.credits.values()),
        linked=_entries(linked),
        unlinked=_entries(unlinked),
    )


def _entries(tallies: dict) -> list[Entry]:
    """In the order in which the choices are declared, so that two reports can be compared."""
    order = {choice: place for choices in {type(choice) for choice in tallies} for place, choice in enumerate(choices)}
    return [
        Entry(key.value, str(key.label), tally.count, tally.net, tally.rows)
        for key, tally in sorted(tallies.items(), key=lambda item: order[item[0]])
    ]
