"""When the Refund button can be pressed, by whom, and what a refund refuses beside what crediting refuses itself."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from nazorg.access.rules import may, must
from nazorg.core.refusals import Refused
from nazorg.helpdesk import rules as helpdesk
from nazorg.helpdesk.services import Readiness
from nazorg.invoicing import queries as invoicing
from nazorg.invoicing.models import Document
from nazorg.services.refund import queries
from nazorg.services.refund.models import Refund


def may_give(user, ticket) -> bool:
    """Whether the user works on this ticket and a role of theirs credits invoices."""
    return helpdesk.may_work(user, ticket) and may(user, "invoicing.credit_document")


def must_give(user, ticket) -> None:
    """Raise NotAllowed, in words, unless the user may refund from this ticket."""
    helpdesk.must_work(user, ticket)
    must(user, "invoicing.credit_document")


def applies_to(ticket) -> Readiness:
    """Whether there is an invoice to credit: one that fits (`ready`), several (`pick`), or none, and why (`impossible`)."""
    if ticket.customer_id is None:
        return Readiness("impossible", _("This ticket has no customer yet. Choose the customer first."))
    invoice, count = queries.best(ticket)
    if invoice is not None:
        return Readiness("ready")
    if count:
        return Readiness("pick")
    if invoicing.creditable(ticket.customer).exists():
        return Readiness("impossible", _("Nothing is left to credit on the invoices of %s") % ticket.customer)
    return Readiness("impossible", _("No posted invoice for %s") % ticket.customer)


def refuse_unsuitable(ticket, invoice: Document, reason: str) -> None:
    """A team that refunds, an invoice of the ticket's own customer, a reason. The rest is refused by crediting itself."""
    if not ticket.team.services.filter(service="refund").exists():
        raise Refused(_("The team %s offers no refunds. A team lead switches them on in the team's settings.") % ticket.team, code="not_offered")
    if ticket.customer_id is None:
        raise Refused(_("This ticket has no customer yet. Choose the customer first."), field="invoice", code="no_customer")
    if invoice.is_credit_note or invoice.customer.root_id != ticket.customer.root_id:
        raise Refused(
            _("This is not an invoice of %s. Choose one of the customer's posted invoices.") % ticket.customer, field="invoice", code="not_theirs"
        )
    if not reason.strip():
        raise Refused(_("Give the reason. The customer reads it on the credit note."), field="reason", code="no_reason")


def draft_of(refund: Refund) -> Document:
    """The refund's credit note, while it is a draft."""
    document = Document.objects.select_related("customer", "open_item").get(pk=refund.credit_note_id)
    if not document.is_draft:
        raise Refused(
            _("%(document)s is %(state)s: there is no draft any more.") % {"document": document, "state": document.get_state_display().lower()},
            code="not_a_draft",
        )
    return document


def refuse_changed_total(draft: Document, expected: Decimal | None) -> None:
    """Somebody who confirms €49.00 does not post €98.00 because a colleague changed the draft a moment ago."""
    if expected is not None and expected != draft.total:
        raise Refused(_("The draft was changed meanwhile. Look at its lines again before you confirm it."), code="changed")
