"""Adding and changing products, their prices, and the tables that they choose from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.db.models.functions import Upper
from django.utils.translation import gettext as _

from nazorg.access.rules import must
from nazorg.catalogue.models import Category, Price, PriceList, Product, Tax, Unit
from nazorg.catalogue.queries import by_codes
from nazorg.core.actions import action
from nazorg.core.checked import checked
from nazorg.core.money import ZERO
from nazorg.core.refusals import Refused

FIELDS = (
    "code", "name", "kind", "category", "unit", "price", "currency", "tracking", "barcode", "description", "warranty_months", "is_archived",
)
"""What `change` takes, beside `taxes`."""
LONGEST_DESCRIPTION = 20_000
MOST = Decimal(10) ** 10
"""A price at or above this is a slip of the finger."""


@action
def add(
    *, code: str, name: str, kind: str = Product.Kind.GOODS, category: Category | None = None, unit: Unit | None = None, price: Decimal = ZERO,
    currency: str = settings.BOOKS_CURRENCY, taxes: Sequence[Tax] = (), tracking: str = Product.Tracking.NONE, barcode: str = "", description: str = "",
    warranty_months: int = 24, by, at: datetime,
) -> Product:
    """A new product. Refused when its code is another's or a field does not fit."""
    must(by, "catalogue.edit_product")
    product = Product(
        code=code, name=name, kind=kind, category=category, unit=unit or the_piece(), price=price, currency=currency, tracking=tracking, barcode=barcode,
        description=description, warranty_months=warranty_months,
    )
    _tidy(product)
    product.save(force_insert=True)
    product.taxes.set(taxes)
    return product


@action
def change(*, product: Product, taxes: Sequence[Tax] | None = None, by, at: datetime, **fields) -> Product:
    """Change some fields, and with `taxes` its taxes. Documents keep what they were written with."""
    must(by, "catalogue.edit_product")
    if unknown := set(fields) - set(FIELDS):
        raise TypeError(f"a product has no {', '.join(sorted(unknown))}")
    product = Product.objects.select_for_update(of=("self",)).select_related("unit", "category").get(pk=product.pk)
    for name, value in fields.items():
        setattr(product, name, value)
    _tidy(product)
    product.save()
    if taxes is not None:
        product.taxes.set(taxes)
    return product


def the_piece() -> Unit:
    """The unit of what is counted."""
    return Unit.objects.filter(code="pc").first() or Unit.objects.order_by("pk").first()


def _tidy(product: Product) -> None:
    for name in ("code", "name", "barcode"):
        setattr(product, name, getattr(product, name).strip())
    product.currency = product.currency.strip().upper()
    if not product.code:
        raise Refused(_("A product needs a code of its own."), field="code", code="no_code")
    if not product.name:
        raise Refused(_("A product needs a name."), field="name", code="no_name")
    judge_price(product.price)
    if len(product.description) > LONGEST_DESCRIPTION:
        raise Refused(_("The description is longer than %d characters.") % LONGEST_DESCRIPTION, field="description", code="too_long")
    if product.kind == Product.Kind.SERVICE and product.tracking != Product.Tracking.NONE:
        raise Refused(_("A service has no serial number or lot. Leave it untracked."), field="tracking", code="bad_tracking")
    checked(product)
    other = Product.objects.annotate(code_in_capitals=Upper("code")).filter(code_in_capitals=product.code.upper()).exclude(pk=product.pk).first()
    if other is not None:
        raise Refused(
            _("The code %(code)s belongs to %(other)s already. Use another one.") % {"code": product.code, "other": other}, field="code", code="code_taken",
        )


def judge_price(price: Decimal, field: str = "price") -> None:
    """Refuse a price that nobody means."""
    if not isinstance(price, Decimal) or not price.is_finite():
        raise Refused(_("The price is not a number."), field=field, code="bad_price")
    if price < 0:
        raise Refused(_("A price is not negative. To give something back, make a credit note or use a discount."), field=field, code="bad_price")
    if price >= MOST:
        raise Refused(_("This price is too high to be meant. Check the decimal point."), field=field, code="bad_price")
    if -price.normalize().as_tuple().exponent > 6:
        raise Refused(_("A price has at most 6 decimals."), field=field, code="bad_price")


# Price lists ------------------------------------------------------------------------------------------------------------

@action
def save_price_list(*, price_list: PriceList | None = None, name: str, currency: str, is_default: bool = False, by, at: datetime) -> PriceList:
    """Add or change a price list. The new default takes over from the one before it, in the same currency."""
    must(by, "catalogue.edit_product")
    record = PriceList.objects.select_for_update().get(pk=price_list.pk) if price_list is not None else PriceList()
    if record.pk and record.currency != currency and record.prices.exists():
        raise Refused(_("The prices of this list are in %s. Make another list for another currency.") % record.currency, field="currency", code="has_prices")
    record.name, record.currency, record.is_default = name.strip(), currency.strip().upper(), is_default
    checked(record)
    _must_be_free(PriceList, record)
    if is_default:
        PriceList.objects.filter(currency=record.currency, is_default=True).exclude(pk=record.pk).update(is_default=False)
    record.save()
    return record


@action
def save_price(
    *, price_list: PriceList, product: Product, price: Decimal, minimum: Decimal = ZERO, starts_on: date | None = None, ends_on: date | None = None,
    row: Price | None = None, by, at: datetime,
) -> Price:
    """Add a price to a list, or change the `row` of it. Refused when the same quantity and dates have a price already."""
    must(by, "catalogue.edit_product")
    price_list = PriceList.objects.select_for_update().get(pk=price_list.pk)
    judge_price(price)
    if minimum < 0:
        raise Refused(_("The quantity from which a price counts is not negative."), field="minimum", code="bad_quantity")
    if starts_on and ends_on and ends_on < starts_on:
        raise Refused(_("This price would end before it begins."), field="ends_on", code="bad_dates")
    row = row or Price(price_list=price_list)
    row.product, row.price, row.minimum, row.starts_on, row.ends_on = product, price, minimum, starts_on, ends_on
    checked(row)
    if Price.objects.filter(price_list=price_list, product=product, minimum=minimum, starts_on=starts_on, ends_on=ends_on).exclude(pk=row.pk).exists():
        raise Refused(_("The list has a price of this product for that quantity and those days. Change that one."), field="product", code="has_price")
    row.save()
    return row


@action
def remove_price(*, row: Price, by, at: datetime) -> None:
    """Take a price off its list. Documents keep the price that they were written with."""
    must(by, "catalogue.edit_product")
    Price.objects.filter(pk=row.pk).delete()


# Tables of choices ------------------------------------------------------------------------------------------------------

@action
def save_category(*, category: Category | None = None, name: str, by, at: datetime) -> Category:
    must(by, "catalogue.edit_product")
    record = category or Category()
    record.name = name.strip()
    return _save(Category, record)


@action
def save_unit(*, unit: Unit | None = None, code: str, name: str, dimension: str, factor: Decimal, unece: str = "C62", by, at: datetime) -> Unit:
    """Add or change a unit. The factor of one that products use stays: quantities would say something else overnight."""
    must(by, "catalogue.edit_product")
    record = Unit.objects.select_for_update().get(pk=unit.pk) if unit is not None else Unit()
    if record.pk and (record.factor != factor or record.dimension != dimension) and Product.objects.filter(unit=record).exists():
        raise Refused(_("Products use this unit, so it keeps its size. Add another unit."), field="factor", code="in_use")
    if not factor.is_finite() or factor <= 0:
        raise Refused(_("A unit measures more than nothing: give a factor above zero."), field="factor", code="bad_factor")
    record.code, record.name, record.dimension, record.factor, record.unece = code.strip(), name.strip(), dimension, factor, unece.strip().upper()
    return _save(Unit, record, unique="code")


@action
def save_tax(
    *, tax: Tax | None = None, name: str, kind: str, rate: Decimal, category: str, is_included: bool, is_archived: bool = False, by, at: datetime,
) -> Tax:
    """Add or change a tax. Documents that were written keep the tax as it was."""
    must(by, "catalogue.edit_product")
    record = Tax.objects.select_for_update().get(pk=tax.pk) if tax is not None else Tax()
    if kind == Tax.Kind.FIXED and is_included:
        raise Refused(_("A fixed amount comes on top of the price. Only a percentage can be included."), field="is_included", code="bad_tax")
    if not rate.is_finite() or rate < 0 or (kind == Tax.Kind.PERCENT and rate > 100):
        raise Refused(_("A rate is from 0 to 100 percent, or an amount that is not negative."), field="rate", code="bad_rate")
    if category not in VAT_CATEGORIES:
        raise Refused(_("“%s” is not a VAT category of EN 16931.") % category[:10], field="category", code="bad_category")
    if rate and kind == Tax.Kind.PERCENT and category != "S":
        raise Refused(_("Only the category S (standard) has a rate above zero."), field="category", code="bad_category")
    record.name, record.kind, record.rate, record.category = name.strip(), kind, rate, category
    record.is_included, record.is_archived = is_included, is_archived
    return _save(Tax, record)


VAT_CATEGORIES = ("S", "Z", "E", "AE", "K", "G", "O")


@action
def remove(*, record: Category | Unit | Tax | PriceList, by, at: datetime) -> None:
    """Remove a row of a table that nothing uses."""
    must(by, "catalogue.edit_product")
    if isinstance(record, Tax) and record.product_set.exists():
        raise Refused(_("Products have the tax “%s”. Archive it, then nobody can choose it any more.") % record, code="in_use")
    if isinstance(record, PriceList) and record.is_default:
        raise Refused(_("“%s” is the default of its currency. Make another list the default first.") % record, code="is_default")
    try:
        with transaction.atomic():
            record.delete()
    except ProtectedError:
        raise Refused(_("“%s” is used elsewhere, so it stays.") % record, code="in_use") from None


def _save(model, record, unique: str = "name"):
    checked(record)
    _must_be_free(model, record, unique)
    record.save()
    return record


def _must_be_free(model, record, unique: str = "name") -> None:
    value = getattr(record, unique)
    if not value:
        raise Refused(_("This needs a name."), field=unique, code="no_name")
    if model.objects.filter(**{unique: value}).exclude(pk=record.pk).exists():
        raise Refused(_("There is a “%s” already. Choose another name.") % value, field=unique, code="name_taken")


# Imports ----------------------------------------------------------------------------------------------------------------

@dataclass(frozen=True, slots=True)
class NewProduct:
    """A product as an import read it: `unit` and `taxes` by code and by names, `category` by a name that is made when it is new."""

    code: str
    name: str
    kind: str = Product.Kind.GOODS
    category: str = ""
    unit: str = "pc"
    price: Decimal = ZERO
    currency: str = settings.BOOKS_CURRENCY
    taxes: tuple[str, ...] = ()
    tracking: str = Product.Tracking.NONE
    barcode: str = ""
    description: str = ""
    warranty_months: int = 24


class Choices:
    """The units, taxes and categories that rows name, fetched once for many rows."""

    def __init__(self):
        self.units = {unit.code: unit for unit in Unit.objects.all()}
        self.taxes = {tax.name: tax for tax in Tax.objects.filter(is_archived=False)}
        self.categories = {category.name: category for category in Category.objects.all()}


def judged(*, row: NewProduct, choices: Choices) -> Product:
    """The product that a row would become, not saved and without its category; Refused says what does not fit."""
    product = Product(
        code=row.code.strip(), name=row.name.strip(), kind=row.kind, price=row.price, currency=row.currency.strip().upper(), tracking=row.tracking,
        barcode=row.barcode.strip(), description=row.description, warranty_months=row.warranty_months, unit=choices.units.get(row.unit),
    )
    if product.unit_id is None:
        raise Refused(_("There is no unit “%s”.") % row.unit[:20], field="unit", code="no_unit")
    if unknown := [name for name in row.taxes if name not in choices.taxes]:
        raise Refused(_("There is no tax “%s”.") % unknown[0][:60], field="taxes", code="no_tax")
    if not product.code or not product.name:
        raise Refused(_("A product needs a code and a name."), field="code", code="no_code")
    judge_price(product.price)
    checked(Category(name=row.category.strip() or "–"))
    return checked(product)


@action
def add_many(*, rows: Sequence[NewProduct], by, at: datetime) -> dict[str, Product]:
    """Add those whose code is not known yet; gives for each code, in capitals, the product. Doing it twice adds nothing."""
    must(by, "catalogue.edit_product")
    wanted = {row.code.strip().upper(): row for row in rows}
    found = by_codes(wanted)
    new = {code: row for code, row in wanted.items() if code not in found}
    choices = Choices()
    names = {row.category.strip() for row in new.values() if row.category.strip()}
    made = {code: judged(row=row, choices=choices) for code, row in new.items()}
    Category.objects.bulk_create([Category(name=name) for name in sorted(names - set(choices.categories))], ignore_conflicts=True)
    categories = {category.name: category for category in Category.objects.filter(name__in=names)}
    for code, product in made.items():
        product.category = categories.get(new[code].category.strip())
    try:
        with transaction.atomic():
            Product.objects.bulk_create(made.values(), batch_size=1000)
    except IntegrityError:
        raise Refused(_("Somebody else is adding the same products now. Try again."), code="changed") from None
    through = Product.taxes.through
    through.objects.bulk_create(
        [through(product_id=product.pk, tax_id=choices.taxes[name].pk) for code, product in made.items() for name in new[code].taxes], batch_size=1000,
    )
    return {**{code: found[code] for code in wanted if code in found}, **made}
