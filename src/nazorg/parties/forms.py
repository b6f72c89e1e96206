"""Forms of customers, their addresses and their contacts."""

from __future__ import annotations

from django import forms
from django.forms import formset_factory
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from nazorg.parties import countries
from nazorg.parties.actions import AddressInput
from nazorg.parties.models import Address, Party
from nazorg.ui.forms import Lookup
from nazorg.ui.pages import Asked, WithKey


class PartyForm(Asked, WithKey):
    """A customer; what it is called, how it is reached, which company it belongs to."""

    class Meta:
        model = Party
        fields = ["kind", "name", "company", "email", "phone", "language", "vat_number", "reference"]
        widgets = {
            "kind": forms.RadioSelect,
            "company": Lookup(url=reverse_lazy("parties:lookup_company"), placeholder=_("Search a company…")),
        }
        help_texts = {
            "company": _("A contact counts as their company: what the company bought is theirs too."),
            "vat_number": _("With the letters of its country, such as BE0123456749."),
            "reference": _("Their number in the shop or in another system."),
            "language": _("In which we write to them."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["company"].queryset = Party.objects.filter(kind=Party.Kind.COMPANY, is_archived=False).order_by("name")
        self.fields["kind"].choices = Party.Kind.choices
        self.fields["vat_number"].max_length = 40


class AddressForm(forms.ModelForm):
    id = forms.IntegerField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Address
        fields = ["use", "street", "postcode", "city", "country"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["country"] = forms.ChoiceField(label=_("Country"), required=False, choices=countries.choices())
        self.empty_permitted = True

    def as_input(self) -> AddressInput:
        given = self.cleaned_data
        return AddressInput(
            street=given.get("street", ""), postcode=given.get("postcode", ""), city=given.get("city", ""), country=given.get("country", ""),
            use=given.get("use") or Address.Use.MAIN, id=given.get("id"),
        )


class ContactForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=200, required=False)
    email = forms.EmailField(label=_("E-mail address"), required=False)
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)

    def clean(self):
        given = super().clean()
        if not given.get("name") and (given.get("email") or given.get("phone")):
            self.add_error("name", _("Give the contact a name."))
        return given


AddressForms = formset_factory(AddressForm, extra=1, max_num=20, absolute_max=40, validate_max=True)
ContactForms = formset_factory(ContactForm, extra=2, max_num=50, absolute_max=60, validate_max=True)
