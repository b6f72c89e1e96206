"""Products and services."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from nazorg.catalogue import actions as catalogue
from nazorg.catalogue.models import Category, Product, Unit
from nazorg.catalogue.queries import by_codes
from nazorg.core.refusals import Refused
from nazorg.imports import lookups
from nazorg.imports.fields import Field
from nazorg.imports.importer import Importer

GOODS, SERVICE = Product.Kind.GOODS, Product.Kind.SERVICE


class Products(Importer):
    kind, key = "products", "code"
    label = _l("Products")
    help = _l("One row for each product or service.")
    fields = (
        Field("code", _l("Code"), _l("The product's own code, by which orders and invoices name it."), required=True, max_length=60,
              synonyms=("sku", "product code", "item code", "stock code", "stockcode", "article number", "artikelnummer", "artikelcode", "productcode", "reference", "referentie", "ref")),
        Field("name", _l("Name"), required=True, max_length=200,
              synonyms=("product", "product name", "title", "item", "naam", "productnaam", "artikel", "omschrijving", "description short")),
        Field("kind", _l("Goods or service"), _l("Empty: goods."), kind="choice", synonyms=("type", "product type", "soort", "producttype"),
              choices={"goods": GOODS, "product": GOODS, "storable": GOODS, "consumable": GOODS, "service": SERVICE, "goederen": GOODS, "dienst": SERVICE, "artikel": GOODS}),
        Field("category", _l("Category"), _l("Made when it is new."), max_length=80, synonyms=("product category", "group", "categorie", "productgroep", "groep")),
        Field("unit", _l("Unit"), _l("Its code, such as pc or kg. Empty: pieces."), max_length=40, synonyms=("uom", "unit of measure", "eenheid")),
        Field("price", _l("Price"), kind="number", synonyms=("unit price", "unitprice", "sales price", "list price", "prijs", "verkoopprijs", "eenheidsprijs")),
        Field("currency", _l("Currency"), max_length=3, synonyms=("currency code", "munt", "valuta")),
        Field("tax", _l("Tax"), _l("A rate such as 21, or the name of a tax; several with a semicolon between."), max_length=200,
              synonyms=("vat", "vat rate", "tax rate", "taxes", "btw", "btw-tarief", "btw percentage", "btw %")),
        Field("tax_included", _l("Price includes tax"), kind="yes_no", synonyms=("including vat", "vat included", "incl btw", "btw inbegrepen", "inclusief btw")),
        Field("barcode", _l("Barcode"), max_length=40, synonyms=("ean", "gtin", "upc", "ean code", "streepjescode")),
        Field("tracking", _l("Serial numbers"), _l("serial, lot or none."), kind="choice", synonyms=("tracked by", "serienummers", "opvolging"),
              choices={"none": "none", "serial": "serial", "lot": "lot", "geen": "none", "serienummer": "serial", "ja": "serial", "yes": "serial", "no": "none", "nee": "none"}),
        Field("warranty_months", _l("Warranty in months"), kind="number", synonyms=("warranty", "garantie", "garantie in maanden")),
        Field("description", _l("Description"), max_length=20_000, synonyms=("long description", "details", "beschrijving", "notes")),
    )

    def there(self, references):
        found = by_codes(references)
        return {reference: found[code].pk for reference in references if (code := reference.strip().upper()) in found}

    def load(self, rows):
        values = rows[0]
        months = values["warranty_months"] if values["warranty_months"] is not None else Decimal(24)
        if months != int(months) or not 0 <= months <= 1200:
            raise Refused(_("A warranty is a whole number of months, at most 1200."), field="warranty_months", code="bad_warranty")
        product = catalogue.add(
            code=values["code"], name=values["name"], kind=values["kind"] or GOODS, category=self._category(values["category"]), unit=self._unit(values["unit"]),
            price=values["price"] if values["price"] is not None else Decimal(0), currency=values["currency"] or settings.BOOKS_CURRENCY,
            taxes=[lookups.tax(one.strip(), included=values["tax_included"]) for one in values["tax"].split(";") if one.strip()],
            tracking=values["tracking"] or "none", barcode=values["barcode"], description=values["description"], warranty_months=int(months),
            by=self.by, at=self.at,
        )
        return product.pk

    def _category(self, name: str) -> Category | None:
        if not name:
            return None
        return Category.objects.filter(name__iexact=name).first() or catalogue.save_category(name=name, by=self.by, at=self.at)

    @staticmethod
    def _unit(code: str) -> Unit | None:
        if not code:
            return None
        unit = Unit.objects.filter(code__iexact=code).first() or Unit.objects.filter(name__iexact=code).first()
        if unit is None:
            raise Refused(
                _("There is no unit “%(code)s”. Use one of: %(all)s.") % {"code": code, "all": ", ".join(Unit.objects.values_list("code", flat=True))},
                field="unit", code="no_unit",
            )
        return unit
