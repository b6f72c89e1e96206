"""Forms of deliveries and stock adjustments."""

from __future__ import annotations

from decimal import Decimal

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from nazorg.catalogue.models import Product
from nazorg.inventory.actions import DeliveryLineInput
from nazorg.inventory.models import Delivery, StockAdjustment
from nazorg.parties.models import Party
from nazorg.ui.forms import Amount, Date, Lookup
from nazorg.ui.pages import Asked, WithKey


def _goods():
    return Product.objects.filter(is_archived=False, kind=Product.Kind.GOODS).order_by("name")


class DeliveryForm(Asked, WithKey):
    class Meta:
        model = Delivery
        fields = ["customer", "planned_on", "origin", "reference", "address"]
        widgets = {"customer": Lookup(url=reverse_lazy("parties:lookup"), placeholder=_("Search a customer…")), "planned_on": Date}
        help_texts = {
            "origin": _("The order that it delivers. To deliver an order, plan the delivery on the order's page."),
            "reference": _("The carrier's number."),
            "address": _("Leave it empty for the customer's own."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["customer"].queryset = Party.objects.filter(is_archived=False).order_by("name")

    def clean_address(self) -> str | None:
        return self.cleaned_data["address"] or None


class LineForm(forms.Form):
    product = forms.ModelChoiceField(
        Product.objects.none(), label=_("Product"), required=False, widget=Lookup(url=reverse_lazy("catalogue:lookup"), placeholder=_("Search a product…")),
    )
    quantity = forms.DecimalField(label=_("Quantity"), max_digits=16, decimal_places=4, required=False, initial=1, widget=Amount)
    serial = forms.CharField(label=_("Serial number"), max_length=80, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["product"].queryset = _goods()


class BaseLines(BaseFormSet):
    def as_lines(self) -> list[DeliveryLineInput]:
        filled = [form.cleaned_data for form in self.forms if form.cleaned_data and form.cleaned_data.get("product")]
        return [
            DeliveryLineInput(product=one["product"], quantity=Decimal(1) if one["quantity"] is None else one["quantity"], serial=one["serial"]) for one in filled
        ]


Lines = formset_factory(LineForm, formset=BaseLines, extra=3, max_num=200, absolute_max=250, validate_max=True)


class AdjustmentForm(Asked, WithKey):
    class Meta:
        model = StockAdjustment
        fields = ["product", "quantity", "on", "reason", "reference"]
        widgets = {"product": Lookup(url=reverse_lazy("catalogue:lookup"), placeholder=_("Search a product…")), "quantity": Amount, "on": Date}
        help_texts = {"quantity": _("Above zero for what was found, below for what was lost or broken.")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["product"].queryset = _goods()
