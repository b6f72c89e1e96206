"""A draft that is posted or cancelled, from the ticket, in Invoicing or by the clock, is told in the ticket's thread."""

from __future__ import annotations

from nazorg.core.events import reacts_to, tell
from nazorg.core.money import Money
from nazorg.invoicing.events import CreditNotePosted, DocumentCancelled
from nazorg.services.refund.events import RefundCancelled, RefundConfirmed
from nazorg.services.refund.models import Refund


@reacts_to(CreditNotePosted)
def tell_the_ticket_that_it_is_confirmed(fact: CreditNotePosted) -> None:
    # A full refund is posted before its remedy is recorded: then there is none yet, and nothing to tell here.
    refund = Refund.objects.filter(credit_note=fact.on.pk).select_related("ticket").first()
    if refund is not None:
        tell(RefundConfirmed(on=refund.ticket, by=fact.by, at=fact.at, credit_note=fact.on, amount=Money(fact.on.total, fact.on.currency)))


@reacts_to(DocumentCancelled)
def tell_the_ticket_that_it_is_cancelled(fact: DocumentCancelled) -> None:
    refund = Refund.objects.filter(credit_note=fact.on.pk).select_related("ticket").first()
    if refund is not None:
        tell(RefundCancelled(on=refund.ticket, by=fact.by, at=fact.at, credit_note=fact.on, amount=Money(fact.on.total, fact.on.currency)))
