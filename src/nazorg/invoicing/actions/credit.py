"""Crediting an invoice: what was previewed is what is booked, and never more than is left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from nazorg.access.rules import must
from nazorg.core.actions import action
from nazorg.core.events import tell
from nazorg.core.money import ZERO
from nazorg.core.refusals import Refused
from nazorg.entitlements.actions import Gift, allocate
from nazorg.entitlements.actions import lock as lock_sold_lines
from nazorg.invoicing import plans
from nazorg.invoicing.actions.drafts import label, make_invoice, new_thread, set_totals, tax_rows
from nazorg.invoicing.actions.locks import locked_document
from nazorg.invoicing.actions.posting import book
from nazorg.invoicing.crediting import net_of, price_of
from nazorg.invoicing.events import CreditNoteDrafted
from nazorg.invoicing.lines import CreditLine, LineInput
from nazorg.invoicing.models import Document, DocumentLine, DocumentTax
from nazorg.invoicing.plans import CreditPlan, PlannedLine
from nazorg.ledger.models import Journal


@dataclass(frozen=True, slots=True)
class Credited:
    """What crediting made."""

    credit_note: Document
    new_invoice: Document | None
    plan: CreditPlan


def plan_credit(
    *, invoice: Document, method: str, lines: Sequence[CreditLine] | None = None, on: date, reason: str = "", journal: Journal | None = None, today: date | None = None,
) -> CreditPlan:
    """What `credit` would book with the same arguments now; refused with the same sentences. Reads only."""
    return plans.plan(invoice=invoice, method=method, lines=lines, on=on, reason=reason, journal=journal, today=today)


@action
def credit(
    *, invoice: Document, method: str, lines: Sequence[CreditLine] | None = None, on: date, reason: str = "", journal: Journal | None = None,
    expected: str | None = None, by, at: datetime,
) -> Credited:
    """Credit an invoice by `method`:

    - `partial` makes a draft credit note over `lines` (all that is left by default), to be changed and confirmed;
    - `full` posts one over all that is left and settles the invoice with it;
    - `full_and_new` does so and drafts a new invoice with the same lines.

    With a date after today the credit note stays a draft whatever the method. `expected` is the fingerprint of the plan
    that was shown: refused with code `changed` and the new plan when facts have changed since. Other codes:
    nothing_left, paid, not_posted, more_than_left.
    """
    must(by, "invoicing.credit_document")
    invoice_lines = list(DocumentLine.objects.filter(document=invoice).order_by("position", "id"))
    lock_sold_lines(ids=[line.sold_line_id for line in invoice_lines])
    invoice = locked_document(invoice.pk, "customer", "contact", "payment_term", "journal__account")
    if any(line.sold_line_id is None for line in invoice_lines):
        invoice_lines = None  # it was posted while we waited for it: its lines may be others now
    plan = plans.plan(
        invoice=invoice, method=method, lines=lines, on=on, reason=reason, journal=journal, today=timezone.localtime(at).date(), invoice_lines=invoice_lines,
    )
    if expected is not None and expected != plan.fingerprint:
        raise Refused(_("Something has changed meanwhile. Look at what would be booked now, and confirm again."), code="changed", plan=plan.as_json())
    note = _write(plan, by, at)
    if plan.posts:
        note = book(note, invoice, by=by, at=at, settles=plan.settles or None)
    else:
        tell(CreditNoteDrafted(on=note, by=by, at=at, invoice=invoice, total=note.money))
    new = _bill_anew(plan, by, at) if plan.makes_new_draft else None
    return Credited(note, new, plan)


def _write(plan: CreditPlan, by, at: datetime) -> Document:
    """The draft credit note, with what it takes allocated."""
    invoice, reason = plan.invoice, plan.reason.replace("\x00", "").strip()[:300]
    note = Document(
        kind="credit_note", customer=invoice.customer, contact=invoice.contact, currency=invoice.currency, on=plan.on, due_on=plan.on, journal=plan.journal,
        reference=f"{invoice.number}: {reason}" if reason else invoice.number, reason=reason, origin=invoice.origin, credits=invoice, made_by=by, made_at=at,
        thread=new_thread(at),
    )
    set_totals(note, [one.net for one in plan.lines], plan.taxes)
    note.save(force_insert=True)
    DocumentLine.objects.bulk_create([_line(note, position, one) for position, one in enumerate(plan.lines)])
    DocumentTax.objects.bulk_create(tax_rows(note, plan.taxes))
    gifts = [Gift(one.line.sold_line_id, one.quantity, one.net) for one in plan.lines if one.line.sold_line_id]
    allocate(gifts=gifts, kind="credit", document=label(note), by=by, at=at)
    return note


def _line(note: Document, position: int, one: PlannedLine) -> DocumentLine:
    """A line of the credit note: pieces at the invoice's price where that is their worth to the cent, else one worth the net."""
    of = one.line
    row = DocumentLine(
        document=note, position=position, product_id=of.product_id, description=of.description, unit_id=of.unit_id, taxes=of.taxes, net=one.net,
        sold_line_id=of.sold_line_id, credits=of, credited_quantity=one.quantity, quantity=one.quantity, price=of.price, discount=of.discount,
    )
    if not one.quantity or net_of(row.priced.exact, of.priced, of.net, note.currency) != one.net:
        row.quantity, row.price, row.discount = Decimal(1), price_of(one.net, of.tax_facts), ZERO
    return row


def _bill_anew(plan: CreditPlan, by, at: datetime) -> Document:
    """A draft with the invoice's lines and payment term, dated as the credit, for the customer to be billed again."""
    invoice = plan.invoice
    lines = DocumentLine.objects.filter(document=invoice).select_related("product", "unit", "sold_line").order_by("position", "id")
    return make_invoice(
        customer=invoice.customer, contact=invoice.contact, currency=invoice.currency, on=plan.on, payment_term=invoice.payment_term, journal=invoice.journal,
        reference="", origin=invoice.origin, replaces=invoice, by=by, at=at,
        lines=[
            LineInput(
                product=line.product, description=line.description, quantity=line.quantity, price=line.price, discount=line.discount, taxes=line.tax_facts,
                unit=line.unit, sold_line=line.sold_line,
            )
            for line in lines
        ],
    )
