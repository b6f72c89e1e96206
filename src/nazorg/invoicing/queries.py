"""Looking at documents and payments: whose, which, and what is left of them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db.models import DecimalField, Exists, F, Min, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from nazorg.access.rules import may
from nazorg.core.money import ZERO
from nazorg.invoicing.crediting import LineLeft, TaxLeft
from nazorg.invoicing.models import Document, DocumentLine, DocumentTax, Payment
from nazorg.ledger.models import Match, OpenItem
from nazorg.parties.models import Party
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


def matching(documents: QuerySet[Document], text: str) -> QuerySet[Document]:
    """Those whose number, reference, origin or customer has the text."""
    if not text:
        return documents
    return documents.filter(
        Q(number__icontains=text) | Q(reference__icontains=text) | Q(origin__iexact=text) | Q(customer__in=Party.objects.filter(words__contains=text.lower()))
    )


def for_list(user, kind: str) -> QuerySet[Document]:
    """Documents as a list shows them: one query for a page."""
    return with_payment_state(visible_to(user).filter(kind=kind)).select_related("customer", "credits")


STATES = ("draft", "open", "overdue", "partial", "paid", "cancelled")


def in_state(documents: QuerySet[Document], state: str, today: date) -> QuerySet[Document]:
    """Those in a payment state; “open” holds what is partly paid or overdue too, “paid” whatever has nothing left."""
    if state in ("draft", "cancelled"):
        return documents.filter(state=state)
    posted = documents.filter(state="posted")
    match state:
        case "open":
            return posted.exclude(open_item__residual=0)
        case "overdue":
            return posted.exclude(open_item__residual=0).filter(kind="invoice", due_on__lt=today)
        case "partial":
            return posted.exclude(open_item__residual=0).exclude(open_item__residual=F("open_item__amount"))
        case "paid":
            return posted.filter(open_item__residual=0)
    return documents


def open_records(customer) -> list[Document | Payment]:
    """A customer's documents and payments that have something open, oldest first."""
    documents = Document.objects.filter(customer__root=customer.root_id, state="posted").exclude(open_item__residual=0)
    payments = Payment.objects.filter(customer__root=customer.root_id).exclude(open_item__residual=0)
    found = [*documents.select_related("open_item", "customer"), *payments.select_related("open_item", "customer")]
    return sorted(found, key=lambda one: (one.on, one.pk))


def balances(customer) -> list[dict]:
    """Per currency what a customer owes less what they have to get: `[{currency, balance}]`."""
    items = OpenItem.objects.filter(party__root=customer.root_id).exclude(residual=0)
    return list(items.order_by().values("currency").annotate(balance=Sum("residual")).order_by("currency"))


def customers_with_open_items() -> QuerySet[OpenItem]:
    """Per customer and currency what is open, most owed first: `{party__root, party__root__name, currency, balance, overdue_on}`."""
    items = OpenItem.objects.exclude(residual=0).order_by().values("party__root", "party__root__name", "currency")
    return items.annotate(balance=Sum("residual"), oldest=Min("due_on", filter=Q(residual__gt=0))).order_by("-balance", "party__root__name")


def payments_matching(payments: QuerySet[Payment], text: str) -> QuerySet[Payment]:
    return payments.filter(Q(number__icontains=text) | Q(reference__icontains=text) | Q(customer__in=Party.objects.filter(words__contains=text.lower())))


def left_to_credit(invoice: Document) -> dict:
    """What is left to credit of one invoice: `{amount, creditable}`."""
    lines = left(invoice)
    amount = sum((one.net_left for one in lines), ZERO) + sum((one.amount_left for one in taxes_left(invoice, lines)), ZERO)
    return {"amount": amount, "creditable": any(one.is_creditable for one in lines)}


def settled_by(record: Document | Payment) -> list[dict]:
    """What settled a record, for its page: `[{record, amount, at}]`; a payment's own reversal has no record."""
    found = []
    for match in settlements(record):
        item = match.credit if match.debit_id == record.open_item_id else match.debit
        other = getattr(item, "document", None) or getattr(item, "payment", None)
        found.append({"record": other, "amount": match.amount, "at": match.at, "is_payment": isinstance(other, Payment)})
    return found
