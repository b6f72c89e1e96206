"""Posted invoices of the system before this one: they keep their numbers."""

from __future__ import annotations

from datetime import datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from nazorg.catalogue.taxes import TaxFacts
from nazorg.core.money import ZERO, check_currency
from nazorg.core.refusals import Refused
from nazorg.imports import lookups
from nazorg.imports.fields import Field
from nazorg.imports.importer import Importer
from nazorg.invoicing import actions as invoicing
from nazorg.invoicing.bulk import BulkDocument, BulkLine, post_many
from nazorg.invoicing.models import Document


class Invoices(Importer):
    app = "invoicing"
    kind, key, groups = "invoices", "number", True
    label = _l("Invoices")
    help = _l("One row for each line; rows with the same number are one invoice. They are booked under the numbers that they have.")
    head = ("customer", "on", "due_on", "currency", "reference", "order", "total", "paid")
    fields = (
        Field("number", _l("Invoice number"), required=True, max_length=40,
              synonyms=("invoice", "invoice no", "invoiceno", "invoice id", "document", "document number", "factuurnummer", "factuur", "factuurnr", "nummer")),
        Field("customer", _l("Customer"), _l("Number, e-mail address or name."), required=True, max_length=254,
              synonyms=("customer id", "customerid", "customer ref", "customer number", "client", "klant", "klantnummer", "klantnr", "debiteur", "debiteurnummer")),
        Field("on", _l("Invoice date"), kind="day", required=True, synonyms=("date", "invoicedate", "issued", "issued on", "factuurdatum", "datum")),
        Field("due_on", _l("Due date"), kind="day", synonyms=("due", "due on", "payment due", "vervaldatum", "vervaldag")),
        Field("currency", _l("Currency"), _l("Its three letters. Empty: that of the books."), max_length=3, synonyms=("currency code", "munt", "valuta")),
        Field("product", _l("Product"), _l("Code or barcode. Empty: a line of its description alone."), max_length=60,
              synonyms=("product code", "sku", "stockcode", "stock code", "item", "item code", "article", "artikel", "artikelnummer", "artikelcode", "productcode")),
        Field("description", _l("Description"), max_length=300, synonyms=("line", "text", "omschrijving", "beschrijving", "regel")),
        Field("quantity", _l("Quantity"), _l("Empty: 1."), kind="number", synonyms=("qty", "number of units", "aantal", "hoeveelheid")),
        Field("price", _l("Price"), _l("Per unit."), kind="number", required=True, synonyms=("unit price", "unitprice", "prijs", "eenheidsprijs", "stukprijs")),
        Field("discount", _l("Discount in %"), kind="number", synonyms=("discount", "discount percent", "korting", "korting %")),
        Field("tax", _l("Tax"), _l("A rate such as 21, or the name of a tax. Without this column: the product's taxes."), max_length=60,
              synonyms=("vat", "vat rate", "tax rate", "btw", "btw-tarief", "btw %", "btw percentage")),
        Field("tax_included", _l("Price includes tax"), kind="yes_no", synonyms=("including vat", "vat included", "incl btw", "btw inbegrepen", "inclusief btw")),
        Field("reference", _l("Reference"), max_length=400, synonyms=("customer reference", "your reference", "po number", "referentie", "uw referentie", "klantreferentie")),
        Field("order", _l("Order"), max_length=60, synonyms=("order number", "order no", "order id", "bestelling", "bestelnummer", "ordernummer")),
        Field("total", _l("Total"), _l("With tax. When it is given, the invoice must come to it."), kind="number",
              synonyms=("total amount", "invoice total", "grand total", "totaal", "factuurbedrag", "totaalbedrag")),
        Field("paid", _l("Paid"), _l("What has been paid of it."), kind="number", synonyms=("amount paid", "paid amount", "betaald", "betaald bedrag")),
    )

    def there(self, references):
        return dict(Document.objects.filter(number__in=references).values_list("number", "pk"))

    def load(self, rows):
        first = rows[0]
        currency = (first["currency"] or settings.BOOKS_CURRENCY).upper()
        try:
            check_currency(currency)
        except ValidationError as wrong:
            raise Refused(wrong.messages[0], field="currency", code="bad_currency") from None
        on = first["on"]
        if first["due_on"] and first["due_on"] < on:
            raise Refused(_("The invoice would be due before its own date."), field="due_on", code="bad_dates")
        document = BulkDocument(
            kind="invoice", number=first["number"], customer_id=lookups.party(first["customer"]).pk, currency=currency, on=on, due_on=first["due_on"] or on,
            made_at=datetime.combine(on, time(12), ZoneInfo(self.form.timezone)), reference=first["reference"], origin=first["order"],
            lines=[self._line(values) for values in rows],
        )
        post_many(documents=[document], by=self.by, at=self.at)
        invoice = Document.objects.get(number=first["number"])
        if first["total"] is not None and first["total"] != invoice.total:
            raise Refused(
                _("Its lines come to %(ours)s, the file says %(theirs)s. Check prices, discounts and tax.")
                % {"ours": invoice.money, "theirs": first["total"]},
                field="total", code="other_total",
            )
        if first["paid"]:
            invoicing.register_payment(invoice=invoice, amount=first["paid"], on=max(on, invoice.due_on), by=self.by, at=self.at)
        return invoice.pk

    def _line(self, values: dict) -> BulkLine:
        product = lookups.product(values["product"]) if values["product"] else None
        description = values["description"] or (product.name if product else "")
        if not description:
            raise Refused(_("A line needs a product or a description."), field="description", code="no_description")
        quantity = values["quantity"] if values["quantity"] is not None else Decimal(1)
        discount = values["discount"] or ZERO
        judge(quantity, values["price"], discount)
        return BulkLine(
            product_id=product.pk if product else None, description=description, quantity=quantity, price=values["price"],
            unit_id=product.unit_id if product else None, discount=discount, taxes=taxes_of(values, product, "tax" in self.mapped.values()),
        )


def judge(quantity: Decimal, price: Decimal | None, discount: Decimal) -> None:
    """Refuse figures that no line of a document has."""
    if quantity <= 0 or quantity >= 10**9:
        raise Refused(_("%s is not a quantity of a line: give one above zero.") % quantity, field="quantity", code="bad_quantity")
    if price is not None and not 0 <= price < 10**10:
        raise Refused(_("%s is not a price of a line: give one from zero on.") % price, field="price", code="bad_price")
    if not 0 <= discount <= 100:
        raise Refused(_("A discount is a percentage from 0 to 100."), field="discount", code="bad_discount")
    if quantity != round(quantity, 4) or (price is not None and price != round(price, 6)) or discount != round(discount, 4):
        raise Refused(_("A quantity has at most 4 decimals, a price 6, a discount 4."), field="quantity", code="too_fine")


def taxes_of(values: dict, product, has_column: bool) -> tuple[TaxFacts, ...]:
    """The taxes of a line: what its column says, else the product's."""
    if values["tax"]:
        return (TaxFacts.of(lookups.tax(values["tax"], included=values["tax_included"], on=product)),)
    if has_column or product is None:
        return ()
    return tuple(TaxFacts.of(tax) for tax in product.taxes.all())
