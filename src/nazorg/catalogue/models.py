"""What can be sold: products and services, their units, taxes and prices."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Concat, Lower, Upper
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from nazorg.core.money import CurrencyField, PriceField, QuantityField


class Unit(models.Model):
    """A unit of measure: `factor` says how many of the dimension's base unit it is (kg 1000 where g is 1)."""

    class Dimension(models.TextChoices):
        COUNT = "count", _("Count")
        WEIGHT = "weight", _("Weight")
        LENGTH = "length", _("Length")
        VOLUME = "volume", _("Volume")
        TIME = "time", _("Time")

    code = models.CharField(_("code"), max_length=12, unique=True)
    name = models.CharField(_("name"), max_length=40)
    dimension = models.CharField(_("dimension"), max_length=10, choices=Dimension, default=Dimension.COUNT)
    factor = models.DecimalField(_("factor"), max_digits=18, decimal_places=9, default=1)
    unece = models.CharField(_("UN/ECE code"), max_length=3, default="C62")
    """UN/ECE Recommendation 20, as electronic invoices name units."""

    class Meta:
        ordering = ["dimension", "factor", "code"]
        verbose_name, verbose_name_plural = _("unit"), _("units")
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=Q(factor__gt=0), name="a_unit_measures_something")]

    def __str__(self) -> str:
        return self.code


class Tax(models.Model):
    """A tax as it is charged today; documents keep their own copy of what was charged."""

    class Kind(models.TextChoices):
        PERCENT = "percent", _("Percentage")
        FIXED = "fixed", _("Fixed amount per unit")

    name = models.CharField(_("name"), max_length=60, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.PERCENT)
    rate = models.DecimalField(_("rate"), max_digits=9, decimal_places=4)
    """Percent, or money per unit."""
    category = models.CharField(_("category"), max_length=2, default="S")
    """EN 16931 VAT category (UNCL 5305): S standard, Z zero, E exempt, AE reverse charge, K intra-community, G export, O outside."""
    is_included = models.BooleanField(_("included in the price"), default=False)
    is_archived = models.BooleanField(_("archived"), default=False)

    class Meta:
        ordering = ["rate", "name"]
        verbose_name, verbose_name_plural = _("tax"), _("taxes")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(rate__gte=0), name="a_tax_is_not_negative"),
            models.CheckConstraint(condition=Q(kind="percent") | Q(is_included=False), name="a_fixed_tax_comes_on_top"),
        ]

    def __str__(self) -> str:
        return self.name


class Category(models.Model):
    """A group of products."""

    name = models.CharField(_("name"), max_length=80, unique=True)

    class Meta:
        ordering = ["name"]
        verbose_name, verbose_name_plural = _("category"), _("categories")
        default_permissions = ()

    def __str__(self) -> str:
        return self.name


class Product(models.Model):
    """Something that is sold: goods that can be delivered and come back, or a service."""

    class Kind(models.TextChoices):
        GOODS = "goods", _("Goods")
        SERVICE = "service", _("Service")

    class Tracking(models.TextChoices):
        NONE = "none", _("Not tracked")
        SERIAL = "serial", _("By serial number")
        LOT = "lot", _("By lot")

    code = models.CharField(_("code"), max_length=60)
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.GOODS)
    category = models.ForeignKey(Category, models.PROTECT, null=True, blank=True, verbose_name=_("category"))
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name=_("unit"))
    price = PriceField(_("price"), default=0)
    currency = CurrencyField(_("currency"), default=settings.BOOKS_CURRENCY)
    taxes = models.ManyToManyField(Tax, blank=True, verbose_name=_("taxes"))
    tracking = models.CharField(_("tracking"), max_length=10, choices=Tracking, default=Tracking.NONE)
    barcode = models.CharField(_("barcode"), max_length=40, blank=True)
    description = models.TextField(_("description"), blank=True)
    warranty_months = models.PositiveSmallIntegerField(_("warranty in months"), default=24)
    """From delivery. At least 24 for consumer goods in the EU (Directive (EU) 2019/771, article 10)."""
    is_archived = models.BooleanField(_("archived"), default=False)
    words = models.GeneratedField(
        expression=Lower(Concat("code", Value(" "), "name", Value(" "), "barcode")), output_field=models.TextField(), db_persist=True,
    )
    """What the search box looks through."""

    class Meta:
        verbose_name, verbose_name_plural = _("product"), _("products")
        default_permissions = ()
        permissions = [("view_product", _("See products and prices")), ("edit_product", _("Add and change products and prices"))]
        indexes = [models.Index(fields=["name", "id"]), GinIndex(OpClass("words", "gin_trgm_ops"), name="words_of_products")]
        constraints = [
            models.UniqueConstraint(Upper("code"), name="a_code_names_one_product"),
            models.CheckConstraint(condition=Q(price__gte=0), name="a_price_is_not_negative"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("catalogue:product", args=[self.pk])


class PriceList(models.Model):
    """Prices for some customers, channels or seasons, in one currency."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    currency = CurrencyField(_("currency"), default=settings.BOOKS_CURRENCY)
    is_default = models.BooleanField(_("default"), default=False)

    class Meta:
        ordering = ["name"]
        verbose_name, verbose_name_plural = _("price list"), _("price lists")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["currency"], condition=Q(is_default=True), name="one_default_price_list_per_currency")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("catalogue:price_list", args=[self.pk])


class Price(models.Model):
    """A product's price in a price list from a quantity on, within dates (both inclusive)."""

    price_list = models.ForeignKey(PriceList, models.CASCADE, related_name="prices")
    product = models.ForeignKey(Product, models.CASCADE, related_name="prices", verbose_name=_("product"))
    minimum = QuantityField(_("from quantity"), default=0)
    price = PriceField(_("price"))
    starts_on = models.DateField(_("from"), null=True, blank=True)
    ends_on = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        ordering = ["product__name", "product_id", "minimum", "starts_on"]
        verbose_name, verbose_name_plural = _("price"), _("prices")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(price__gte=0, minimum__gte=0), name="a_list_price_is_not_negative"),
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(starts_on__lte=models.F("ends_on")), name="a_price_begins_before_it_ends",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product} {self.price}"
