"""Forms of drafts, payments and credits. They check shape; what may be done is said by the actions."""

from __future__ import annotations

from decimal import Decimal

from django import forms
from django.conf import settings
from django.forms import BaseFormSet, formset_factory
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from nazorg.catalogue.models import Product, Tax
from nazorg.catalogue.queries import taxes as taxes_of_today
from nazorg.catalogue.taxes import TaxFacts
from nazorg.core.money import known_currencies
from nazorg.invoicing.crediting import LineLeft
from nazorg.invoicing.lines import CreditLine, LineChange, LineInput
from nazorg.invoicing.models import Document, DocumentLine, PaymentTerm
from nazorg.ledger.queries import journals
from nazorg.parties.models import Party
from nazorg.ui.forms import Amount, Date, Lookup
from nazorg.ui.pages import Asked, WithKey


def plain(number: Decimal | None) -> str:
    """A number as a form shows it: without needless zeros, never with an exponent."""
    return "" if number is None else f"{number.normalize():f}"


def currency_choices() -> list[tuple[str, str]]:
    first = [settings.BOOKS_CURRENCY, "EUR", "GBP", "USD"]
    return [(code, code) for code in dict.fromkeys([*first, *sorted(known_currencies())])]


class InvoiceForm(Asked, WithKey):
    """The head of a draft invoice."""

    class Meta:
        model = Document
        fields = ["customer", "contact", "on", "due_on", "payment_term", "currency", "journal", "reference"]
        widgets = {
            "customer": Lookup(url=reverse_lazy("parties:lookup"), placeholder=_("Search a customer…")),
            "contact": Lookup(url=reverse_lazy("parties:lookup_person"), placeholder=_("Search a contact…")),
            "on": Date, "due_on": Date,
        }
        help_texts = {
            "due_on": _("Leave it empty to let the payment term decide."),
            "reference": _("The customer's own number for it."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        people = Party.objects.filter(is_archived=False).order_by("name")
        self.fields["customer"].queryset = people
        self.fields["contact"].queryset = people.filter(kind=Party.Kind.PERSON)
        self.fields["payment_term"].queryset = PaymentTerm.objects.all()
        self.fields["payment_term"].empty_label = "–"
        self.fields["journal"].queryset = journals("sales")
        self.fields["journal"].empty_label = None
        self.fields["currency"] = forms.ChoiceField(label=_("Currency"), choices=currency_choices())
        if self.instance.pk:
            self.fields["currency"].disabled = True


class CreditNoteForm(Asked, WithKey):
    """The head of a draft credit note."""

    class Meta:
        model = Document
        fields = ["on", "journal", "reference", "reason"]
        widgets = {"on": Date}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["journal"].queryset = journals("sales")
        self.fields["journal"].empty_label = None


class LineForm(forms.Form):
    """A line of a draft invoice."""

    product = forms.ModelChoiceField(
        Product.objects.filter(is_archived=False).order_by("name"), label=_("Product"), required=False,
        widget=Lookup(url=reverse_lazy("catalogue:lookup"), placeholder=_("Search a product…")),
    )
    description = forms.CharField(label=_("Description"), max_length=300, required=False)
    quantity = forms.DecimalField(label=_("Quantity"), max_digits=16, decimal_places=4, required=False, initial=1, widget=Amount)
    price = forms.DecimalField(label=_("Price"), max_digits=18, decimal_places=6, required=False, widget=Amount)
    discount = forms.DecimalField(label=_("Discount in %"), max_digits=7, decimal_places=4, required=False, widget=Amount)
    taxes = forms.ChoiceField(label=_("Tax"), required=False)
    keep = forms.IntegerField(required=False, widget=forms.HiddenInput)
    """The line's id: what it was sold by, its unit and its taxes stay."""
    remove = forms.BooleanField(label=_("Remove"), required=False)

    def __init__(self, *args, taxes: list[Tax], kept: dict[int, DocumentLine], **kwargs):
        super().__init__(*args, **kwargs)
        self.kept = kept.get(self.initial.get("keep"))
        first = _("As they are: %s") % ", ".join(tax["name"] for tax in self.kept.taxes) if self.kept and self.kept.taxes else _("Of the product")
        self.fields["taxes"].choices = [("", first), ("none", _("No tax")), *[(str(tax.pk), tax.name) for tax in taxes]]

    @property
    def is_filled(self) -> bool:
        given = self.cleaned_data
        return not given.get("remove") and bool(given.get("product") or given.get("description"))


class BaseLines(BaseFormSet):
    def __init__(self, *args, kept: dict[int, DocumentLine] | None = None, **kwargs):
        self.kept, self.taxes = kept or {}, list(taxes_of_today())
        super().__init__(*args, form_kwargs={"taxes": self.taxes, "kept": self.kept}, **kwargs)

    def as_lines(self) -> list[LineInput]:
        """The filled rows."""
        return [self._as_line(form.cleaned_data) for form in self.forms if form.cleaned_data and form.is_filled]

    def _as_line(self, given: dict) -> LineInput:
        kept = self.kept.get(given.get("keep"))
        same = kept is not None and kept.product_id == (given["product"].pk if given["product"] else None)
        by_id = {str(tax.pk): tax for tax in self.taxes}
        if given["taxes"]:
            taxes = [TaxFacts.of(by_id[given["taxes"]])] if given["taxes"] in by_id else []
        else:
            taxes = kept.tax_facts if same else None if given["product"] else ()
        return LineInput(
            product=given["product"], description=given["description"], quantity=Decimal(1) if given["quantity"] is None else given["quantity"],
            price=given["price"], discount=given["discount"] or Decimal(0), taxes=taxes, unit=kept.unit if same else None,
            sold_line=kept.sold_line if same else None,
        )


Lines = formset_factory(LineForm, formset=BaseLines, extra=4, max_num=500, absolute_max=600, validate_max=True)


class CreditedLineForm(forms.Form):
    """A line of a draft credit note."""

    line = forms.IntegerField(widget=forms.HiddenInput)
    description = forms.CharField(label=_("Description"), max_length=300)
    quantity = forms.DecimalField(label=_("Quantity"), max_digits=16, decimal_places=4, widget=Amount)
    price = forms.DecimalField(label=_("Price"), max_digits=18, decimal_places=6, widget=Amount)
    discount = forms.DecimalField(label=_("Discount in %"), max_digits=7, decimal_places=4, required=False, widget=Amount)
    remove = forms.BooleanField(label=_("Remove"), required=False)

    def as_change(self) -> LineChange | None:
        given = self.cleaned_data
        if given.get("remove"):
            return None
        return LineChange(
            line_id=given["line"], quantity=given["quantity"], price=given["price"], discount=given["discount"] or Decimal(0), description=given["description"],
        )


CreditedLines = formset_factory(CreditedLineForm, extra=0, max_num=2000, absolute_max=2000)


class CreditForm(WithKey):
    """How to credit an invoice, line by line."""

    METHODS = [("partial", _("A draft credit note, to be changed and confirmed")), ("full", _("In full, posted at once")), ("full_and_new", _("In full, and a new draft invoice"))]

    method = forms.ChoiceField(label=_("Method"), choices=METHODS, widget=forms.RadioSelect, initial="partial")
    reason = forms.CharField(label=_("Reason"), max_length=300, required=False)
    on = forms.DateField(label=_("Date"), widget=Date)
    expected = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, left: list[LineLeft], is_paid: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if is_paid:
            self.fields["method"].choices = self.METHODS[:1]
        self.left = [one for one in left if one.is_creditable]
        for one in self.left:
            self.fields[f"quantity_{one.line_id}"] = forms.DecimalField(
                label=_("Quantity"), max_digits=16, decimal_places=4, required=False, initial=plain(one.quantity_left), widget=Amount
            )

    def lines(self) -> list[CreditLine] | None:
        """What was asked for of each line; None means everything (full methods)."""
        if self.cleaned_data["method"] != "partial":
            return None
        asked = []
        for one in self.left:
            quantity = self.cleaned_data[f"quantity_{one.line_id}"]
            if quantity:
                whole = quantity == one.quantity_left
                asked.append(CreditLine(one.line_id) if whole else CreditLine(one.line_id, quantity=quantity))
        return asked


class PaymentForm(WithKey):
    """Money that came in or went out."""

    amount = forms.DecimalField(label=_("Amount"), max_digits=18, decimal_places=3)
    on = forms.DateField(label=_("Date"), widget=Date)
    journal = forms.ModelChoiceField(queryset=None, label=_("Journal"), empty_label=None)
    reference = forms.CharField(label=_("Reference"), max_length=200, required=False)

    def __init__(self, *args, currency: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["journal"].queryset = journals("bank")
        self.fields["amount"].widget = Amount(currency=currency)


class AccountPaymentForm(PaymentForm):
    """Money on a customer's account, for no document in particular."""

    direction = forms.ChoiceField(label=_("Direction"), choices=[("in", _("Received")), ("out", _("Paid out"))], widget=forms.RadioSelect, initial="in")
    currency = forms.ChoiceField(label=_("Currency"))
    field_order = ["direction", "amount", "currency", "on", "journal", "reference"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["currency"].choices = currency_choices()


class DayForm(WithKey):
    """A day, for what is undone on it."""

    on = forms.DateField(label=_("Date"), widget=Date)
