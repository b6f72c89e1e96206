"""What was sold to whom, and what was already given for it: one locked budget per sold line."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from nazorg.core.money import AmountField, CurrencyField, QuantityField


class SoldLine(models.Model):
    """This quantity (or this serial) of this product was sold to this customer at this net amount.

    Order lines, invoice lines and delivery lines of the same sale point here. `given_quantity` and `given_net` are the
    running sums of its allocations, kept in the same transaction; the database refuses more than was sold plus the
    goodwill that somebody approved.
    """

    customer = models.ForeignKey("parties.Party", models.PROTECT, related_name="sold_lines")
    product = models.ForeignKey("catalogue.Product", models.PROTECT, null=True, related_name="sold_lines")
    description = models.CharField(max_length=300)
    serial = models.CharField(max_length=80, blank=True)
    quantity = QuantityField()
    net = AmountField()
    currency = CurrencyField()
    sold_on = models.DateField()
    delivered_on = models.DateField(null=True)
    warranty_until = models.DateField(null=True)
    goodwill_net = AmountField(default=0)
    given_quantity = QuantityField(default=0)
    given_net = AmountField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["customer", "product"]), models.Index(fields=["customer", "-sold_on"]),
            models.Index(fields=["serial"], condition=Q(serial__gt=""), name="sold_line_by_serial"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="something_was_sold"),
            models.CheckConstraint(condition=Q(given_quantity__gte=0, given_quantity__lte=F("quantity")), name="given_for_no_more_units_than_were_sold"),
            models.CheckConstraint(condition=Q(given_net__gte=0, given_net__lte=F("net") + F("goodwill_net")), name="given_no_more_than_was_paid"),
        ]

    def __str__(self) -> str:
        return self.description

    @property
    def quantity_left(self):
        return self.quantity - self.given_quantity

    @property
    def net_left(self):
        return self.net + self.goodwill_net - self.given_net


class Allocation(models.Model):
    """Something given for a sold line, or taken back (below zero). Append-only: their sum is the line's `given_…`."""

    class Kind(models.TextChoices):
        CREDIT = "credit", _("Credit")
        RETURN = "return", _("Return")
        EXCHANGE = "exchange", _("Exchange")
        REPLACEMENT = "replacement", _("Replacement")
        REPAIR = "repair", _("Free repair")
        GOODWILL = "goodwill", _("Goodwill")
        REBILLED = "rebilled", _("Invoiced again")

    sold_line = models.ForeignKey(SoldLine, models.PROTECT, related_name="allocations")
    kind = models.CharField(max_length=12, choices=Kind)
    quantity = QuantityField(default=0)
    net = AmountField(default=0)
    document = models.CharField(max_length=60, blank=True)
    """What gave it, for people: a number, or “draft” with its id."""
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(quantity=0, net=0), name="an_allocation_gives_or_takes_something")]

    def __str__(self) -> str:
        return f"{self.kind} {self.quantity} {self.net}"
