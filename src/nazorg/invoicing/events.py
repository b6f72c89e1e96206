"""What happened to documents and payments."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _

from nazorg.core.events import Event, event
from nazorg.core.money import Money
from nazorg.invoicing.models import Document, Payment


@event
class InvoiceDrafted(Event):
    total: Money
    origin: str = ""
    icon = "file-plus"
    sentence = _("{by} drafted this invoice of {total}.")


@event
class CreditNoteDrafted(Event):
    """On the credit note."""

    invoice: Document
    total: Money
    icon = "receipt-refund"
    sentence = _("{by} drafted this credit note of {total} on {invoice}.")


@event
class DraftChanged(Event):
    before: Money
    total: Money
    icon = "edit"
    sentence = _("{by} changed the draft from {before} to {total}.")


@event
class DraftDated(Event):
    """The head of a draft (date, term, reference, customer) became another."""

    fields: list
    icon = "edit"
    sentence = _("{by} changed this draft: {fields}.")


@event
class InvoicePosted(Event):
    total: Money
    icon = "file-invoice"
    sentence = _("{by} posted this invoice of {total}.")


@event
class CreditNotePosted(Event):
    """On the credit note; `invoice` is None only for one that an import could not link."""

    invoice: Document | None
    total: Money
    icon = "receipt-refund"
    sentence = _("{by} posted this credit note of {total} on {invoice}.")


@event
class InvoiceCredited(Event):
    """On the invoice, when a credit note on it is posted."""

    credit_note: Document
    amount: Money
    icon = "receipt-refund"
    sentence = _("{by} credited {amount} of this invoice by {credit_note}.")


@event
class DocumentCancelled(Event):
    icon = "ban"
    sentence = _("{by} cancelled this draft.")


@event
class PaymentRegistered(Event):
    """On the payment."""

    amount: Money
    icon = "cash"
    sentence = _("{by} registered this payment of {amount}.")


@event
class PaymentReversed(Event):
    """On the payment."""

    amount: Money
    day: date
    icon = "arrow-back-up"
    sentence = _("{by} reversed this payment of {amount} on {day}.")


@event
class DocumentPaid(Event):
    """On each document that a payment settled something of."""

    payment: Payment
    amount: Money
    icon = "cash"
    sentence = _("{amount} was settled by {payment}.")


@event
class DocumentReopened(Event):
    """On each document that a reversed payment had settled something of."""

    payment: Payment
    icon = "arrow-back-up"
    sentence = _("{payment} was reversed: what it had settled is open again.")


@event
class ItemsOffset(Event):
    """On both of two records that settled each other."""

    other: Document | Payment
    amount: Money
    icon = "arrows-exchange"
    sentence = _("{by} offset {amount} with {other}.")


@event
class Imported(Event):
    """On a document that an import wrote."""

    total: Money
    icon = "database-import"
    sentence = _("Imported with a total of {total}.")
