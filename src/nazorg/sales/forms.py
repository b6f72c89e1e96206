"""The editor of a quotation: its head and its lines in one form."""

from __future__ import annotations

from decimal import Decimal

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nazorg.catalogue.models import PriceList, Product
from nazorg.invoicing.lines import LineInput
from nazorg.parties.models import Party
from nazorg.sales.models import Order
from nazorg.ui.forms import Amount, Date, Lookup
from nazorg.ui.pages import Asked, WithKey


class OrderForm(Asked, WithKey):
    class Meta:
        model = Order
        fields = ["customer", "contact", "on", "reference", "price_list", "payment_term"]
        widgets = {
            "customer": Lookup(url=reverse_lazy("parties:lookup"), placeholder=gettext_lazy("Search a customer…")),
            "contact": Lookup(url=reverse_lazy("parties:lookup_person"), placeholder=gettext_lazy("Search a contact…")),
            "on": Date,
        }
        help_texts = {
            "reference": gettext_lazy("The customer's own number for it."),
            "price_list": gettext_lazy("It also decides the currency."),
            "contact": gettext_lazy("Who ordered, where the customer is a company."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        people = Party.objects.filter(is_archived=False).order_by("name")
        self.fields["customer"].queryset = people
        self.fields["contact"].queryset = people.filter(kind=Party.Kind.PERSON)
        self.fields["price_list"].empty_label = _("The default one")
        self.fields["price_list"].queryset = PriceList.objects.order_by("name")


class LineForm(forms.Form):
    product = forms.ModelChoiceField(
        Product.objects.filter(is_archived=False).order_by("name"), label=gettext_lazy("Product"), required=False,
        widget=Lookup(url=reverse_lazy("catalogue:lookup"), placeholder=gettext_lazy("Search a product…")),
    )
    description = forms.CharField(label=gettext_lazy("Description"), max_length=300, required=False)
    quantity = forms.DecimalField(label=gettext_lazy("Quantity"), max_digits=16, decimal_places=4, required=False, initial=1, widget=Amount)
    price = forms.DecimalField(label=gettext_lazy("Price"), max_digits=18, decimal_places=6, required=False, widget=Amount)
    discount = forms.DecimalField(label=gettext_lazy("Discount %"), max_digits=7, decimal_places=4, required=False, widget=Amount)
    keep = forms.IntegerField(required=False, widget=forms.HiddenInput)
    """The line's id, so that its taxes and unit stay unless another product is chosen."""
    remove = forms.BooleanField(label=gettext_lazy("Remove"), required=False)

    @property
    def is_filled(self) -> bool:
        given = self.cleaned_data
        return not given.get("remove") and bool(given.get("product") or given.get("description"))


class BaseLines(BaseFormSet):
    def as_lines(self, there: dict[int, object]) -> list[LineInput]:
        """The filled rows; a row without a price takes the price list's."""
        lines = []
        for form in self.forms:
            if not form.cleaned_data or not form.is_filled:
                continue
            given, kept = form.cleaned_data, there.get(form.cleaned_data.get("keep"))
            same = kept is not None and kept.product == given["product"]
            lines.append(LineInput(
                product=given["product"], description=given["description"], quantity=Decimal(1) if given["quantity"] is None else given["quantity"],
                price=given["price"], discount=given["discount"] or Decimal(0), taxes=kept.tax_facts if same else None if given["product"] else (),
                unit=kept.unit if same else None,
            ))
        return lines


Lines = formset_factory(LineForm, formset=BaseLines, extra=3, max_num=500, absolute_max=600, validate_max=True)
