"""The form that the living page shows: one field of each kind."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from nazorg.ui.forms import Amount, Autosize, Date, Lookup, Switch

PEOPLE = [("1", "Anna de Vries", "anna@example.org"), ("2", "Ida Claes", "ida@example.org"), ("3", "Bram Peeters", "bram@example.org"),
          ("4", "Fatima Amrani", "fatima@example.org"), ("5", "Louis Dubois", "louis@example.org")]


class Sample(forms.Form):
    """Every kind of field, and a rule that can be broken."""

    customer = forms.ChoiceField(label=_("Customer"), choices=[("", ""), *((pk, name) for pk, name, _mail in PEOPLE)],
                                 widget=Lookup(url="/ui/lookup/"), help_text=_("Type a name or an address."), required=False)
    reason = forms.ChoiceField(label=_("Reason"), choices=[("", "—"), ("faulty", _("Faulty")), ("late", _("Too late"))])
    quantity = forms.IntegerField(label=_("Quantity"), min_value=1, initial=1)
    amount = forms.DecimalField(label=_("Amount"), min_value=1, widget=Amount(currency="EUR"), initial="49.00")
    on = forms.DateField(label=_("Date"), widget=Date(), required=False)
    mail = forms.EmailField(label=_("E-mail address"), required=False)
    note = forms.CharField(label=_("Message to the customer"), widget=Autosize(), required=False)
    method = forms.ChoiceField(label=_("Method"), choices=[("partial", _("Partial refund")), ("full", _("Full refund"))],
                               widget=forms.RadioSelect(), initial="partial")
    restock = forms.BooleanField(label=_("Put it back in stock"), required=False)
    tell = forms.BooleanField(label=_("Tell the customer"), widget=Switch(), required=False, initial=True)
