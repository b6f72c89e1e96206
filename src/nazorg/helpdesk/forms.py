"""The forms of the list, of a new ticket and of the configuration; what is allowed the actions say."""

from __future__ import annotations

import uuid

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from nazorg.catalogue.models import Product
from nazorg.helpdesk import queries
from nazorg.helpdesk.models import Stage, Tag, Team, Ticket, TicketType
from nazorg.parties.models import Party
from nazorg.ui.forms import Autosize, Date, Lookup

STATUSES = [("unsettled", _("Not settled")), *Stage.Kind.choices, ("all", _("All"))]


class ListFilter(forms.Form):
    """The list's parameters, each cleaned by itself: what makes no sense is left out, and `errors` says so."""

    q = forms.CharField(required=False, max_length=200)
    status = forms.ChoiceField(required=False, choices=STATUSES)
    team = forms.IntegerField(required=False, min_value=1, max_value=2**62)
    stage = forms.IntegerField(required=False, min_value=1, max_value=2**62)
    assignee = forms.RegexField(r"^(me|none|\d{1,18})$", required=False)
    priority = forms.TypedChoiceField(required=False, coerce=int, empty_value=None, choices=Ticket.Priority.choices)
    type = forms.IntegerField(required=False, min_value=1, max_value=2**62)
    tag = forms.IntegerField(required=False, min_value=1, max_value=2**62)
    customer = forms.IntegerField(required=False, min_value=1, max_value=2**62)
    product = forms.IntegerField(required=False, min_value=1, max_value=2**62)
    since = forms.DateField(required=False, input_formats=["%Y-%m-%d"])
    until = forms.DateField(required=False, input_formats=["%Y-%m-%d"])

    @property
    def chosen(self) -> dict:
        """The filters that are set, for `queries.filtered`."""
        self.is_valid()
        chosen = {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}
        status = chosen.setdefault("status", "unsettled")
        if status == "all":
            del chosen["status"]
        return chosen


class NewTicket(forms.Form):
    """A ticket as an agent opens it for a customer."""

    title = forms.CharField(label=_("Title"), max_length=200)
    message = forms.CharField(label=_("What the customer says"), widget=Autosize(attrs={"rows": 6}), required=False, max_length=100_000)
    customer = forms.ModelChoiceField(Party.objects.none(), label=_("Customer"), required=False, widget=Lookup(url=reverse_lazy("helpdesk:customers")))
    contact = forms.ModelChoiceField(
        Party.objects.none(), label=_("Contact"), required=False, widget=Lookup(url=reverse_lazy("helpdesk:contacts")), help_text=_("Only if somebody else at the company writes."),
    )
    order_reference = forms.CharField(label=_("Order"), max_length=60, required=False)
    product = forms.ModelChoiceField(Product.objects.none(), label=_("Product"), required=False, widget=Lookup(url=reverse_lazy("helpdesk:products")))
    serial = forms.CharField(label=_("Serial number"), max_length=80, required=False)
    team = forms.ModelChoiceField(Team.objects.none(), label=_("Team"), empty_label=None)
    assignee = forms.ModelChoiceField(queries.assignable().none(), label=_("Assignee"), required=False, empty_label=_("Nobody yet"))
    priority = forms.TypedChoiceField(label=_("Priority"), coerce=int, choices=Ticket.Priority.choices, initial=Ticket.Priority.NORMAL)
    type = forms.ModelChoiceField(TicketType.objects.filter(is_archived=False), label=_("Type"), required=False, empty_label=_("Not known yet"))
    tags = forms.ModelMultipleChoiceField(Tag.objects.all(), label=_("Tags"), required=False, widget=forms.CheckboxSelectMultiple)
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = queries.visible_teams(user).filter(is_archived=False)
        self.fields["assignee"].queryset = queries.assignable()
        parties = Party.objects.filter(is_archived=False).select_related("company")
        self.fields["customer"].queryset = parties.order_by("name", "id")
        self.fields["contact"].queryset = parties.filter(kind=Party.Kind.PERSON).order_by("name", "id")
        self.fields["product"].queryset = Product.objects.filter(is_archived=False).order_by("name", "id")


class TeamForm(forms.ModelForm):
    """What a team is; the model's own checks of doubles are the action's, which says them better."""

    class Meta:
        model = Team
        fields = ["name", "description", "email", "visibility"]
        widgets = {"description": Autosize(), "visibility": forms.RadioSelect}

    def validate_constraints(self):
        pass


class NewTeam(TeamForm):
    members = forms.ModelMultipleChoiceField(queries.assignable().none(), label=_("Members"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["members"].queryset = queries.assignable()


class StageForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=60)
    kind = forms.ChoiceField(label=_("Kind"), choices=Stage.Kind.choices, initial=Stage.Kind.OPEN)
    is_folded = forms.BooleanField(label=_("Folded on the board"), required=False)


class ViewForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=60)
    is_shared = forms.BooleanField(label=_("Share with every agent"), required=False)
    is_default = forms.BooleanField(label=_("Open my list with it"), required=False)
    query = forms.CharField(required=False, max_length=1000, widget=forms.HiddenInput)


class Bulk(forms.Form):
    """What to do with the ticked tickets."""

    ticket = forms.TypedMultipleChoiceField(coerce=int, required=False)
    assignee = forms.RegexField(r"^(me|none|\d{1,18})$", required=False)
    kind = forms.ChoiceField(required=False, choices=Stage.Kind.choices)
    tag = forms.ModelChoiceField(Tag.objects.all(), required=False)


__all__ = ["Bulk", "Date", "ListFilter", "NewTeam", "NewTicket", "StageForm", "TeamForm", "ViewForm"]
