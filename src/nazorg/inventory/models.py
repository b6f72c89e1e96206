"""What left for customers, and corrections of the stock: lean records, until locations and moves come."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from nazorg.conversation.models import HasThread
from nazorg.core.money import QuantityField
from nazorg.core.transitions import Transitions


class Delivery(HasThread):
    """Goods on their way to a customer, or arrived there."""

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        DONE = "done", _("Delivered")
        CANCELLED = "cancelled", _("Cancelled")

    STEPS = Transitions({State.PLANNED: {State.DONE, State.CANCELLED}})

    number = models.CharField(_("number"), max_length=40, unique=True)
    customer = models.ForeignKey("parties.Party", models.PROTECT, related_name="deliveries", verbose_name=_("customer"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PLANNED)
    origin = models.CharField(_("origin"), max_length=60, blank=True)
    """The number of the order that it delivers."""
    reference = models.CharField(_("reference"), max_length=60, blank=True)
    """The carrier's number, or that of the system that an import read."""
    address = models.CharField(_("address"), max_length=400, blank=True)
    planned_on = models.DateField(_("planned for"))
    delivered_at = models.DateTimeField(_("delivered"), null=True, blank=True)
    made_at = models.DateTimeField(editable=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+")

    class Meta:
        verbose_name, verbose_name_plural = _("delivery"), _("deliveries")
        default_permissions = ()
        permissions = [("view_delivery", _("See deliveries and stock adjustments")), ("edit_delivery", _("Ship deliveries and adjust the stock"))]
        indexes = [
            models.Index(fields=["-planned_on", "-id"]),
            models.Index(fields=["origin"], condition=Q(origin__gt=""), name="delivery_by_origin"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="done", delivered_at__isnull=False) | (~Q(state="done") & Q(delivered_at=None)), name="delivered_means_when",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("inventory:delivery", args=[self.pk])


class DeliveryLine(models.Model):
    """A quantity of a product in a delivery, of one serial if it is tracked so."""

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField()
    product = models.ForeignKey("catalogue.Product", models.PROTECT, null=True, related_name="+", verbose_name=_("product"))
    description = models.CharField(_("description"), max_length=300)
    quantity = QuantityField(_("quantity"))
    unit = models.ForeignKey("catalogue.Unit", models.PROTECT, null=True, related_name="+", verbose_name=_("unit"))
    serial = models.CharField(_("serial number"), max_length=80, blank=True)
    sold_line = models.ForeignKey("entitlements.SoldLine", models.PROTECT, null=True, blank=True, related_name="delivery_lines")

    class Meta:
        ordering = ["position", "id"]
        default_permissions = ()
        indexes = [models.Index(fields=["serial"], condition=Q(serial__gt=""), name="delivery_line_by_serial")]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="a_delivery_line_delivers_something"),
            models.CheckConstraint(condition=Q(serial="") | Q(quantity=1), name="a_serial_is_one_unit"),
        ]

    def __str__(self) -> str:
        return self.description


class StockAdjustment(models.Model):
    """A correction of the stock, above zero for found and below for lost. Append-only: a trigger refuses change and removal."""

    product = models.ForeignKey("catalogue.Product", models.PROTECT, related_name="+", verbose_name=_("product"))
    quantity = QuantityField(_("quantity"))
    on = models.DateField(_("date"))
    reason = models.CharField(_("reason"), max_length=200)
    reference = models.CharField(_("reference"), max_length=60, blank=True)
    made_at = models.DateTimeField(editable=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+")

    class Meta:
        verbose_name, verbose_name_plural = _("stock adjustment"), _("stock adjustments")
        default_permissions = ()
        indexes = [models.Index(fields=["-on", "-id"]), models.Index(fields=["product", "-on"])]
        constraints = [
            models.CheckConstraint(condition=~Q(quantity=0), name="an_adjustment_changes_something"),
            models.UniqueConstraint(fields=["reference", "product"], condition=Q(reference__gt=""), name="a_reference_adjusts_a_product_once"),
        ]

    def __str__(self) -> str:
        return f"{self.product} {self.quantity:+}"
