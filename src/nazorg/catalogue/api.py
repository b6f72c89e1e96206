"""Products over the API."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from django.conf import settings
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from pydantic import Field

from nazorg.access.rules import must
from nazorg.catalogue import actions, queries
from nazorg.catalogue.models import Category, Product, Tax, Unit
from nazorg.core.refusals import Refused
from nazorg.core.rest import DecimalText, In, MoneyOut, Page, Router, Schema, made, paged, plain

router = Router("products")
ROUTERS = [("/products", router)]


class PriceOut(Schema):
    """A price, which may be finer than the currency's minor units."""

    amount: str
    currency: str


class ProductOut(Schema):
    id: int
    code: str
    name: str
    kind: str
    category: str
    unit: str
    price: PriceOut
    taxes: list[str]
    tracking: str
    barcode: str
    description: str
    warranty_months: int
    is_archived: bool
    url: str

    @classmethod
    def of(cls, product: Product) -> ProductOut:
        return cls(
            id=product.pk, code=product.code, name=product.name, kind=product.kind, category=str(product.category or ""), unit=product.unit.code,
            price=price_out(product.price, product.currency), taxes=[tax.name for tax in product.taxes.all()], tracking=product.tracking,
            barcode=product.barcode, description=product.description, warranty_months=product.warranty_months, is_archived=product.is_archived,
            url=product.get_absolute_url(),
        )


def price_out(price: Decimal, currency: str) -> PriceOut:
    """At the minor units, or with all its digits where it is finer."""
    at_units = MoneyOut.of(price, currency)
    return PriceOut(amount=at_units.amount if Decimal(at_units.amount) == price else plain(price), currency=currency)


Months = Annotated[int, Field(ge=0, le=1200)]


class ProductIn(In):
    code: str
    name: str
    kind: Literal["goods", "service"] = "goods"
    category: str = ""
    unit: str = "pc"
    price: DecimalText = Decimal(0)
    currency: str = settings.BOOKS_CURRENCY
    taxes: list[str] = []
    tracking: Literal["none", "serial", "lot"] = "none"
    barcode: str = ""
    description: str = ""
    warranty_months: Months = 24


class ProductChange(In):
    """Only what is sent is changed."""

    code: str | None = None
    name: str | None = None
    kind: Literal["goods", "service"] | None = None
    category: str | None = None
    unit: str | None = None
    price: DecimalText | None = None
    currency: str | None = None
    taxes: list[str] | None = None
    tracking: Literal["none", "serial", "lot"] | None = None
    barcode: str | None = None
    description: str | None = None
    warranty_months: Months | None = None
    is_archived: bool | None = None


def _all(user):
    must(user, "catalogue.view_product")
    return queries.visible_to(user).select_related("unit", "category").prefetch_related("taxes")


@router.get("/", response=Page[ProductOut], summary="List products")
def listing(request, q: str = "", code: str = "", archived: bool = False, limit: int = 50, cursor: str | None = None):
    found = queries.matching(_all(request.user).filter(is_archived=archived), q[:200])
    if code:
        found = found.filter(code__iexact=code.replace("\x00", ""))
    return paged(request, found, limit, cursor, ProductOut.of)


@router.get("/{int:pk}", response=ProductOut, summary="One product")
def one(request, pk: int):
    return ProductOut.of(get_object_or_404(_all(request.user), pk=pk))


@router.post("/", response={201: ProductOut}, summary="Add a product")
def add(request, payload: ProductIn):
    def do():
        product = actions.add(**_named(payload.dict()), by=request.user, at=timezone.now())
        return ProductOut.of(product).model_dump(mode="json")

    return made(request, body=payload.dict(), scope="products", do=do)


@router.patch("/{int:pk}", response=ProductOut, summary="Change a product")
def change(request, pk: int, payload: ProductChange):
    product = get_object_or_404(_all(request.user), pk=pk)
    given = {name: value for name, value in payload.dict(exclude_unset=True).items() if value is not None}
    actions.change(product=product, **_named(given), by=request.user, at=timezone.now())
    return ProductOut.of(get_object_or_404(_all(request.user), pk=pk))


def _named(given: dict) -> dict:
    """The records that a body names: category, unit and taxes by their names."""
    if "category" in given:
        given["category"] = _one(Category, "category", name=given["category"]) if given["category"] else None
    if "unit" in given:
        given["unit"] = _one(Unit, "unit", code=given["unit"])
    if "taxes" in given:
        given["taxes"] = [_one(Tax, "taxes", name=name, is_archived=False) for name in given["taxes"][:20]]
    return given


def _one(model, field: str, **by):
    if (found := model.objects.filter(**by).first()) is None:
        raise Refused(_("There is no “%(name)s” among the %(kind)s.") % {"name": next(iter(by.values()))[:60], "kind": model._meta.verbose_name_plural}, field=field, code="unknown")
    return found
