"""What people and neighbours ask for, line by line, and the checks that keep nonsense out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from nazorg.catalogue.models import Product
from nazorg.catalogue.taxes import Priced, TaxFacts
from nazorg.core.money import ZERO, rounded
from nazorg.core.refusals import Refused

MOST_QUANTITY = Decimal(10) ** 9
MOST_MONEY = Decimal(10) ** 12
MOST_LINES = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class LineInput:
    """A line of an invoice as asked for.

    `taxes` are catalogue Taxes or TaxFacts; None takes the product's. `price` None takes the product's.
    """

    product: object | None = None
    description: str = ""
    quantity: Decimal = Decimal(1)
    price: Decimal | None = None
    discount: Decimal = ZERO
    taxes: Sequence | None = None
    unit: object | None = None
    sold_line: object | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineChange:
    """What a line of a draft credit note becomes. None leaves as it is; a line that is not named is dropped."""

    line_id: int
    quantity: Decimal | None = None
    price: Decimal | None = None
    discount: Decimal | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True)
class CreditLine:
    """What to credit of an invoice line: a quantity, or an amount without tax; neither means all that is left."""

    line_id: int
    quantity: Decimal | None = None
    amount: Decimal | None = None


def check_number(value, *, field: str, most: Decimal, digits: int, zero: bool = False) -> Decimal:
    """The value as a decimal above zero (or from zero) with no more than `digits` decimals; refused otherwise."""
    if isinstance(value, float):
        raise TypeError("a float comes nowhere near money")
    value = Decimal(value)
    if not value.is_finite() or value < 0 or (value == 0 and not zero):
        raise Refused(_("“%s” will not do here. Give a number above zero.") % value, field=field, code="bad_number")
    if value > most:
        raise Refused(_("%(value)s is too large. The most is %(most)s.") % {"value": value, "most": most}, field=field, code="bad_number")
    if value != round(value, digits):
        raise Refused(_("%(value)s has more than %(digits)d decimals.") % {"value": value.normalize(), "digits": digits}, field=field, code="bad_number")
    return value


def check_amount(value, currency: str, *, field: str = "amount") -> Decimal:
    """An amount above zero at the currency's minor units; refused otherwise."""
    value = check_number(value, field=field, most=MOST_MONEY, digits=6)
    if value != rounded(value, currency):
        raise Refused(_("%(value)s is finer than %(currency)s can be paid.") % {"value": value.normalize(), "currency": currency}, field=field, code="bad_number")
    return value


@dataclass(frozen=True, slots=True)
class Drawn:
    """A line made ready to be written: checked, and completed from its product."""

    product: object | None
    description: str
    unit: object | None
    sold_line: object | None
    priced: Priced


def drawn(lines: Sequence[LineInput]) -> list[Drawn]:
    """The lines completed from their products; refused when one makes no sense."""
    if not lines:
        raise Refused(_("There are no lines yet. Add what is sold."), field="lines", code="no_lines")
    if len(lines) > MOST_LINES:
        raise Refused(_("A document has at most %d lines. Make several.") % MOST_LINES, field="lines", code="too_many_lines")
    taxes = _taxes_of_products({line.product.pk for line in lines if line.product is not None and line.taxes is None})
    ready = []
    for line in lines:
        product = line.product
        description = (line.description or (product.name if product else "")).replace("\x00", "").strip()
        if not description:
            raise Refused(_("Describe each line, or choose a product for it."), field="description", code="no_description")
        price = line.price if line.price is not None else product.price if product else ZERO
        if line.taxes is None:
            facts = taxes.get(product.pk, ()) if product else ()
        else:
            facts = tuple(one if isinstance(one, TaxFacts) else TaxFacts.of(one) for one in line.taxes)
        priced = Priced(
            check_number(line.quantity, field="quantity", most=MOST_QUANTITY, digits=4),
            check_number(price, field="price", most=MOST_MONEY, digits=6, zero=True),
            check_number(line.discount, field="discount", most=Decimal(100), digits=4, zero=True),
            tuple(dict.fromkeys(facts)),
        )
        if priced.exact > MOST_MONEY:
            raise Refused(_("This line is worth more than a document can hold."), field="price", code="bad_number")
        ready.append(Drawn(product, description[:300], line.unit or (product.unit if product else None), line.sold_line, priced))
    return ready


def _taxes_of_products(ids: set[int]) -> dict[int, tuple[TaxFacts, ...]]:
    found: dict[int, list[TaxFacts]] = {}
    if ids:
        rows = Product.taxes.through.objects.filter(product_id__in=ids).select_related("tax").order_by("tax__rate", "tax__name")
        for row in rows:
            found.setdefault(row.product_id, []).append(TaxFacts.of(row.tax))
    return {pk: tuple(facts) for pk, facts in found.items()}
