"""Which invoice line each credit-note line credits. The shop's credit notes do not say, so this is worked out.

A credit-note line fits an invoice line of the same customer and product that was issued no later, at the same price or
(goods only) a higher one, as far as quantity and net are left on it. Never is more linked to an invoice line than was
sold on it, neither in quantity nor in net: what does not fit stays a credit-note line without an invoice, with the reason.

Credit notes are served oldest first. Within one, the invoice that holds most of its lines whole comes first, then the
one where most quantities are exact, then the most recent: one credit note is usually about one invoice. What no single
invoice line holds whole is split over several, most recent first, at the same price before a higher one.

The result depends neither on the order of the documents nor on that of the lines in them.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from nazorg.core.money import ZERO, rounded, split

from .classify import WALK_IN, Kind, is_service
from .read import Document, Line

Place = tuple[str, int]
"""A line's document number and its position there."""


class Match(TextChoices):
    """How a piece of a credit-note line fits the invoice line."""

    EXACT = "exact", _("the same price and all that was left")
    PART = "part", _("the same price, a part of the line")
    SPLIT = "split", _("the same price, split over several invoice lines")
    LOWER_PRICE = "lower_price", _("credited at a lower price than invoiced")


class Unlinked(TextChoices):
    """Why a piece of a credit-note line credits no invoice line."""

    NO_CUSTOMER = "no_customer", _("the credit note has no customer")
    NO_SALE = "no_sale", _("this customer was never invoiced this product")
    SOLD_LATER = "sold_later", _("this customer was invoiced this product only afterwards")
    OTHER_PRICE = "other_price", _("invoiced at another price: lower than credited, or a service")
    NOTHING_LEFT = "nothing_left", _("more is credited than was left of what was sold")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a credit-note line, mostly the whole of it: to be booked as one credit-note line.

    Either `invoice_line` and `match` are there, or `unlinked`.
    """

    quantity: Decimal
    net: Decimal
    invoice_line: Place | None = None
    match: Match | None = None
    unlinked: Unlinked | None = None


@dataclass(slots=True)
class Links:
    """`pieces` of each credit-note line, which add up to it, and what each credit note `credits` as a whole.

    `credits` names an invoice only where every piece of the credit note is linked to that one invoice: only then do the
    totals of the credit notes that credit an invoice stay within the invoice's total.
    """

    pieces: dict[Place, tuple[Piece, ...]]
    credits: dict[str, str | None]


@dataclass(slots=True)
class _Sold:
    """An invoice line, and what is left of it to credit."""

    place: Place
    issued_at: dt.datetime
    price: Decimal
    quantity: Decimal
    net: Decimal

    def holds(self, quantity: Decimal, net: Decimal) -> bool:
        return self.quantity >= quantity and self.net >= net

    def take(self, quantity: Decimal, net: Decimal) -> None:
        self.quantity -= quantity
        self.net -= net


def link(documents: Iterable[Document], *, currency: str = "GBP") -> Links:
    """Link the credit notes among `documents` to the invoices among them."""
    documents = list(documents)
    sold = _sold_lines(documents, currency)
    credit_notes = [document for document in documents if document.kind is Kind.CREDIT_NOTE]
    credit_notes.sort(key=lambda document: (document.issued_at, document.number))
    links = Links({}, {})
    for credit_note in credit_notes:
        pieces = _CreditNote(credit_note, sold, currency).pieces()
        targets = set()
        for position, parts in pieces.items():
            links.pieces[credit_note.number, position] = parts
            targets |= {part.invoice_line and part.invoice_line[0] for part in parts}
        links.credits[credit_note.number] = targets.pop() if len(targets) == 1 else None
    return links


def _sold_lines(documents: list[Document], currency: str) -> dict[tuple[str, str], list[_Sold]]:
    """By customer and product: the invoice lines, oldest first."""
    wanted = {
        (document.customer, line.product)
        for document in documents if document.kind is Kind.CREDIT_NOTE
        for line in document.lines
    }
    sold = defaultdict(list)
    for document in documents:
        if document.kind is Kind.INVOICE and not document.customer.startswith(WALK_IN):
            for line in document.lines:
                if (key := (document.customer, line.product)) in wanted:
                    place = (document.number, line.position)
                    sold[key].append(_Sold(place, document.issued_at, line.price, line.quantity, line.net(currency)))
    for lines in sold.values():
        lines.sort(key=lambda line: (line.issued_at, line.place))
    return sold


class _CreditNote:
    """One credit note being linked."""

    def __init__(self, document: Document, sold: dict, currency: str):
        self.document, self.currency = document, currency
        self.lines = sorted(document.lines, key=lambda line: line.position)
        self.all_sold: dict[str, list[_Sold]] = {}
        self.earlier: dict[str, list[_Sold]] = {}
        """By product, the customer's invoice lines up to this credit note, most recent first."""
        for product in {line.product for line in self.lines}:
            lines = sold.get((document.customer, product), [])
            self.all_sold[product] = lines
            until = bisect_right(lines, document.issued_at, key=lambda line: line.issued_at)
            self.earlier[product] = lines[:until][::-1]

    def pieces(self) -> dict[int, tuple[Piece, ...]]:
        if self.document.customer.startswith(WALK_IN):
            return {
                line.position: (Piece(line.quantity, line.net(self.currency), unlinked=Unlinked.NO_CUSTOMER),)
                for line in self.lines
            }
        done = self._link_whole_lines()
        for line in self.lines:
            if line.position not in done:
                done[line.position] = self._split(line)
        return done

    def _link_whole_lines(self) -> dict[int, tuple[Piece, ...]]:
        """Lines that one invoice line holds whole at the same price, by as few invoices as possible."""
        done: dict[int, tuple[Piece, ...]] = {}
        open_lines = list(self.lines)
        while open_lines:
            by_invoice: dict[str, dt.datetime] = {}
            for line in open_lines:
                net = line.net(self.currency)
                for sold in self.earlier[line.product]:
                    if sold.price == line.price and sold.holds(line.quantity, net):
                        by_invoice[sold.place[0]] = sold.issued_at
            best: list[tuple[Line, _Sold]] = []
            best_rank = None
            for invoice, issued_at in by_invoice.items():
                fits = self._fits(open_lines, invoice)
                exact = sum(line.quantity == sold.quantity for line, sold in fits)
                rank = (len(fits), exact, issued_at, invoice)
                if best_rank is None or rank > best_rank:
                    best, best_rank = fits, rank
            if not best:
                return done
            for line, sold in best:
                net = line.net(self.currency)
                match = Match.EXACT if line.quantity == sold.quantity else Match.PART
                sold.take(line.quantity, net)
                done[line.position] = (Piece(line.quantity, net, sold.place, match),)
            open_lines = [line for line in open_lines if line.position not in done]
        return done

    def _fits(self, lines: list[Line], invoice: str) -> list[tuple[Line, _Sold]]:
        """Which of `lines` the invoice holds whole, each on a line of its own, exact quantities first."""
        fits: list[tuple[Line, _Sold]] = []
        taken: set[Place] = set()
        for line in lines:
            net = line.net(self.currency)
            candidates = [
                sold for sold in self.earlier[line.product]
                if sold.place[0] == invoice and sold.place not in taken
                and sold.price == line.price and sold.holds(line.quantity, net)
            ]
            if candidates:
                sold = min(candidates, key=lambda sold: (sold.quantity != line.quantity, sold.quantity, sold.place))
                taken.add(sold.place)
                fits.append((line, sold))
        return fits

    def _split(self, line: Line) -> tuple[Piece, ...]:
        """A line that no single invoice line holds at its price: over several, then at higher prices, the rest unlinked."""
        parts: list[tuple[Decimal, _Sold | None]] = []
        rest = line.quantity
        for sold in self._in_order(line):
            quantity = min(rest, sold.quantity)
            if quantity > 0 and rounded(quantity * line.price, self.currency) <= sold.net:
                parts.append((quantity, sold))
                rest -= quantity
        if rest:
            parts.append((rest, None))
        # Shared out by the house's one way of splitting money, so that the pieces come to the line to the cent.
        nets = split(line.net(self.currency), [quantity for quantity, _sold in parts], self.currency)
        at_this_price = sum(sold is not None and sold.price == line.price for _quantity, sold in parts)
        pieces = []
        for (quantity, sold), net in zip(parts, nets, strict=True):
            if sold is None or not sold.holds(quantity, net):
                pieces.append(Piece(quantity, net, unlinked=self._why_not(line)))
                continue
            sold.take(quantity, net)
            if sold.price != line.price:
                match = Match.LOWER_PRICE
            else:
                match = Match.SPLIT if at_this_price > 1 else Match.PART if sold.quantity else Match.EXACT
            pieces.append(Piece(quantity, net, sold.place, match))
        return tuple(pieces)

    def _in_order(self, line: Line) -> list[_Sold]:
        """The invoice lines to take from: its own price first; at a higher price one that holds all of it first."""
        lines = self.earlier[line.product]
        own = [sold for sold in lines if sold.price == line.price]
        # Carriage or “manual” at some higher price is another thing altogether, not a part of it.
        higher = [] if is_service(line.product) else [sold for sold in lines if sold.price > line.price]
        still = line.quantity - sum((sold.quantity for sold in own), ZERO)
        higher.sort(key=lambda sold: (sold.quantity != still, sold.quantity < still))
        return own + higher

    def _why_not(self, line: Line) -> Unlinked:
        if not self.all_sold[line.product]:
            return Unlinked.NO_SALE
        earlier = self.earlier[line.product]
        if not earlier:
            return Unlinked.SOLD_LATER
        fitting = [s for s in earlier if s.price == line.price or (s.price > line.price and not is_service(line.product))]
        return Unlinked.NOTHING_LEFT if fitting else Unlinked.OTHER_PRICE
