"""Which invoices a ticket may credit, which of them fits, and what its refunds came to."""

from __future__ import annotations

from decimal import Decimal

from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from nazorg.core import formats
from nazorg.core.money import ZERO
from nazorg.helpdesk import queries as helpdesk
from nazorg.helpdesk.services import Tile
from nazorg.invoicing import queries as invoicing
from nazorg.invoicing.models import Document, DocumentLine
from nazorg.services.refund.models import Refund

BY_ORDER, BY_SERIAL, BY_PRODUCT = 4, 2, 1
"""How well an invoice fits a ticket: that it names the ticket's order weighs more than all the rest."""


def visible_to(user) -> QuerySet[Refund]:
    """The refunds of the tickets that the user sees."""
    return Refund.objects.filter(ticket__in=helpdesk.visible_to(user).order_by().values("pk"))


def remedies(ticket) -> QuerySet[Refund]:
    """The ticket's refunds, oldest first, with their documents."""
    return (
        Refund.objects.filter(ticket=ticket)
        .select_related("ticket", "ticket__team", "by", "credit_note", "credit_note__credits", "credit_note__open_item", "new_invoice")
        .order_by("pk")
    )


def tiles(ticket, user) -> list[Tile]:
    """The smart button *Credit notes*: how many, what they come to, and how many are still drafts. Cancelled ones do not count.

    A single one opens itself for whoever may see it; otherwise the ticket's list of refunds opens.
    """
    may_open = Exists(invoicing.visible_to(user).filter(pk=OuterRef("credit_note")))
    found = list(remedies(ticket).exclude(credit_note__state="cancelled").annotate(may_open=may_open))
    ticket.refunds_ = found
    if not found:
        return []
    sums: dict[str, Decimal] = {}
    for one in found:
        sums[one.credit_note.currency] = sums.get(one.credit_note.currency, ZERO) + one.credit_note.total
    drafts = sum(one.credit_note.is_draft for one in found)
    badge = _("Draft") if drafts == len(found) == 1 else ngettext("%d draft", "%d drafts", drafts) % drafts
    alone = len(found) == 1 and found[0].may_open
    return [
        Tile(
            label=_("Credit notes"), count=len(found),
            fact=" + ".join(formats.amount(total, currency) for currency, total in sums.items()), badge=badge if drafts else "",
            url=found[0].credit_note.get_absolute_url() if alone else reverse("refund:refunds", args=[ticket.pk]), icon="receipt-refund",
        )
    ]


def pending(ticket, user) -> list[Refund]:
    """The refunds whose credit note is a draft: they wait to be confirmed."""
    found = ticket.refunds_ if hasattr(ticket, "refunds_") else remedies(ticket)
    return [one for one in found if one.credit_note.is_draft]


def invoices(ticket) -> QuerySet[Document]:
    """The invoices that the ticket may credit, newest first: posted, of its customer, with something left.

    Each has `left_to_credit`, and `fits`: how well it fits the ticket's order, serial number and product.
    """
    if ticket.customer_id is None:
        return Document.objects.none()
    lines = DocumentLine.objects.filter(document=OuterRef("pk"))
    fits = Value(0, IntegerField())
    if order := ticket.order_reference.strip():
        fits += _points(Q(origin__iexact=order) | Q(reference__iexact=order), BY_ORDER)
    if ticket.serial.strip():
        fits += _points(Exists(lines.filter(sold_line__serial__iexact=ticket.serial.strip())), BY_SERIAL)
    if ticket.product_id:
        fits += _points(Exists(lines.filter(product=ticket.product_id)), BY_PRODUCT)
    return invoicing.creditable(ticket.customer).filter(left_to_credit__gt=0).annotate(fits=fits).order_by("-on", "-pk")


def documents(ticket) -> QuerySet[Document]:
    """Every document of the ticket's customer, whatever its state: what a refusal may speak of by its number."""
    if ticket.customer_id is None:
        return Document.objects.none()
    return Document.objects.filter(customer__root=ticket.customer.root_id).select_related("customer", "journal", "open_item")


def _points(condition, points: int) -> Case:
    return Case(When(condition, then=Value(points)), default=Value(0), output_field=IntegerField())


def best(ticket) -> tuple[Document | None, int]:
    """The one invoice that fits the ticket (None when none stands out), and how many there are to choose from: 0, 1 or 2 for more."""
    first = list(invoices(ticket).order_by(F("fits").desc(), "-on", "-pk")[:2])
    if len(first) == 1 or (len(first) == 2 and first[0].fits > first[1].fits):
        return first[0], len(first)
    return None, len(first)


def found(ticket, text: str) -> QuerySet[Document]:
    """The ticket's invoices whose number, reference, order or lines contain the text."""
    rows = invoices(ticket)
    for word in text.replace("\x00", "").split()[:5]:
        named = DocumentLine.objects.filter(document=OuterRef("pk")).filter(Q(description__icontains=word) | Q(product__code__istartswith=word))
        rows = rows.filter(Q(number__icontains=word) | Q(reference__icontains=word) | Q(origin__icontains=word) | Exists(named))
    return rows
