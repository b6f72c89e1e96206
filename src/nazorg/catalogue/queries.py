"""Finding products and what they cost."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Upper

from nazorg.access.rules import may
from nazorg.catalogue.models import Category, Price, PriceList, Product, Tax, Unit


def visible_to(user) -> QuerySet[Product]:
    """The products that this person may see: all of them, or none."""
    products = Product.objects.defer("words")
    return products if may(user, "catalogue.view_product") else products.none()


def matching(products: QuerySet[Product], text: str) -> QuerySet[Product]:
    """Those whose code, name or barcode contains each of the words."""
    for word in text.replace("\x00", "").lower().split()[:6]:
        products = products.filter(words__contains=word)
    return products


def search(user, text: str) -> QuerySet[Product]:
    """Products in use that a few letters may mean, by name."""
    return matching(visible_to(user).filter(is_archived=False), text).select_related("unit").order_by("name", "id")


def price_lists(user) -> QuerySet[PriceList]:
    """The price lists, with how many prices each has as `price_count`."""
    lists = PriceList.objects.annotate(price_count=Count("prices")).order_by("-is_default", "name")
    return lists if may(user, "catalogue.view_product") else lists.none()


def prices(user) -> QuerySet[Price]:
    rows = Price.objects.select_related("product", "price_list")
    return rows if may(user, "catalogue.view_product") else rows.none()


def default_price_list(currency: str) -> PriceList | None:
    return PriceList.objects.filter(currency=currency, is_default=True).first()


def price_of(product: Product, price_list: PriceList | None, quantity: Decimal, on: date) -> Decimal | None:
    """What one unit of the product costs in a price list, for that quantity on that day.

    Of the prices in force the one with the largest minimum within the quantity counts, and of several such the one that
    began last. A product that the list does not name costs its own price, if that is in the list's currency; else None:
    somebody has to say a price.
    """
    if price_list is not None:
        found = (
            Price.objects.filter(price_list=price_list, product=product, minimum__lte=quantity)
            .filter(Q(starts_on=None) | Q(starts_on__lte=on), Q(ends_on=None) | Q(ends_on__gte=on))
            .order_by("-minimum", F("starts_on").desc(nulls_last=True), "-id")
            .values_list("price", flat=True)
            .first()
        )
        if found is not None:
            return found
        if price_list.currency != product.currency:
            return None
    return product.price


def by_codes(codes) -> dict[str, Product]:
    """Products by their codes in capitals."""
    wanted = {code.strip().upper() for code in codes}
    return {p.code.upper(): p for p in Product.objects.annotate(code_in_capitals=Upper("code")).filter(code_in_capitals__in=wanted).defer("words")}


def units() -> QuerySet[Unit]:
    return Unit.objects.order_by("dimension", "factor", "code")


def taxes(*, archived: bool = False) -> QuerySet[Tax]:
    return Tax.objects.filter(is_archived=archived).order_by("name")


def categories() -> QuerySet[Category]:
    """The categories, with how many products in use each has as `product_count`."""
    return Category.objects.annotate(product_count=Count("product", filter=Q(product__is_archived=False))).order_by("name")
