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
    if (refund := _refund_of(fact.on)) is not None:
        tell(RefundConfirmed(on=refund.ticket, by=fact.by, at=fact.at, credit_note=fact.on, amount=Money(fact.on.total, fact.on.currency)))


@reacts_to(DocumentCancelled)
def tell_the_ticket_that_it_is_cancelled(fact: DocumentCancelled) -> None:
    if (refund := _refund_of(fact.on)) is not None:
        tell(RefundCancelled(on=refund.ticket, by=fact.by, at=fact.at, credit_note=fact.on, amount=Money(fact.on.total, fact.on.currency)))


def _refund_of(document) -> Refund | None:
    # Most documents have none: that is asked in a narrow query before the wide one.
    known = Refund.objects.filter(credit_note=document.pk)
    return known.select_related("ticket").first() if document.is_credit_note and known.values("pk").exists() else None
