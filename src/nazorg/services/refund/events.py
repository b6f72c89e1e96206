"""What the threads of the ticket and of its documents say about a refund, beside what Helpdesk and Invoicing say."""

from __future__ import annotations

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from nazorg.core.events import Event, event
from nazorg.core.money import Money


@event
class RefundConfirmed(Event):
    """On the ticket: the draft was posted, from the ticket or in Invoicing."""

    credit_note: Model
    amount: Money
    sentence = _("{by} confirmed the refund of {amount}: {credit_note} is posted.")
    icon = "circle-check"
    card = True


@event
class RefundChanged(Event):
    """On the ticket: the draft's lines were changed from the ticket."""

    credit_note: Model
    before: Money
    after: Money
    sentence = _("{by} changed the draft refund from {before} to {after}: {credit_note}.")
    icon = "edit"


@event
class RefundCancelled(Event):
    """On the ticket: the draft was cancelled, from the ticket or in Invoicing."""

    credit_note: Model
    amount: Money
    sentence = _("{by} cancelled the draft refund of {amount}. Nothing was credited.")
    icon = "ban"


@event
class AskedForByTicket(Event):
    """On the invoice, the credit note and the new draft: the ticket behind it."""

    ticket: Model
    reason: str
    sentence = _("{by} refunded from ticket {ticket}: {reason}")
    icon = "ticket"
