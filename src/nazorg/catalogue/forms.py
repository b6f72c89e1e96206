"""Forms of products, price lists and the tables that products choose from."""

from __future__ import annotations

from decimal import Decimal

from django import forms
from django.conf import settings
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from nazorg.catalogue.models import Category, Price, PriceList, Product, Tax, Unit
from nazorg.core.money import known_currencies
from nazorg.ui.forms import Amount, Autosize, Date, Lookup, Switch
from nazorg.ui.pages import Asked, WithKey

USUAL = ("EUR", "GBP", "USD", "CHF")


def currencies() -> list[tuple[str, str]]:
    """For a select: the books' own currency, the usual ones, then all the others."""
    first = dict.fromkeys((settings.BOOKS_CURRENCY, *USUAL))
    return [(code, code) for code in (*first, *sorted(known_currencies() - set(first)))]


class ProductForm(Asked, WithKey):
    class Meta:
        model = Product
        fields = ["name", "code", "kind", "category", "unit", "price", "currency", "taxes", "tracking", "warranty_months", "barcode", "description"]
        widgets = {"kind": forms.RadioSelect, "taxes": forms.CheckboxSelectMultiple, "price": Amount, "description": Autosize}
        help_texts = {
            "code": _("Short and its own: it stands on labels and in imports."),
            "price": _("For one unit, with or without tax as its taxes say. Price lists may say otherwise."),
            "warranty_months": _("From delivery. At least 24 for goods sold to consumers in the EU."),
            "tracking": _("By serial number: each unit that leaves has a number of its own."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = Product.Kind.choices
        chosen = self.instance.taxes.values("pk") if self.instance.pk else []
        self.fields["taxes"].queryset = (Tax.objects.filter(is_archived=False) | Tax.objects.filter(pk__in=chosen)).order_by("name")
        self.fields["currency"] = forms.ChoiceField(label=_("Currency"), choices=currencies(), initial=settings.BOOKS_CURRENCY)
        self.fields["description"].max_length = 20_000


class PriceListForm(Asked):
    class Meta:
        model = PriceList
        fields = ["name", "currency", "is_default"]
        widgets = {"is_default": Switch}
        help_texts = {"is_default": _("Orders in this currency take it unless another one is chosen.")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["currency"] = forms.ChoiceField(label=_("Currency"), choices=currencies(), initial=settings.BOOKS_CURRENCY)


class PriceForm(Asked):
    class Meta:
        model = Price
        fields = ["product", "price", "minimum", "starts_on", "ends_on"]
        widgets = {"product": Lookup(url=reverse_lazy("catalogue:lookup"), placeholder=_("Search a product…")), "price": Amount, "starts_on": Date, "ends_on": Date}

    def __init__(self, *args, currency: str = "", **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["product"].queryset = Product.objects.filter(is_archived=False).order_by("name")
        self.fields["price"].widget.currency = currency

    def clean_minimum(self) -> Decimal:
        return self.cleaned_data["minimum"] or Decimal(0)


class CategoryForm(Asked):
    class Meta:
        model = Category
        fields = ["name"]


class UnitForm(Asked):
    class Meta:
        model = Unit
        fields = ["code", "name", "dimension", "factor", "unece"]
        help_texts = {
            "factor": _("How many of the smallest unit it is: 1000 for a kilogram where a gram is 1."),
            "unece": _("As electronic invoices name it (UN/ECE Recommendation 20): C62 for a piece, KGM for a kilogram."),
        }


class TaxForm(Asked):
    class Meta:
        model = Tax
        fields = ["name", "kind", "rate", "category", "is_included", "is_archived"]
        widgets = {"is_included": Switch, "is_archived": Switch}
        help_texts = {
            "rate": _("Percent, or money per unit."),
            "is_included": _("The price that people see has it inside."),
            "is_archived": _("Nobody can choose it any more; what has it keeps it."),
        }

    CATEGORIES = [
        ("S", _("S: standard or reduced rate")), ("Z", _("Z: zero rate")), ("E", _("E: exempt")), ("AE", _("AE: reverse charge")),
        ("K", _("K: within the EU")), ("G", _("G: export")), ("O", _("O: outside VAT")),
    ]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["category"] = forms.ChoiceField(label=_("VAT category"), choices=self.CATEGORIES, initial="S")
