"""Drafts: making, changing and cancelling them. A draft credit note reserves what it will credit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from nazorg.access.rules import must
from nazorg.catalogue.taxes import TaxSum, totals
from nazorg.conversation.models import Thread
from nazorg.core.actions import action
from nazorg.core.events import tell
from nazorg.core.money import ZERO, check_currency
from nazorg.core.refusals import Refused
from nazorg.entitlements.actions import Gift, allocate
from nazorg.entitlements.actions import lock as lock_sold_lines
from nazorg.invoicing.actions.locks import locked_document, locked_draft
from nazorg.invoicing.crediting import Taken, net_of, take_amount, take_quantity
from nazorg.invoicing.events import DocumentCancelled, DraftChanged, DraftDated, InvoiceDrafted
from nazorg.invoicing.lines import MOST_MONEY, MOST_QUANTITY, LineChange, LineInput, check_number, drawn
from nazorg.invoicing.models import Document, DocumentLine, DocumentTax, PaymentTerm
from nazorg.invoicing.plans import taxes_for
from nazorg.invoicing.queries import left_of_lines
from nazorg.invoicing.rules import ability_to_edit
from nazorg.ledger.models import Journal
from nazorg.ledger.queries import journals


@action
def draft_invoice(
    *, customer, lines: Sequence[LineInput], on: date, currency: str | None = None, payment_term: PaymentTerm | None = None,
    journal: Journal | None = None, reference: str = "", origin: str = "", contact=None, replaces: Document | None = None, by, at: datetime,
) -> Document:
    """A draft invoice with these lines; nothing is booked and it has no number yet."""
    must(by, "invoicing.edit_document")
    return make_invoice(
        customer=customer, lines=lines, on=on, currency=currency, payment_term=payment_term, journal=journal, reference=reference,
        origin=origin, contact=contact, replaces=replaces, by=by, at=at,
    )


def make_invoice(*, customer, lines, on, currency, payment_term, journal, reference, origin, contact, replaces, by, at) -> Document:
    """The invoice of `draft_invoice`, for actions that have judged the permission by their own ability."""
    currency = (currency or settings.BOOKS_CURRENCY).upper()
    try:
        check_currency(currency)
    except ValidationError as wrong:
        raise Refused(wrong.messages[0], field="currency", code="bad_currency") from None
    _refuse_foreign_contact(customer, contact)
    refuse_unless_sales(journal)
    invoice = Document(
        kind="invoice", customer=customer, contact=contact, currency=currency, on=on, payment_term=payment_term, due_on=_due(on, payment_term),
        journal=journal or sales_journal(), reference=_short(reference, 400), origin=_short(origin, 60), replaces=replaces, made_by=by, made_at=at,
        thread=new_thread(at),
    )
    rows, taxes = _written(invoice, lines)
    invoice.save(force_insert=True)
    DocumentLine.objects.bulk_create(rows)
    DocumentTax.objects.bulk_create(taxes)
    tell(InvoiceDrafted(on=invoice, by=by, at=at, total=invoice.money, origin=invoice.origin))
    return invoice


@action
def change_lines(*, document: Document, lines: Sequence[LineInput] | Sequence[LineChange], by, at: datetime) -> Document:
    """Give a draft other lines: LineInputs for an invoice, LineChanges for a credit note (lines not named are dropped).

    A credit note's line that keeps its invoice line's price and discount takes that quantity of it; at another price
    it takes value, and the pieces only when no value is left.
    """
    must(by, ability_to_edit(document))
    if document.is_credit_note:
        return _change_credit_note(document, lines, by, at)
    document = locked_draft(document.pk, "credits")
    before = document.money
    rows, taxes = _written(document, lines)
    document.lines.all().delete()
    document.tax_sums.all().delete()
    DocumentLine.objects.bulk_create(rows)
    DocumentTax.objects.bulk_create(taxes)
    document.save(update_fields=["net", "tax", "total"])
    tell(DraftChanged(on=document, by=by, at=at, before=before, total=document.money))
    return document


@action
def change(*, document: Document, by, at: datetime, **fields) -> Document:
    """Change a draft's head: on, payment_term, due_on, journal, reference, contact; of an invoice also its customer."""
    must(by, ability_to_edit(document))
    document = locked_draft(document.pk, "credits")
    known = {"on", "due_on", "payment_term", "journal", "reference", "contact", "reason"} | (set() if document.is_credit_note else {"customer"})
    if unknown := set(fields) - known:
        raise Refused(_("This cannot be changed on a draft: %s.") % ", ".join(sorted(unknown)), code="not_changeable")
    changed = []
    for name, value in fields.items():
        value = _short(value, Document._meta.get_field(name).max_length) if isinstance(value, str) else value
        if getattr(document, name) != value:
            setattr(document, name, value)
            changed.append(name)
    if document.is_credit_note and document.credits and document.on < document.credits.on:
        raise Refused(_("A credit note cannot be dated before its invoice."), field="on", code="too_early")
    if {"on", "payment_term"} & set(changed) and "due_on" not in changed:
        document.due_on = _due(document.on, document.payment_term)
    _refuse_foreign_contact(document.customer, document.contact)
    refuse_unless_sales(document.journal)
    if document.due_on and document.due_on < document.on:
        raise Refused(_("The due date cannot be before the date."), field="due_on", code="too_early")
    if changed:
        document.save(update_fields=[*changed, "due_on"])
        labels = [str(Document._meta.get_field(name).verbose_name) for name in changed]
        tell(DraftDated(on=document, by=by, at=at, fields=labels))
    return document


@action
def cancel(*, document: Document, by, at: datetime) -> Document:
    """Cancel a draft; a credit note gives back what it had reserved."""
    must(by, ability_to_edit(document))
    lines = list(DocumentLine.objects.filter(document=document))
    lock_sold_lines(ids=[line.sold_line_id for line in lines])
    if document.credits_id:
        locked_document(document.credits_id)
    document = locked_draft(document.pk, "credits")
    lines = list(DocumentLine.objects.filter(document=document))
    Document.STEPS.step(document, Document.State.CANCELLED)
    if not document.is_credit_note:
        # It bills nothing, so it lets go of what was sold: else an order that is cancelled next would stay sold.
        DocumentLine.objects.filter(document=document).update(sold_line=None)
    document.save(update_fields=["state"])
    if document.is_credit_note:
        give_back = [Gift(line.sold_line_id, -line.credited_quantity, -line.net) for line in lines if line.sold_line_id]
        allocate(gifts=give_back, kind="credit", document=label(document), by=by, at=at)
    tell(DocumentCancelled(on=document, by=by, at=at))
    return document


def _change_credit_note(note: Document, changes: Sequence[LineChange], by, at: datetime) -> Document:
    if not changes:
        raise Refused(_("A credit note needs a line. Cancel the draft instead."), field="lines", code="no_lines")
    # All sold lines of the invoice, since a change may touch any of them; ascending, before the documents.
    invoice_lines = list(DocumentLine.objects.filter(document=note.credits_id).order_by("position", "id"))
    lock_sold_lines(ids=[line.sold_line_id for line in invoice_lines])
    invoice = locked_document(note.credits_id)
    note = locked_draft(note.pk)
    before = note.money
    rows = {row.pk: row for row in note.lines.all()}
    left = left_of_lines(invoice_lines, but=note)
    left_by_id = {one.line_id: one for one in left}
    invoice_by_id = {line.pk: line for line in invoice_lines}
    kept, taken = [], []
    gifts = [Gift(row.sold_line_id, -row.credited_quantity, -row.net) for row in rows.values() if row.sold_line_id]
    for asked in changes:
        row = rows.pop(asked.line_id, None)
        if row is None:
            raise Refused(_("One of these lines is not on %s, or stands there twice.") % note, field="lines", code="foreign_line")
        one = _reprice(row, asked, invoice_by_id[row.credits_id], left_by_id[row.credits_id], note.currency)
        kept.append(row)
        taken.append(one)
    sums = taxes_for(invoice, taken, left, but=note)
    note.lines.filter(pk__in=list(rows)).delete()
    DocumentLine.objects.bulk_update(kept, ["description", "quantity", "price", "discount", "net", "credited_quantity"])
    note.tax_sums.all().delete()
    set_totals(note, [one.net for one in taken], sums)
    DocumentTax.objects.bulk_create(tax_rows(note, sums))
    note.save(update_fields=["net", "tax", "total"])
    gifts += [Gift(row.sold_line_id, row.credited_quantity, row.net) for row in kept if row.sold_line_id]
    allocate(gifts=_summed(gifts), kind="credit", document=label(note), by=by, at=at)
    tell(DraftChanged(on=note, by=by, at=at, before=before, total=note.money))
    return note


def _reprice(row: DocumentLine, asked: LineChange, of: DocumentLine, left, currency: str) -> Taken:
    """Set the draft line to what was asked and say what it takes of the invoice line now."""
    was = (row.quantity, row.price, row.discount)
    if asked.quantity is not None:
        row.quantity = check_number(asked.quantity, field="quantity", most=MOST_QUANTITY, digits=4)
    if asked.price is not None:
        row.price = check_number(asked.price, field="price", most=MOST_MONEY, digits=6, zero=True)
    if asked.discount is not None:
        row.discount = check_number(asked.discount, field="discount", most=Decimal(100), digits=4, zero=True)
    if asked.description is not None and asked.description.strip():
        row.description = _short(asked.description, 300)
    if (row.quantity, row.price, row.discount) == was:
        return Taken(left.line_id, row.credited_quantity, row.net)
    if (row.price, row.discount) == (of.price, of.discount):
        if row.quantity > left.quantity_left:
            raise Refused(_("“%s”: more than can still be credited of this line.") % row.description, field="quantity", code="more_than_left", line=of.pk)
        one = take_quantity(left, row.quantity, currency)
    else:
        net = net_of(row.priced.exact, of.priced, of.net, currency)
        if net > left.net_left:
            raise Refused(_("“%s”: more than can still be credited of this line.") % row.description, field="price", code="more_than_left", line=of.pk)
        if net == 0 and left.net_left:
            raise Refused(_("“%s” would credit nothing. Remove the line instead.") % row.description, field="price", code="credits_nothing", line=of.pk)
        one = take_amount(left, net)
    row.net, row.credited_quantity = one.net, one.quantity
    return one


def _summed(gifts: list[Gift]) -> list[Gift]:
    """One gift per sold line, so that only what really changes is written."""
    sums: dict[int, list[Decimal]] = {}
    for gift in gifts:
        both = sums.setdefault(gift.sold_line_id, [ZERO, ZERO])
        both[0] += gift.quantity
        both[1] += gift.net
    return [Gift(pk, quantity, net) for pk, (quantity, net) in sums.items()]


def _written(document: Document, lines: Sequence[LineInput]) -> tuple[list[DocumentLine], list[DocumentTax]]:
    """The rows of a draft invoice's lines and taxes; sets its totals."""
    ready = drawn(lines)
    sums = totals([line.priced for line in ready], document.currency)
    if sums.total > MOST_MONEY:
        raise Refused(_("This is more than a document can hold."), field="lines", code="bad_number")
    set_totals(document, sums.nets, sums.taxes)
    rows = [
        DocumentLine(
            document=document, position=position, product=line.product, description=line.description, quantity=line.priced.quantity, unit=line.unit,
            price=line.priced.price, discount=line.priced.discount, taxes=[tax.as_json() for tax in line.priced.taxes], net=net, sold_line=line.sold_line,
        )
        for position, (line, net) in enumerate(zip(ready, sums.nets, strict=True))
    ]
    return rows, tax_rows(document, sums.taxes)


def _refuse_foreign_contact(customer, contact) -> None:
    if contact is not None and contact.root_id != customer.root_id:
        raise Refused(_("%(contact)s does not belong to %(customer)s.") % {"contact": contact, "customer": customer}, field="contact", code="foreign_contact")


def set_totals(document: Document, nets: Sequence[Decimal], taxes: Sequence[TaxSum]) -> None:
    document.net, document.tax = sum(nets, ZERO), sum((one.amount for one in taxes), ZERO)
    document.total = document.net + document.tax


def tax_rows(document: Document, sums: Sequence[TaxSum]) -> list[DocumentTax]:
    return [
        DocumentTax(
            document=document, tax_id=one.tax.id, name=one.tax.name, kind=one.tax.kind, rate=one.tax.rate, category=one.tax.category,
            included=one.tax.included, base=one.base, amount=one.amount,
        )
        for one in sums
    ]


def label(document: Document) -> str:
    """How an allocation names the document that gave it: it has no number yet, and drafts never get one."""
    return f"{document.kind} {document.pk}"


def new_thread(at: datetime) -> Thread:
    """The conversation of a document that is being made: begun with it, for a posted document is not written to again."""
    return Thread.objects.create(kind=Document._meta.label_lower, started_at=at)


def sales_journal() -> Journal:
    journal = journals("sales").first()
    if journal is None:
        raise Refused(_("There is no sales journal. Ask an accountant to add one."), field="journal", code="no_journal")
    return journal


def refuse_unless_sales(journal: Journal | None) -> None:
    if journal is not None and journal.kind != Journal.Kind.SALES:
        raise Refused(_("%s is no sales journal. Invoices and credit notes belong in one.") % journal, field="journal", code="bad_journal")


def _due(on: date, term: PaymentTerm | None) -> date:
    return on + timedelta(days=term.days if term else 0)


def _short(text: str, most: int) -> str:
    return text.replace("\x00", "").strip()[:most]


