"""The refund sheet as a form: how much of which invoice, and on what terms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import uuid4

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from nazorg.core.money import minor_units
from nazorg.invoicing.crediting import LineLeft
from nazorg.invoicing.lines import CreditLine, LineChange
from nazorg.invoicing.models import Document, DocumentLine
from nazorg.ledger import queries as ledger
from nazorg.ui.forms import Amount, Date

METHODS = {
    "partial": (_("A part"), _("Makes a draft credit note. Nothing is booked until you confirm it.")),
    "full": (_("All that is left"), _("Posts the credit note now and settles it with the invoice.")),
    "full_and_new": (
        _("All that is left, and a new draft invoice"),
        _("Does the same, and drafts an invoice with the same lines for you to correct."),
    ),
}


@dataclass(frozen=True)
class Row:
    """A line of the invoice in the sheet: what was sold, what is left of it, and the two fields that take from it."""

    line: DocumentLine
    left: LineLeft
    quantity: forms.BoundField | None
    amount: forms.BoundField | None


class RefundForm(forms.Form):
    """How much of an invoice goes back, and on what terms. The invoice itself is chosen beside it, by the view."""

    key = forms.UUIDField(widget=forms.HiddenInput, error_messages={"required": _("Open the sheet again: it has lost its key."), "invalid": _("Open the sheet again: it has lost its key.")})
    """Made when the sheet opens, so that pressing twice refunds once."""
    expected = forms.CharField(widget=forms.HiddenInput, required=False, max_length=100)
    """The fingerprint of the plan that was shown."""
    method = forms.ChoiceField(label=_("How much"), widget=forms.RadioSelect)
    reason = forms.CharField(label=_("Reason"), max_length=200, help_text=_("The customer reads it on the credit note."))
    on = forms.DateField(label=_("Date"), widget=Date)
    journal = forms.ModelChoiceField(label=_("Journal"), queryset=None, empty_label=None)

    def __init__(self, data=None, *, invoice: Document, lines: Sequence[DocumentLine], left: Sequence[LineLeft], wanted: set[int], initial: dict):
        super().__init__(data, initial={"key": uuid4(), "method": "partial", "journal": invoice.journal_id, **initial})
        self.invoice, self.lines, self.left = invoice, list(lines), {one.line_id: one for one in left}
        self.fields["journal"].queryset = ledger.journals("sales")
        self.fields["method"].choices = [
            (name, format_html("<span><span>{}</span><small>{}</small></span>", label, help)) for name, (label, help) in METHODS.items()
        ]
        if invoice.is_paid:
            self.fields["method"].choices = self.fields["method"].choices[:1]
            self.fields["method"].widget = forms.HiddenInput()
        digits = minor_units(invoice.currency)
        for line in self.lines:
            left_of = self.left[line.pk]
            if not left_of.is_creditable:
                continue
            self.fields[f"quantity-{line.pk}"] = forms.DecimalField(
                label=_("Quantity of %s") % line.description, required=False, min_value=0, max_digits=16, decimal_places=4,
                initial=_short(left_of.quantity_left) if line.pk in wanted and left_of.quantity_left else None,
                widget=forms.NumberInput({"inputmode": "decimal", "step": "any", "min": 0, "aria-label": _("Quantity of %s") % line.description}),
            )
            self.fields[f"amount-{line.pk}"] = forms.DecimalField(
                label=_("Amount of %s") % line.description, required=False, min_value=0, max_digits=18, decimal_places=digits,
                initial=left_of.net_left if line.pk in wanted and not left_of.quantity_left else None,
                widget=Amount({"min": 0, "aria-label": _("Amount without tax of %s") % line.description}, currency=invoice.currency),
            )

    def filled(self) -> RefundForm:
        """The same form as if it had been sent as it opens: so the first preview goes the way of all others."""
        data = {name: value for name, field in self.fields.items() if (value := self.get_initial_for_field(field, name)) is not None}
        self.data, self.is_bound = data, True
        return self

    @property
    def rows(self) -> list[Row]:
        return [
            Row(line, self.left[line.pk], *(self[f"{name}-{line.pk}"] if f"{name}-{line.pk}" in self.fields else None for name in ("quantity", "amount")))
            for line in self.lines
        ]

    @property
    def is_partial(self) -> bool:
        return (self["method"].value() or "partial") == "partial"

    def asked(self) -> list[CreditLine] | None:
        """The lines as crediting takes them: None for everything; nothing at all of a line leaves it out."""
        if self.cleaned_data.get("method") != "partial":
            return None
        asked = []
        for line in self.lines:
            quantity, amount = (self.cleaned_data.get(f"{name}-{line.pk}") or None for name in ("quantity", "amount"))
            if quantity is not None or amount is not None:
                asked.append(CreditLine(line.pk, quantity=quantity, amount=amount))
        return asked

    def terms(self) -> dict:
        """What crediting takes beside the invoice."""
        return {
            "method": self.cleaned_data["method"], "lines": self.asked(), "on": self.cleaned_data["on"],
            "reason": self.cleaned_data["reason"], "journal": self.cleaned_data["journal"],
        }

    def body(self) -> dict:
        """What was asked for, as the idempotency key remembers it."""
        return {name: str(value) for name, value in self.cleaned_data.items() if name not in ("key", "expected") and value is not None} | {"invoice": self.invoice.pk}

    def refuse(self, refusal) -> None:
        """Say a refusal at the field that it is about."""
        line = refusal.facts.get("line")
        names = [f"quantity-{line}", f"amount-{line}"] if line else [refusal.field]
        if line and self.cleaned_data.get(f"quantity-{line}") is None:
            names.reverse()
        field = next((name for name in names if name in self.fields and not self.fields[name].widget.is_hidden), None)
        self.add_error(field, refusal.sentence)


def _short(number: Decimal) -> str:
    return f"{number.normalize():f}"


class LinesForm(forms.Form):
    """The lines of a draft credit note: quantity, price and discount of each; a quantity of 0 drops the line."""

    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, data=None, *, lines: Sequence[DocumentLine], currency: str):
        super().__init__(data, initial={"key": uuid4()})
        self.lines = list(lines)
        for line in self.lines:
            self.fields[f"description-{line.pk}"] = forms.CharField(label=_("Description"), max_length=300, initial=line.description)
            self.fields[f"quantity-{line.pk}"] = forms.DecimalField(
                label=_("Quantity"), min_value=0, max_digits=16, decimal_places=4, initial=_short(line.quantity), help_text=_("0 drops the line."),
                widget=forms.NumberInput({"inputmode": "decimal", "step": "any", "min": 0}),
            )
            self.fields[f"price-{line.pk}"] = forms.DecimalField(
                label=_("Price"), min_value=0, max_digits=18, decimal_places=6, initial=_short(line.price), widget=Amount({"min": 0}, currency=currency)
            )
            self.fields[f"discount-{line.pk}"] = forms.DecimalField(
                label=_("Discount in %"), min_value=0, max_value=100, max_digits=7, decimal_places=4, initial=_short(line.discount),
                widget=forms.NumberInput({"inputmode": "decimal", "step": "any", "min": 0, "max": 100}),
            )

    @property
    def rows(self) -> list[dict]:
        return [
            {"line": line, **{name: self[f"{name}-{line.pk}"] for name in ("description", "quantity", "price", "discount")}} for line in self.lines
        ]

    def changes(self) -> list[LineChange]:
        return [
            LineChange(line_id=line.pk, **{name: self.cleaned_data[f"{name}-{line.pk}"] for name in ("description", "quantity", "price", "discount")})
            for line in self.lines
            if self.cleaned_data[f"quantity-{line.pk}"]
        ]
