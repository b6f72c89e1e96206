"""Refunding from a ticket: give, then confirm, change or cancel what is still a draft."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from nazorg.core.actions import action
from nazorg.core.events import tell
from nazorg.core.money import Money
from nazorg.helpdesk import actions as helpdesk
from nazorg.invoicing import actions as invoicing
from nazorg.invoicing.lines import CreditLine, LineChange
from nazorg.invoicing.models import Document
from nazorg.services.refund import events, rules
from nazorg.services.refund.models import Refund


@action
def give(
    *, ticket, invoice: Document, method: str, lines: Sequence[CreditLine] | None = None, on: date, reason: str, journal=None,
    expected: str | None = None, by, at: datetime,
) -> Refund:
    """Credit an invoice of the ticket's customer: a draft (`partial`, and whenever the invoice is paid) or posted at once.

    `expected` is the fingerprint of the plan that was shown: when the facts have changed since, nothing is booked and
    the refusal (`changed`) carries the new plan. Whoever gives the refund may open its documents from then on.
    """
    rules.must_give(by, ticket)
    ticket = helpdesk.lock(ticket)
    rules.refuse_unsuitable(ticket, invoice, reason)
    credited = invoicing.credit(
        invoice=invoice, method=method, lines=lines, on=on, reason=reason, journal=journal, expected=expected, by=by, at=at
    )
    note = credited.credit_note
    refund = Refund.objects.create(ticket=ticket, service="refund", by=by, at=at, credit_note=note, new_invoice=credited.new_invoice)
    others = [one for one in (note.credits, credited.new_invoice) if one is not None]
    # A posted credit note is told on its invoice by Invoicing; a draft would leave no line there.
    for document in (note, *others) if note.is_draft else (note, *others[1:]):
        tell(events.AskedForByTicket(on=document, by=by, at=at, ticket=ticket, reason=reason))
    helpdesk.record_remedy(remedy=refund, document=note, also=others, fact=Money(note.total, note.currency), by=by, at=at)
    return refund


@action
def confirm(*, refund: Refund, seen: Decimal | None = None, by, at: datetime) -> Refund:
    """Post the draft credit note. The ticket's thread hears of it by the reaction to the posting.

    `seen` is the sum that the person saw; when somebody changed the lines meanwhile it is refused (`changed`).
    """
    rules.must_give(by, refund.ticket)
    helpdesk.lock(refund.ticket)
    draft = rules.draft_of(refund)
    rules.refuse_changed_total(draft, seen)
    invoicing.post(document=draft, by=by, at=at)
    return Refund.objects.select_related("credit_note", "ticket").get(pk=refund.pk)


@action
def change(*, refund: Refund, lines: Sequence[LineChange], by, at: datetime) -> Refund:
    """Change the lines of the draft credit note; a line that is not named is dropped."""
    rules.must_give(by, refund.ticket)
    ticket = helpdesk.lock(refund.ticket)
    draft = rules.draft_of(refund)
    before = Money(draft.total, draft.currency)
    draft = invoicing.change_lines(document=draft, lines=lines, by=by, at=at)
    if before.amount != draft.total:
        tell(events.RefundChanged(on=ticket, by=by, at=at, credit_note=draft, before=before, after=Money(draft.total, draft.currency)))
    return refund


@action
def cancel(*, refund: Refund, by, at: datetime) -> Refund:
    """Cancel the draft credit note: what it had set aside can be credited again."""
    rules.must_give(by, refund.ticket)
    helpdesk.lock(refund.ticket)
    invoicing.cancel(document=rules.draft_of(refund), by=by, at=at)
    return refund
