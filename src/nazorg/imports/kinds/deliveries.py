"""Deliveries, with serial numbers: from them the warranty runs."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from nazorg.core.refusals import Refused
from nazorg.imports import lookups
from nazorg.imports.fields import Field
from nazorg.imports.importer import Importer
from nazorg.inventory import actions as inventory
from nazorg.inventory.actions import DeliveryLineInput
from nazorg.inventory.models import Delivery
from nazorg.inventory.queries import quantities
from nazorg.sales.models import OrderLine


class Deliveries(Importer):
    app = "inventory"
    kind, key, groups = "deliveries", "number", True
    label = _l("Deliveries")
    help = _l("One row for each line; rows with the same number are one delivery. With a day of arrival it is delivered, without one planned.")
    head = ("customer", "order", "planned_on", "delivered", "reference", "address")
    fields = (
        Field("number", _l("Delivery number"), required=True, max_length=40,
              synonyms=("delivery", "delivery id", "delivery no", "shipment", "shipment number", "leveringsnummer", "levering", "leverbon", "pakbon", "zending")),
        Field("customer", _l("Customer"), _l("Number, e-mail address or name."), required=True, max_length=254,
              synonyms=("customer id", "customer ref", "customer number", "client", "klant", "klantnummer")),
        Field("order", _l("Order"), _l("When the order is here, the delivery is one of its lines."), max_length=60,
              synonyms=("order number", "order no", "order id", "origin", "bestelling", "bestelnummer", "ordernummer")),
        Field("planned_on", _l("Planned for"), kind="day", synonyms=("planned", "planned date", "shipped on", "ship date", "shipped at", "date", "gepland", "verzonden op", "verzenddatum", "datum")),
        Field("delivered", _l("Delivered"), kind="moment", synonyms=("delivered at", "delivered on", "delivery date", "arrived", "geleverd", "geleverd op", "leverdatum", "bezorgd op")),
        Field("product", _l("Product"), _l("Code or barcode. Empty: a line of its description alone."), max_length=60,
              synonyms=("product code", "sku", "stockcode", "item", "article", "artikel", "artikelnummer", "artikelcode", "productcode", "product id")),
        Field("description", _l("Description"), max_length=300, synonyms=("text", "omschrijving", "beschrijving")),
        Field("quantity", _l("Quantity"), _l("Empty: 1."), kind="number", synonyms=("qty", "aantal", "hoeveelheid")),
        Field("serial", _l("Serial number"), max_length=80, synonyms=("serial", "serial no", "imei", "serienummer", "serienr")),
        Field("reference", _l("Carrier's number"), max_length=60, synonyms=("tracking", "tracking number", "track and trace", "barcode", "referentie", "carrier reference")),
        Field("address", _l("Address"), _l("Empty: the customer's."), max_length=400, synonyms=("delivery address", "ship to", "adres", "leveradres", "afleveradres")),
    )

    def there(self, references):
        return dict(Delivery.objects.filter(number__in=references).values_list("number", "pk"))

    def load(self, rows):
        first = rows[0]
        on = first["planned_on"] or (first["delivered"].date() if first["delivered"] else None)
        if on is None:
            raise Refused(_("A delivery needs the day for which it is planned, or on which it arrived."), field="planned_on", code="no_day")
        customer = lookups.party(first["customer"])
        left = self._sold_lines(first["order"], customer)
        delivery = inventory.record_delivery(
            customer=customer, lines=[self._line(values, left) for values in rows], planned_on=on, origin=first["order"], reference=first["reference"],
            address=first["address"] or None, number=first["number"], by=self.by, at=self.at,
        )
        if first["delivered"]:
            inventory.deliver(delivery=delivery, by=self.by, at=first["delivered"])
        return delivery.pk

    @staticmethod
    def _sold_lines(order: str, customer) -> list[list]:
        """The order's lines that can still be delivered: [line, quantity left]."""
        if not order:
            return []
        lines = OrderLine.objects.filter(sold_line__isnull=False, order__customer__root=customer.root_id).select_related("sold_line")
        found = list(lines.filter(order__number=order)) or list(lines.filter(order__reference=order))
        there = quantities([line.sold_line_id for line in found])
        return [[line, line.sold_line.quantity - there.get(line.sold_line_id, (0, Decimal(0)))[1]] for line in found]

    @staticmethod
    def _line(values: dict, left: list[list]) -> DeliveryLineInput:
        product = lookups.product(values["product"]) if values["product"] else None
        quantity = values["quantity"] if values["quantity"] is not None else Decimal(1)
        sold_line = None
        for one in left:
            line, rest = one
            if product is not None and line.product_id == product.pk and rest >= quantity:
                sold_line, one[1] = line.sold_line, rest - quantity
                break
        return DeliveryLineInput(product=product, quantity=quantity, description=values["description"], serial=values["serial"], sold_line=sold_line)
