"""Quotations and orders: what a customer asked for, at which prices."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Concat, Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from nazorg.catalogue.taxes import TaxFacts
from nazorg.conversation.models import HasThread
from nazorg.core.money import AmountField, CurrencyField, Money, PriceField, QuantityField
from nazorg.core.transitions import Transitions


class Order(HasThread):
    """What a customer orders. Its lines are sold when it is confirmed; invoices and deliveries then point at the same sold lines."""

    class State(models.TextChoices):
        QUOTATION = "quotation", _("Quotation")
        CONFIRMED = "confirmed", _("Confirmed")
        CANCELLED = "cancelled", _("Cancelled")

    STEPS = Transitions({State.QUOTATION: {State.CONFIRMED, State.CANCELLED}, State.CONFIRMED: {State.CANCELLED}})

    number = models.CharField(_("number"), max_length=40, unique=True)
    customer = models.ForeignKey("parties.Party", models.PROTECT, related_name="orders", verbose_name=_("customer"))
    contact = models.ForeignKey("parties.Party", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("contact"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.QUOTATION)
    price_list = models.ForeignKey("catalogue.PriceList", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("price list"))
    currency = CurrencyField(_("currency"))
    on = models.DateField(_("date"))
    reference = models.CharField(_("reference"), max_length=60, blank=True)
    """The customer's own number for it, or that of the system that an import read."""
    payment_term = models.ForeignKey("invoicing.PaymentTerm", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("payment term"))
    net = AmountField(_("without tax"), default=0)
    tax = AmountField(_("tax"), default=0)
    total = AmountField(_("total"), default=0)
    made_at = models.DateTimeField(editable=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+")
    confirmed_at = models.DateTimeField(null=True, editable=False)
    words = models.GeneratedField(
        expression=Lower(Concat("number", Value(" "), "reference")), output_field=models.TextField(), db_persist=True,
    )

    class Meta:
        verbose_name, verbose_name_plural = _("order"), _("orders")
        default_permissions = ()
        permissions = [("view_order", _("See quotations and orders")), ("edit_order", _("Make, confirm, invoice and cancel orders"))]
        indexes = [models.Index(fields=["-on", "-id"]), models.Index(fields=["state", "-on", "-id"])]
        constraints = [models.CheckConstraint(condition=Q(total=models.F("net") + models.F("tax")), name="an_order_total_is_net_plus_tax")]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("sales:order", args=[self.pk])

    @property
    def money(self) -> Money:
        return Money(self.total, self.currency)

    @property
    def is_quotation(self) -> bool:
        return self.state == self.State.QUOTATION

    @property
    def is_confirmed(self) -> bool:
        return self.state == self.State.CONFIRMED


class OrderLine(models.Model):
    """A line of an order, with the taxes as they were when it was written."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField()
    product = models.ForeignKey("catalogue.Product", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("product"))
    description = models.CharField(_("description"), max_length=300)
    quantity = QuantityField(_("quantity"))
    unit = models.ForeignKey("catalogue.Unit", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("unit"))
    price = PriceField(_("price"))
    discount = models.DecimalField(_("discount %"), max_digits=7, decimal_places=4, default=0)
    taxes = models.JSONField(default=list)
    """`TaxFacts.as_json()` of each tax."""
    net = AmountField(default=0)
    sold_line = models.ForeignKey("entitlements.SoldLine", models.PROTECT, null=True, blank=True, editable=False, related_name="order_lines")

    class Meta:
        ordering = ["position", "id"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="an_order_line_orders_something"),
            models.CheckConstraint(condition=Q(discount__gte=0, discount__lte=100), name="an_order_discount_is_a_percentage"),
        ]

    def __str__(self) -> str:
        return self.description

    @property
    def tax_facts(self) -> tuple[TaxFacts, ...]:
        return tuple(TaxFacts.from_json(one) for one in self.taxes)
