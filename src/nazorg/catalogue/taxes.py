"""What lines cost and which taxes they carry: pure functions over plain values.

A tax is computed once per document and rate over the sum of its lines, as EN 16931 (BR-CO-17) and Belgian and Dutch
practice ask, so that the document is right to the cent and the lines are what gives way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from nazorg.core.money import ZERO, rounded, split

HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class TaxFacts:
    """A tax as it was when a line was written; what `Tax` says later does not matter to that line."""

    id: int
    name: str
    kind: str
    rate: Decimal
    category: str
    included: bool

    def as_json(self) -> dict:
        return {"id": self.id, "name": self.name, "kind": self.kind, "rate": f"{self.rate.normalize():f}", "category": self.category, "included": self.included}

    @classmethod
    def from_json(cls, kept: dict) -> TaxFacts:
        return cls(kept["id"], kept["name"], kept["kind"], Decimal(kept["rate"]), kept["category"], kept["included"])

    @classmethod
    def of(cls, tax) -> TaxFacts:
        return cls(tax.pk, tax.name, tax.kind, tax.rate, tax.category, tax.is_included)


@dataclass(frozen=True, slots=True)
class Priced:
    """A line before taxes: quantity × price, less a discount in percent."""

    quantity: Decimal
    price: Decimal
    discount: Decimal = ZERO
    taxes: tuple[TaxFacts, ...] = ()

    @property
    def exact(self) -> Decimal:
        """Quantity × price less discount, not yet rounded; includes the taxes that are included."""
        return self.quantity * self.price * (HUNDRED - self.discount) / HUNDRED


@dataclass(frozen=True, slots=True)
class TaxSum:
    """A tax over a document: the sum that it is charged on and the tax."""

    tax: TaxFacts
    base: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Totals:
    """What a document comes to. `nets` are the lines without tax, in the order of the lines, and add up to `net`."""

    nets: list[Decimal]
    taxes: list[TaxSum]
    net: Decimal
    tax: Decimal
    total: Decimal


def totals(lines: Sequence[Priced], currency: str) -> Totals:
    """What lines come to in a currency.

    Lines with the same included taxes are taken out of their gross sum together and the net is split over them, so
    that gross prices add up to exactly what the customer was shown.
    """
    nets: list[Decimal] = [ZERO] * len(lines)
    charged: dict[TaxFacts, Decimal] = {}
    for included, members in _by_included(lines).items():
        amounts = [rounded(lines[i].exact, currency) for i in members]
        if included:
            gross = sum(amounts, ZERO)
            amounts = _without(amounts, sum((tax.rate for tax in included), ZERO), currency)
            inside = split(gross - sum(amounts, ZERO), [tax.rate for tax in included], currency)
            for tax, amount in zip(included, inside, strict=True):
                charged[tax] = charged.get(tax, ZERO) + amount
        for i, amount in zip(members, amounts, strict=True):
            nets[i] = amount
    bases: dict[TaxFacts, Decimal] = {}
    pieces: dict[TaxFacts, Decimal] = {}
    for line, net in zip(lines, nets, strict=True):
        for tax in dict.fromkeys(line.taxes):
            bases[tax] = bases.get(tax, ZERO) + net
            pieces[tax] = pieces.get(tax, ZERO) + line.quantity
    sums = []
    for tax, base in bases.items():
        if tax.included:
            amount = charged[tax]
        elif tax.kind == "fixed":
            amount = rounded(pieces[tax] * tax.rate, currency)
        else:
            amount = rounded(base * tax.rate / HUNDRED, currency)
        sums.append(TaxSum(tax, base, amount))
    net = sum(nets, ZERO)
    tax_total = sum((one.amount for one in sums), ZERO)
    return Totals(nets, sums, net, tax_total, net + tax_total)


def _by_included(lines: Sequence[Priced]) -> dict[tuple[TaxFacts, ...], list[int]]:
    groups: dict[tuple[TaxFacts, ...], list[int]] = {}
    for i, line in enumerate(lines):
        groups.setdefault(tuple(tax for tax in dict.fromkeys(line.taxes) if tax.included), []).append(i)
    return groups


def _without(grosses: list[Decimal], rate: Decimal, currency: str) -> list[Decimal]:
    """Gross amounts without a tax of `rate` percent: rounded once over their sum, then split over them."""
    gross = sum(grosses, ZERO)
    net = rounded(gross * HUNDRED / (HUNDRED + rate), currency)
    if gross:
        return split(net, grosses, currency)
    each = [rounded(amount * HUNDRED / (HUNDRED + rate), currency) for amount in grosses]
    each[-1] += net - sum(each, ZERO)
    return each
