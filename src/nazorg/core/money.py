"""Money: rounding, splitting and carrying amounts. The one place that rounds an amount.

Amounts are `Decimal`, always at the minor units of their currency; prices may have more digits than that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

from babel.core import get_global
from babel.numbers import get_currency_precision
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

ZERO = Decimal(0)


@cache
def minor_units(currency: str) -> int:
    """How many digits the currency has behind the comma (ISO 4217 as CLDR tells it): EUR 2, JPY 0, KWD 3."""
    return get_currency_precision(currency)


@cache
def _step(currency: str) -> Decimal:
    return Decimal(1).scaleb(-minor_units(currency))


def rounded(amount: Decimal, currency: str) -> Decimal:
    """The amount at the currency's minor units, halves away from zero, as Belgian and Dutch invoices round."""
    return amount.quantize(_step(currency), rounding=ROUND_HALF_UP)


def split(total: Decimal, weights: Sequence[Decimal], currency: str) -> list[Decimal]:
    """`total` shared out by `weights`, to the minor unit, with nothing lost.

    Shares come back in the order of the weights and add up to `total` exactly: each is rounded down, then the units
    that remain go one by one to the largest remainders (Hamilton's method), the earlier share first among equals.
    """
    if not weights:
        raise ValueError("split needs at least one weight")
    whole = sum(weights, ZERO)
    if not whole:
        weights, whole = [Decimal(1)] * len(weights), Decimal(len(weights))
    step = _step(currency)
    exact = [total * weight / whole for weight in weights]
    shares = [(value / step).to_integral_value(rounding="ROUND_FLOOR") * step for value in exact]
    left = int((total - sum(shares, ZERO)) / step)
    by_remainder = sorted(range(len(weights)), key=lambda i: (shares[i] - exact[i], i))
    for i in by_remainder[:left]:
        shares[i] += step
    return shares


@dataclass(frozen=True, slots=True)
class Money:
    """An amount and its currency, for carrying to where it is shown."""

    amount: Decimal
    currency: str

    def __str__(self) -> str:
        return f"{self.currency} {rounded(self.amount, self.currency)}"


@cache
def known_currencies() -> frozenset[str]:
    """The ISO 4217 codes that are in use somewhere today."""
    today: set[str] = set()
    for uses in get_global("territory_currencies").values():
        today |= {code for code, _start, end, tender in uses if end is None and tender}
    return frozenset(today)


def check_currency(code: str) -> None:
    if code not in known_currencies():
        raise ValidationError(_("“%(code)s” is not a currency. Use its three letters, such as EUR."), params={"code": code})


class AmountField(models.DecimalField):
    """An amount of money, wide enough for every currency's minor units."""

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("max_digits", 18)
        kwargs.setdefault("decimal_places", 3)
        super().__init__(*args, **kwargs)


class PriceField(models.DecimalField):
    """A price per unit, which may be finer than the currency's minor units."""

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("max_digits", 18)
        kwargs.setdefault("decimal_places", 6)
        super().__init__(*args, **kwargs)


class QuantityField(models.DecimalField):
    """A quantity in the unit that stands beside it."""

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("max_digits", 16)
        kwargs.setdefault("decimal_places", 4)
        super().__init__(*args, **kwargs)


class CurrencyField(models.CharField):
    """An ISO 4217 code."""

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("max_length", 3)
        kwargs.setdefault("validators", [check_currency])
        super().__init__(*args, **kwargs)
