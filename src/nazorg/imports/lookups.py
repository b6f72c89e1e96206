"""Finding the records that a file names: customers, products, taxes."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from nazorg.catalogue.models import Product, Tax
from nazorg.core.refusals import Refused
from nazorg.parties.models import Party


def party(text: str) -> Party:
    """The customer with this number, else this e-mail address, else this name if only one has it."""
    parties = Party.objects.select_related("company")
    for found in (parties.filter(reference=text), parties.filter(email__iexact=text), parties.filter(name__iexact=text)):
        some = list(found[:2])
        if len(some) == 1:
            return some[0]
        if some:
            raise Refused(_("More than one customer answers to “%s”. Name them by their number.") % text[:60], field="customer", code="not_one")
    raise Refused(_("No customer has the number, e-mail address or name “%s”. Import the customers first.") % text[:60], field="customer", code="not_found")


def product(text: str) -> Product:
    """The product with this code, else this barcode."""
    found = Product.objects.select_related("unit").filter(code__iexact=text).first()
    if found is None:
        some = list(Product.objects.select_related("unit").filter(barcode=text)[:2])
        found = some[0] if len(some) == 1 else None
    if found is None:
        raise Refused(_("No product has the code or barcode “%s”. Import the products first.") % text[:60], field="product", code="not_found")
    return found


def tax(text: str, *, included: bool | None = None, on: Product | None = None) -> Tax:
    """The tax of this name, or of this rate such as 21: the product's own if it has that rate."""
    named = Tax.objects.filter(name__iexact=text).first()
    if named is not None:
        return named
    try:
        rate = Decimal(text.rstrip("% ").replace(",", "."))
    except InvalidOperation:
        rate = None
    if rate is not None and rate.is_finite():
        candidates = [one for one in Tax.objects.filter(kind="percent", rate=rate, is_archived=False).order_by("pk")]
        if included is not None:
            candidates = [one for one in candidates if one.is_included == included]
        own = set(on.taxes.values_list("pk", flat=True)) if on is not None and candidates else set()
        candidates.sort(key=lambda one: (one.pk not in own, one.is_included, one.pk))
        if candidates:
            return candidates[0]
    raise Refused(_("There is no tax “%s”. Give the name of a tax or its rate, such as 21.") % text[:60], field="tax", code="not_found")
