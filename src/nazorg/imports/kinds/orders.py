"""Orders, and quotations that are still open."""

from __future__ import annotations

from datetime import datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from nazorg.core.money import ZERO
from nazorg.core.refusals import Refused
from nazorg.imports import lookups
from nazorg.imports.fields import Field
from nazorg.imports.importer import Importer
from nazorg.invoicing.lines import LineInput
from nazorg.sales import actions as sales
from nazorg.sales.models import Order


class Orders(Importer):
    app = "sales"
    kind, key, groups = "orders", "number", True
    label = _l("Orders")
    help = _l("One row for each line; rows with the same number are one order. They keep the numbers that they have.")
    head = ("customer", "contact", "on", "currency", "reference", "state", "total")
    fields = (
        Field("number", _l("Order number"), required=True, max_length=40,
              synonyms=("order", "order id", "order no", "sales order", "bestelnummer", "ordernummer", "bestelling", "nummer")),
        Field("customer", _l("Customer"), _l("Number, e-mail address or name."), required=True, max_length=254,
              synonyms=("customer id", "customer ref", "customer number", "client", "klant", "klantnummer")),
        Field("contact", _l("Contact"), _l("Somebody who works at the customer."), max_length=254, synonyms=("contact person", "contactpersoon")),
        Field("on", _l("Order date"), kind="day", required=True, synonyms=("date", "ordered on", "order date", "purchased at", "besteldatum", "orderdatum", "datum")),
        Field("state", _l("State"), _l("Empty: confirmed."), kind="choice", synonyms=("status", "order status", "staat"),
              choices={"quotation": "quotation", "draft": "quotation", "quote": "quotation", "offerte": "quotation", "confirmed": "confirmed", "sale": "confirmed",
                       "done": "confirmed", "delivered": "confirmed", "shipped": "confirmed", "invoiced": "confirmed", "bevestigd": "confirmed", "geleverd": "confirmed",
                       "afgerond": "confirmed", "cancelled": "cancelled", "canceled": "cancelled", "geannuleerd": "cancelled"}),
        Field("currency", _l("Currency"), _l("Its three letters. Empty: that of the books."), max_length=3, synonyms=("currency code", "munt", "valuta")),
        Field("product", _l("Product"), _l("Code or barcode. Empty: a line of its description alone."), max_length=60,
              synonyms=("product code", "sku", "stockcode", "item", "item code", "article", "artikel", "artikelnummer", "artikelcode", "productcode", "product id")),
        Field("description", _l("Description"), max_length=300, synonyms=("line", "text", "omschrijving", "beschrijving")),
        Field("quantity", _l("Quantity"), _l("Empty: 1."), kind="number", synonyms=("qty", "aantal", "hoeveelheid")),
        Field("price", _l("Price"), _l("Per unit. Empty: that of the price list."), kind="number", synonyms=("unit price", "unitprice", "prijs", "eenheidsprijs", "stukprijs")),
        Field("discount", _l("Discount in %"), kind="number", synonyms=("discount", "discount percent", "korting", "korting %")),
        Field("tax", _l("Tax"), _l("A rate such as 21, or the name of a tax. Without this column: the product's taxes."), max_length=60,
              synonyms=("vat", "vat rate", "tax rate", "btw", "btw-tarief", "btw %")),
        Field("tax_included", _l("Price includes tax"), kind="yes_no", synonyms=("including vat", "vat included", "incl btw", "btw inbegrepen")),
        Field("reference", _l("Customer's reference"), max_length=60, synonyms=("reference", "customer reference", "po number", "referentie", "klantreferentie")),
        Field("total", _l("Total"), _l("With tax. When it is given, the order must come to it."), kind="number", synonyms=("total amount", "order total", "totaal", "totaalbedrag")),
    )

    def there(self, references):
        return dict(Order.objects.filter(number__in=references).values_list("number", "pk"))

    def load(self, rows):
        first = rows[0]
        at = datetime.combine(first["on"], time(12), ZoneInfo(self.form.timezone))
        order = sales.draft(
            customer=lookups.party(first["customer"]), contact=lookups.party(first["contact"]) if first["contact"] else None,
            lines=[self._line(values) for values in rows], on=first["on"], currency=first["currency"].upper() or None, reference=first["reference"],
            number=first["number"], by=self.by, at=at,
        )
        if first["total"] is not None and first["total"] != order.total:
            raise Refused(
                _("Its lines come to %(ours)s, the file says %(theirs)s. Check prices, discounts and tax.") % {"ours": order.money, "theirs": first["total"]},
                field="total", code="other_total",
            )
        state = first["state"] or "confirmed"
        if state == "confirmed":
            sales.confirm(order=order, by=self.by, at=at)
        elif state == "cancelled":
            sales.cancel(order=order, by=self.by, at=at)
        return order.pk

    def _line(self, values: dict) -> LineInput:
        product = lookups.product(values["product"]) if values["product"] else None
        taxes = None
        if values["tax"]:
            taxes = [lookups.tax(values["tax"], included=values["tax_included"], on=product)]
        elif "tax" in self.mapped.values():
            taxes = []
        return LineInput(
            product=product, description=values["description"], quantity=values["quantity"] if values["quantity"] is not None else Decimal(1),
            price=values["price"], discount=values["discount"] or ZERO, taxes=taxes,
        )
