"""The small forms of the ticket page: one property each, a message, a follower."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nazorg.catalogue.models import Product
from nazorg.conversation.models import Entry
from nazorg.helpdesk import queries
from nazorg.helpdesk.models import Stage, Tag, Team, Ticket, TicketType
from nazorg.parties.models import Party
from nazorg.ui.forms import Lookup
from nazorg.users.models import User

KINDS = {"sent": Entry.Kind.SENT, "note": Entry.Kind.NOTE, "call": Entry.Kind.CALL}


class Properties(forms.Form):
    """Any of the ticket's properties. Only those that were sent are looked at; each page form sends one."""

    title = forms.CharField(required=False, label=gettext_lazy("Title"))
    stage = forms.ModelChoiceField(Stage.objects.none(), required=True, label=gettext_lazy("Stage"))
    team = forms.ModelChoiceField(Team.objects.none(), required=True, label=gettext_lazy("Team"))
    assignee = forms.ModelChoiceField(User.objects.none(), required=False, label=gettext_lazy("Assignee"))
    priority = forms.TypedChoiceField(choices=Ticket.Priority.choices, coerce=int, label=gettext_lazy("Priority"))
    type = forms.ModelChoiceField(TicketType.objects.all(), required=False, label=gettext_lazy("Type"))
    tags = forms.ModelMultipleChoiceField(Tag.objects.all(), required=False, label=gettext_lazy("Tags"))
    customer = forms.ModelChoiceField(Party.objects.all(), required=False, label=gettext_lazy("Customer"))
    contact = forms.ModelChoiceField(Party.objects.all(), required=False, label=gettext_lazy("Contact"))
    product = forms.ModelChoiceField(Product.objects.all(), required=False, label=gettext_lazy("Product"))
    serial = forms.CharField(required=False, label=gettext_lazy("Serial number"))
    order_reference = forms.CharField(required=False, label=gettext_lazy("Order"))
    language = forms.ChoiceField(required=False, label=gettext_lazy("Language"))

    def __init__(self, data, *, ticket: Ticket, user):
        super().__init__(data)
        self.fields["stage"].queryset = Stage.objects.filter(team=ticket.team_id)
        self.fields["team"].queryset = queries.visible_teams(user)
        self.fields["assignee"].queryset = queries.assignable(ticket.team)
        self.fields["language"].choices = [("", ""), *languages()]
        sent = {name for name in data if name in self.fields} | ({"tags"} if "tags_shown" in data else set())
        for name in set(self.fields) - sent:
            del self.fields[name]

    def changes(self) -> dict[str, Any]:
        """What to hand to `actions.change`."""
        return dict(self.cleaned_data)


def languages() -> list[tuple[str, str]]:
    return [*((code, _(str(name))) for code, name in settings.LANGUAGES), ("fr", _("French")), ("de", _("German"))]


class Customer(forms.Form):
    """Whom the ticket is about: a company or a person, and who of them."""

    customer = forms.ModelChoiceField(Party.objects.none(), required=False, label=gettext_lazy("Customer"))

    def __init__(self, ticket: Ticket, *, lookup: str):
        super().__init__(initial={"customer": ticket.customer_id}, auto_id="pick-%s")
        self.fields["customer"].queryset = Party.objects.filter(is_archived=False).order_by("name", "id")
        self.fields["customer"].widget = Lookup(url=lookup, placeholder=_("Name, e-mail, phone…"), shown=20)
        self.fields["customer"].widget.choices = self.fields["customer"].choices


class ProductPick(forms.Form):
    """What the ticket is about."""

    product = forms.ModelChoiceField(Product.objects.none(), required=False, label=gettext_lazy("Product"))

    def __init__(self, ticket: Ticket, *, lookup: str):
        super().__init__(initial={"product": ticket.product_id}, auto_id="pick-%s")
        self.fields["product"].queryset = Product.objects.filter(is_archived=False).order_by("name", "id")
        self.fields["product"].widget = Lookup(url=lookup, placeholder=_("Name, code, barcode…"), shown=20)
        self.fields["product"].widget.choices = self.fields["product"].choices


class Message(forms.Form):
    """What the composer sends. Whether there is anything to send is judged by the action."""

    kind = forms.ChoiceField(choices=[(kind, kind) for kind in KINDS])
    text = forms.CharField(required=False, strip=False)
    since = forms.IntegerField(min_value=0, max_value=2**62, required=False)
    key = forms.UUIDField(required=False)
