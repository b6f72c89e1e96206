"""Looking at documents and payments: whose, which, and what is left of them."""

from __future__ import annotations

from decimal import Decimal

from django.db.models import DecimalField, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from nazorg.access.rules import may
from nazorg.core.money import ZERO
from nazorg.invoicing.crediting import LineLeft, TaxLeft
from nazorg.invoicing.models import Document, DocumentLine, DocumentTax, Payment
from nazorg.ledger.models import Match
from nazorg.suite import queries as suite

_AMOUNT = DecimalField(max_digits=18, decimal_places=3)
RELATED = ("customer", "contact", "payment_term", "journal", "open_item", "credits", "replaces")


def visible_to(user) -> QuerySet[Document]:
    """The documents that somebody may open: all with the right to see them, else those granted one by one."""
    if may(user, "invoicing.view_document"):
        return Document.objects.all()
    if user is None or not user.is_authenticated or not suite.is_active("invoicing"):
        return Document.objects.none()
    return Document.objects.filter(thread__grants__user=user)


def payments_visible_to(user) -> QuerySet[Payment]:
    return Payment.objects.all() if may(user, "invoicing.view_document") else Payment.objects.none()


def document_by_number(number: str) -> Document | None:
    """The posted document with this number, however it was typed."""
    return Document.objects.filter(number__iexact=number.strip()).select_related(*RELATED).first()


def _money_matches(item) -> QuerySet[Match]:
    """Live matches of an open item with a payment."""
    return Match.objects.filter(undone_at=None).filter(
        Q(debit=item, credit__payment__isnull=False) | Q(credit=item, debit__payment__isnull=False)
    )


def was_paid(document: Document) -> bool:
    """Whether money, not only credit, settled something of it."""
    return _money_matches(document.open_item_id).exists()


def with_payment_state(documents: QuerySet[Document]) -> QuerySet[Document]:
    """With all that `payment_state` looks at, in one query."""
    return documents.select_related("open_item").annotate(was_paid=Exists(_money_matches(OuterRef("open_item_id"))))


def with_left_to_credit(invoices: QuerySet[Document]) -> QuerySet[Document]:
    """Invoices with `left_to_credit`: their total less all credit notes on them that are not cancelled, drafts too."""
    nets = (
        DocumentLine.objects.filter(credits__document=OuterRef("pk")).exclude(document__state="cancelled")
        .order_by().values("credits__document").annotate(sum=Sum("net")).values("sum")
    )
    taxes = Document.objects.filter(credits=OuterRef("pk")).exclude(state="cancelled").order_by().values("credits").annotate(sum=Sum("tax")).values("sum")
    nothing = Value(ZERO, _AMOUNT)
    return invoices.annotate(
        left_to_credit=F("total") - Coalesce(Subquery(nets, _AMOUNT), nothing) - Coalesce(Subquery(taxes, _AMOUNT), nothing)
    )


def creditable(customer) -> QuerySet[Document]:
    """The posted invoices of a customer (a company with its contacts), newest first, with `left_to_credit`."""
    invoices = Document.objects.filter(kind="invoice", state="posted", customer__root=customer.root_id)
    return with_payment_state(with_left_to_credit(invoices)).select_related("customer", "journal").order_by("-on", "-id")


def left(invoice: Document, *, but: Document | None = None) -> list[LineLeft]:
    """What is left of each line of an invoice, in their order; the credit note `but` is not counted."""
    return left_of_lines(list(invoice.lines.order_by("position", "id")), but=but)


def left_of_lines(lines: list[DocumentLine], *, but: Document | None = None) -> list[LineLeft]:
    taken = DocumentLine.objects.filter(credits__in=[line.pk for line in lines]).exclude(document__state="cancelled")
    if but is not None:
        taken = taken.exclude(document=but)
    sums = {
        row["credits"]: (row["quantity"], row["value"])
        for row in taken.order_by().values("credits").annotate(quantity=Sum("credited_quantity"), value=Sum("net"))
    }
    none = (ZERO, ZERO)
    return [
        LineLeft(line.pk, line.quantity, line.net, line.quantity - sums.get(line.pk, none)[0], line.net - sums.get(line.pk, none)[1], line.tax_facts)
        for line in lines
    ]


def taxes_left(invoice: Document, lines: list[LineLeft], *, but: Document | None = None) -> list[TaxLeft]:
    """What is left of each tax of an invoice; `lines` are what `left` gave."""
    rows = list(DocumentTax.objects.filter(document=invoice))
    if not rows:
        return []
    credited = DocumentTax.objects.filter(document__credits=invoice).exclude(document__state="cancelled")
    if but is not None:
        credited = credited.exclude(document=but)
    sums: dict[object, Decimal] = {}
    for one in credited:
        sums[one.facts] = sums.get(one.facts, ZERO) + one.amount
    return [
        TaxLeft(
            row.facts, row.base, row.amount, sum((line.net_left for line in lines if row.facts in line.taxes), ZERO),
            row.amount - sums.get(row.facts, ZERO),
        )
        for row in rows
    ]


def credit_notes_of(invoice: Document) -> QuerySet[Document]:
    """The credit notes on an invoice that are not cancelled, oldest first."""
    notes = Document.objects.filter(Q(credits=invoice) | Exists(DocumentLine.objects.filter(document=OuterRef("pk"), credits__document=invoice)))
    return with_payment_state(notes.exclude(state="cancelled")).order_by("id")


def settlements(record: Document | Payment) -> QuerySet[Match]:
    """What settled a posted document or payment, oldest first, with the records on both sides."""
    return (
        Match.objects.filter(undone_at=None).filter(Q(debit=record.open_item_id) | Q(credit=record.open_item_id))
        .select_related("debit__document", "debit__payment", "credit__document", "credit__payment").order_by("id")
    )
