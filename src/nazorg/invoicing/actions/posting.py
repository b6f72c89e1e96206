"""Posting: a draft becomes a numbered, booked document that never changes again."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from nazorg.access.rules import must
from nazorg.core import formats
from nazorg.core.actions import action
from nazorg.core.events import tell
from nazorg.core.money import ZERO
from nazorg.core.numbering import take as take_number
from nazorg.core.refusals import Refused
from nazorg.entitlements.actions import Gift, allocate, grow, sell
from nazorg.entitlements.actions import lock as lock_sold_lines
from nazorg.entitlements.models import Allocation, SoldLine
from nazorg.invoicing.actions.drafts import label
from nazorg.invoicing.actions.locks import locked_document, locked_draft
from nazorg.invoicing.events import CreditNotePosted, InvoiceCredited, InvoicePosted
from nazorg.invoicing.models import Document, DocumentLine
from nazorg.invoicing.rules import ability_to_post
from nazorg.ledger import actions as ledger
from nazorg.ledger.queries import standard_accounts


@action
def post(*, document: Document, by, on: date | None = None, at: datetime) -> Document:
    """Post a draft, dated `on` if given. A credit note settles what is still due of its invoice, and no more.

    Refused when the draft is dated after today, or is a draft no more.
    """
    must(by, ability_to_post(document))
    lines = list(DocumentLine.objects.filter(document=document).order_by("position", "id"))
    sold = lock_sold_lines(ids=[line.sold_line_id for line in lines])
    invoice = None
    if document.credits_id:
        invoice = locked_document(document.credits_id)
    document = locked_draft(document.pk, "journal__account")
    lines = list(DocumentLine.objects.filter(document=document).order_by("position", "id"))  # as they are under the lock
    if on is not None and on != document.on:
        document.due_on = document.due_on + (on - document.on) if document.due_on else on
        document.on = on
    if document.on > timezone.localtime(at).date():
        raise Refused(
            _("This draft is dated %s. Post it on that day, or change its date.") % formats.day(document.on), field="on", code="in_the_future",
        )
    if invoice is not None and document.on < invoice.on:
        raise Refused(_("A credit note cannot be dated before its invoice, which is of %s.") % formats.day(invoice.on), field="on", code="too_early")
    if not document.is_credit_note:
        _sell(document, lines, sold, by, at)
    return book(document, invoice, by=by, at=at)


def book(document: Document, invoice: Document | None, *, by, at: datetime, settles: Decimal | None = None) -> Document:
    """Book a draft that the caller has locked with its invoice, number it last, and tell.

    A credit note settles `settles` of its invoice, by default as much as both have left.
    """
    accounts = standard_accounts()
    sign = -1 if document.is_credit_note else 1
    revenue = document.journal.account or accounts["revenue"]
    amounts = [
        ledger.Amount(accounts["receivable"], sign * document.total, party=document.customer),
        ledger.Amount(revenue, -sign * document.net),
        ledger.Amount(accounts["tax"], -sign * document.tax),
    ]
    document.due_on = document.due_on or document.on
    document.open_item = ledger.open_item(party=document.customer, currency=document.currency, amount=sign * document.total, due_on=document.due_on)
    if invoice is not None and invoice.open_item.residual > 0 and document.total:
        ledger.settle(debit=invoice.open_item, credit=document.open_item, amount=settles, by=by, at=at)
    prefix = document.journal.credit_prefix if document.is_credit_note else document.journal.invoice_prefix
    document.number = take_number(prefix, document.on)
    document.entry = ledger.post(
        journal=document.journal, on=document.on, reference=document.number, currency=document.currency, amounts=amounts, by=by, at=at
    )
    Document.STEPS.step(document, Document.State.POSTED)
    document.posted_by, document.posted_at = by, at
    document.save(update_fields=["state", "number", "on", "due_on", "entry", "open_item", "posted_by", "posted_at"])
    if document.is_credit_note:
        tell(CreditNotePosted(on=document, by=by, at=at, invoice=invoice, total=document.money))
        tell(InvoiceCredited(on=invoice, by=by, at=at, credit_note=document, amount=document.money))
    else:
        tell(InvoicePosted(on=document, by=by, at=at, total=document.money))
    return document


def _sell(invoice: Document, lines: list[DocumentLine], sold: dict[int, SoldLine], by, at: datetime) -> None:
    """Record what an invoice sells, and take back gifts that it bills again."""
    new = [line for line in lines if line.sold_line_id is None]
    made = sell(
        lines=[
            SoldLine(
                customer_id=invoice.customer_id, product_id=line.product_id, description=line.description, quantity=line.quantity, net=line.net,
                currency=invoice.currency, sold_on=invoice.on,
            )
            for line in new
        ]
    )
    for line, sold_line in zip(new, made, strict=True):
        line.sold_line = sold_line
    DocumentLine.objects.bulk_update(new, ["sold_line"])
    if sold:
        _bill_again(invoice, [line for line in lines if line.sold_line_id in sold], sold, by, at)


def _bill_again(invoice: Document, lines: list[DocumentLine], sold: dict[int, SoldLine], by, at: datetime) -> None:
    """Let sold lines keep up with what is invoiced on them in all.

    An order's first invoice changes nothing. One that bills what was credited before takes that gift back (so that it
    can be credited again); one that bills more than was sold makes the sold line larger. Only posted credits are taken
    back: a draft still holds what it reserved.
    """
    invoiced = _sums(sold, "quantity", "net", kind="invoice", document=invoice)
    credited = _sums(sold, "credited_quantity", "net", kind="credit_note")
    rebilled = {
        row["sold_line"]: (-row["q"], -row["n"])
        for row in Allocation.objects.filter(sold_line__in=list(sold), kind="rebilled").order_by().values("sold_line").annotate(q=Sum("quantity"), n=Sum("net"))
    }
    none = (ZERO, ZERO)
    gifts = []
    for pk in sorted({line.sold_line_id for line in lines}):
        before = rebilled.get(pk, none)
        more, taken = [], []
        for which, size in enumerate((sold[pk].quantity, sold[pk].net)):
            over = max(ZERO, invoiced[pk][which] - size - before[which])
            takes = min(over, credited.get(pk, none)[which] - before[which])
            taken.append(takes)
            more.append(over - takes)
        gifts.append(Gift(pk, -taken[0], -taken[1]))
        if any(more):
            grow(sold_line_id=pk, quantity=more[0], net=more[1])
    allocate(gifts=gifts, kind="rebilled", document=label(invoice), by=by, at=at)


def _sums(sold: dict[int, SoldLine], quantity: str, net: str, *, kind: str, document: Document | None = None) -> dict[int, tuple[Decimal, Decimal]]:
    lines = DocumentLine.objects.filter(sold_line__in=list(sold), document__kind=kind)
    posted = lines.filter(document__state="posted")
    if document is not None:
        posted |= lines.filter(document=document)
    return {row["sold_line"]: (row["q"], row["n"]) for row in posted.order_by().values("sold_line").annotate(q=Sum(quantity), n=Sum(net))}
