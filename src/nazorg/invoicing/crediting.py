"""How much of an invoice a credit takes: pure functions over plain values.

Whatever the order and the sizes of the credits, they never come to more than the invoice, and once everything is
credited they come to exactly the invoice, by line, by tax and in total: the credit that takes the last of something
takes all that is left of it, to the cent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from nazorg.catalogue.taxes import HUNDRED, Priced, TaxFacts, TaxSum
from nazorg.core.money import ZERO, rounded


@dataclass(frozen=True, slots=True)
class LineLeft:
    """An invoice line and what of it no credit note, draft or posted, has taken yet."""

    line_id: int
    quantity: Decimal
    net: Decimal
    quantity_left: Decimal
    net_left: Decimal
    taxes: tuple[TaxFacts, ...] = ()

    @property
    def is_creditable(self) -> bool:
        """Something can still be credited: value, or the pieces of a line that was free."""
        return self.net_left > 0 or (self.net == 0 and self.quantity_left > 0)


@dataclass(frozen=True, slots=True)
class Taken:
    """What a credit takes of a line: pieces (none when it is value only) and net."""

    line_id: int
    quantity: Decimal
    net: Decimal


@dataclass(frozen=True, slots=True)
class TaxLeft:
    """A tax of an invoice and what of it is not credited yet."""

    tax: TaxFacts
    base: Decimal
    amount: Decimal
    base_left: Decimal
    amount_left: Decimal


def take_quantity(left: LineLeft, quantity: Decimal, currency: str) -> Taken:
    """Credit pieces: their share of the net, or all the net left when they are the last pieces."""
    if quantity == left.quantity_left:
        return Taken(left.line_id, quantity, left.net_left)
    return Taken(left.line_id, quantity, min(rounded(left.net * quantity / left.quantity, currency), left.net_left))


def take_amount(left: LineLeft, net: Decimal) -> Taken:
    """Credit value and no pieces, unless nothing is left of the value: then all pieces go with it."""
    return Taken(left.line_id, left.quantity_left if net == left.net_left else ZERO, net)


def take_all(left: LineLeft) -> Taken:
    return Taken(left.line_id, left.quantity_left, left.net_left)


def net_of(exact: Decimal, line: Priced, net: Decimal, currency: str) -> Decimal:
    """The net of a credit line that somebody repriced to `exact`; `line` and its `net` are what it credits.

    Where prices include taxes, the net that the invoice took out of its own price says how much of this one is net.
    """
    if line.exact and any(tax.included for tax in line.taxes):
        return rounded(net * exact / line.exact, currency)
    return rounded(exact, currency)


def price_of(net: Decimal, taxes: Sequence[TaxFacts]) -> Decimal:
    """The price to print for one piece that is worth `net`: with the taxes that the invoice's prices include."""
    included = sum((tax.rate for tax in taxes if tax.included), ZERO)
    return round(net * (HUNDRED + included) / HUNDRED, 6)


def taxes_of(taken: Sequence[Taken], lines: Sequence[LineLeft], taxes: Sequence[TaxLeft], currency: str) -> list[TaxSum]:
    """The taxes that go back with what is taken: each in proportion to its base, and the last of the base takes the rest.

    A tax per piece on free goods has no base to go by; it goes back with the last of their pieces.
    """
    by_line = {one.line_id: one for one in taken}
    sums = []
    for tax in taxes:
        members = [line for line in lines if tax.tax in line.taxes]
        touched = [line for line in members if line.line_id in by_line]
        if not touched:
            continue
        base = sum((by_line[line.line_id].net for line in touched), ZERO)
        if tax.base:
            is_last = base == tax.base_left
        else:
            is_last = all(line.quantity_left == (by_line[line.line_id].quantity if line in touched else 0) for line in members)
        if is_last:
            amount = tax.amount_left
        else:
            amount = min(rounded(tax.amount * base / tax.base, currency), tax.amount_left) if tax.base else ZERO
        sums.append(TaxSum(tax.tax, base, amount))
    return sums
