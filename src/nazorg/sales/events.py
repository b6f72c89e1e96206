"""What happens to quotations and orders."""

from __future__ import annotations

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from nazorg.core.events import Event, event
from nazorg.core.money import Money


@event
class OrderDrafted(Event):
    total: Money
    sentence = _("{by} made this quotation of {total}.")
    icon = "file-text"


@event
class OrderChanged(Event):
    before: Money
    total: Money
    sentence = _("{by} changed this quotation: {before} → {total}.")
    icon = "edit"


@event
class OrderConfirmed(Event):
    total: Money
    sentence = _("{by} confirmed this order of {total}.")
    icon = "circle-check"


@event
class OrderInvoiced(Event):
    invoice: Model
    total: Money
    sentence = _("{by} made {invoice} of {total}.")
    icon = "file-invoice"


@event
class OrderCancelled(Event):
    sentence = _("{by} cancelled this order.")
    icon = "ban"
