"""Money that came in or went out, registered by hand; and letting open amounts settle each other."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from nazorg.access.rules import must
from nazorg.conversation.models import Thread
from nazorg.core import formats
from nazorg.core.actions import action
from nazorg.core.events import tell
from nazorg.core.money import Money, check_currency
from nazorg.core.numbering import take as take_number
from nazorg.core.refusals import Refused
from nazorg.invoicing.actions.locks import locked_document, locked_payment
from nazorg.invoicing.events import DocumentPaid, DocumentReopened, ItemsOffset, PaymentRegistered, PaymentReversed
from nazorg.invoicing.lines import check_amount
from nazorg.invoicing.models import Document, Payment
from nazorg.ledger import actions as ledger
from nazorg.ledger.models import Journal, Match
from nazorg.ledger.queries import journals, standard_accounts


@action
def register_payment(
    *, amount: Decimal, on: date, invoice: Document | None = None, credit_note: Document | None = None, customer=None, direction: str = "in",
    currency: str | None = None, journal: Journal | None = None, reference: str = "", by, at: datetime,
) -> Payment:
    """Register money of a customer's, in the books and against what it is for.

    With `invoice` it came in for that invoice: it settles what is due, and what is over stays open for the customer.
    With `credit_note` it was paid out for that open credit, at most what is left of it. With `customer` alone it came in
    on account, or (`direction` “out”) it pays out what the customer has open, oldest first.
    """
    must(by, "invoicing.register_payment")
    documents = _lock_for_payment(invoice, credit_note, customer, direction, currency)
    if credit_note is not None:
        direction = "out"
    elif invoice is not None or direction not in ("in", "out"):
        direction = "in"
    customer = documents[0].customer if invoice is not None or credit_note is not None else customer
    currency = documents[0].currency if documents else (currency or settings.BOOKS_CURRENCY)
    _refuse_bad_currency(currency)
    amount = check_amount(amount, currency)
    journal = _bank(journal)
    if on > timezone.localtime(at).date():
        raise Refused(_("A payment cannot be registered before its day."), field="on", code="in_the_future")
    if direction == "out":
        _refuse_more_than_open(documents, amount, currency)
    sign = 1 if direction == "in" else -1
    item = ledger.open_item(party=customer, currency=currency, amount=-sign * amount, due_on=on)
    settled = _settle_in_turn(documents, item, by, at)
    number = take_number(journal.code, on)
    accounts = standard_accounts()
    entry = ledger.post(
        journal=journal, on=on, reference=number, currency=currency, by=by, at=at,
        amounts=[ledger.Amount(journal.account or accounts["bank"], sign * amount), ledger.Amount(accounts["receivable"], -sign * amount, party=customer)],
    )
    payment = Payment.objects.create(
        number=number, customer=customer, direction=direction, amount=amount, currency=currency, on=on, journal=journal,
        reference=reference.replace("\x00", "").strip()[:200], entry=entry, open_item=item, made_by=by, made_at=at,
        thread=Thread.objects.create(kind=Payment._meta.label_lower, started_at=at),
    )
    tell(PaymentRegistered(on=payment, by=by, at=at, amount=payment.money))
    for document, match in settled:
        tell(DocumentPaid(on=document, by=by, at=at, payment=payment, amount=Money(match.amount, currency)))
    return payment


@action
def reverse_payment(*, payment: Payment, on: date, by, at: datetime) -> Payment:
    """Take a payment back, as when it bounced or was registered wrongly: what it had settled is open again."""
    must(by, "invoicing.register_payment")
    documents = list(
        Document.objects.filter(
            Q(open_item__settled_by__credit__payment=payment, open_item__settled_by__undone_at=None)
            | Q(open_item__settles__debit__payment=payment, open_item__settles__undone_at=None)
        ).values_list("pk", flat=True)
    )
    list(Document.objects.select_for_update().filter(pk__in=documents).order_by("pk"))
    payment = locked_payment(payment.pk, "entry", "journal")
    if on < payment.on:
        raise Refused(_("A payment cannot be reversed before its day, which is %s.") % formats.day(payment.on), field="on", code="too_early")
    if on > timezone.localtime(at).date():
        raise Refused(_("A payment cannot be reversed before the day has come."), field="on", code="in_the_future")
    if payment.state != Payment.State.POSTED:
        raise Refused(_("%s has been reversed already.") % payment, code="illegal_step")
    reopened = ledger.unsettle(item=payment.open_item, at=at)
    against = ledger.open_item(party=payment.customer, currency=payment.currency, amount=-payment.open_item.amount, due_on=on)
    debit, credit = (against, payment.open_item) if against.amount > 0 else (payment.open_item, against)
    ledger.settle(debit=debit, credit=credit, by=by, at=at)
    lines = payment.entry.lines.select_related("account", "party").order_by("id")
    number = take_number(payment.journal.code, on)
    Payment.STEPS.step(payment, Payment.State.REVERSED)
    payment.reversed_on = on
    payment.reversal = ledger.post(
        journal=payment.journal, on=on, reference=number, currency=payment.currency, by=by, at=at,
        amounts=[ledger.Amount(line.account, -line.amount, party=line.party, label=payment.number) for line in lines],
    )
    payment.save(update_fields=["state", "reversed_on", "reversal"])
    tell(PaymentReversed(on=payment, by=by, at=at, amount=payment.money, day=on))
    for document in Document.objects.filter(open_item__in=reopened).order_by("pk"):
        tell(DocumentReopened(on=document, by=by, at=at, payment=payment))
    return payment


@action
def settle(*, document: Document | Payment, with_document: Document | Payment, amount: Decimal | None = None, by, at: datetime) -> Match:
    """Let two open records of one customer settle each other: an invoice and an open credit or payment."""
    must(by, "invoicing.register_payment")
    one, other = _lock_two(document, with_document)
    if one.customer.root_id != other.customer.root_id:
        raise Refused(_("%(one)s and %(other)s are of different customers.") % {"one": one, "other": other}, code="other_customer")
    debit, credit = (one, other) if one.open_item.residual > 0 else (other, one)
    if amount is not None:
        amount = check_amount(amount, debit.currency)
    if debit.open_item.residual <= 0 or credit.open_item.residual >= 0:
        raise Refused(
            _("%(one)s and %(other)s do not settle each other: it takes an open amount to pay and an open credit.") % {"one": one, "other": other},
            code="nothing_to_settle",
        )
    match = ledger.settle(debit=debit.open_item, credit=credit.open_item, amount=amount, by=by, at=at)
    money = Money(match.amount, debit.currency)
    tell(ItemsOffset(on=debit, by=by, at=at, other=credit, amount=money))
    tell(ItemsOffset(on=credit, by=by, at=at, other=debit, amount=money))
    return match


def _lock_for_payment(invoice, credit_note, customer, direction: str, currency: str | None) -> list[Document | Payment]:
    """What the money is for, locked and ready to be settled in this order."""
    if sum(one is not None for one in (invoice, credit_note, customer)) != 1:
        raise Refused(_("A payment is for an invoice, for a credit note or of a customer: name one of them."), field="customer", code="name_one")
    if customer is not None:
        return _open_credits(customer, currency or settings.BOOKS_CURRENCY) if direction == "out" else []
    document = locked_document((invoice or credit_note).pk, "customer")
    if not document.is_posted:
        raise Refused(_("%s has not been posted, so there is nothing to pay yet.") % document, field="invoice", code="not_posted")
    if document.is_credit_note != (credit_note is not None):
        raise Refused(_("%s is of the other kind: money comes in for invoices and goes out for credit notes.") % document, field="invoice", code="wrong_kind")
    if document.open_item.residual == 0:
        raise Refused(_("Nothing is left to pay of %s.") % document, field="invoice", code="nothing_left")
    return [document]


def _open_credits(customer, currency: str) -> list[Document | Payment]:
    where = {"customer__root": customer.root_id, "open_item__residual__lt": 0, "currency": currency}
    records = [locked_document(pk) for pk in Document.objects.filter(**where).order_by("pk").values_list("pk", flat=True)]
    records += [locked_payment(pk) for pk in Payment.objects.filter(**where).order_by("pk").values_list("pk", flat=True)]
    return sorted((one for one in records if one.open_item.residual < 0), key=lambda one: (one.on, one.pk))


def _refuse_more_than_open(documents: list, amount: Decimal, currency: str) -> None:
    open_credit = -sum(one.open_item.residual for one in documents)
    if amount > open_credit:
        raise Refused(
            _("At most %s is open to be paid out.") % formats.amount(open_credit, currency), field="amount", code="more_than_left",
        )


def _settle_in_turn(documents: list, item, by, at: datetime) -> list[tuple[Document | Payment, Match]]:
    """Let the money's item settle the documents one after another, as far as it goes."""
    settled = []
    for document in documents:
        if item.residual == 0:
            break
        debit, credit = (document.open_item, item) if item.amount < 0 else (item, document.open_item)
        if match := ledger.settle(debit=debit, credit=credit, by=by, at=at):
            settled.append((document, match))
    return settled


def _lock_two(one: Document | Payment, other: Document | Payment) -> tuple:
    """Both again, locked documents before payments and lower pk first; refused when one has nothing open."""
    locked = {}
    for record in sorted((one, other), key=lambda record: (isinstance(record, Payment), record.pk)):
        model, fetch = (Payment, locked_payment) if isinstance(record, Payment) else (Document, locked_document)
        again = fetch(record.pk)
        if again.open_item is None or again.open_item.residual == 0:
            raise Refused(_("%s has nothing open.") % again, code="nothing_left")
        locked[model, record.pk] = again
    return tuple(locked[Payment if isinstance(record, Payment) else Document, record.pk] for record in (one, other))


def _bank(journal: Journal | None) -> Journal:
    journal = journal or journals("bank").first()
    if journal is None or journal.kind != Journal.Kind.BANK:
        raise Refused(_("Choose a bank or cash journal."), field="journal", code="bad_journal")
    return journal


def _refuse_bad_currency(currency: str) -> None:
    try:
        check_currency(currency)
    except ValidationError as wrong:
        raise Refused(wrong.messages[0], field="currency", code="bad_currency") from None
