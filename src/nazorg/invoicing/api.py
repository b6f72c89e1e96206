"""Invoices, credit notes and payments over the API."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Status

from nazorg.access.rules import must
from nazorg.catalogue.models import Product, Tax
from nazorg.core.refusals import Refused
from nazorg.core.rest import DecimalText, Id, In, MoneyOut, Page, Router, Schema, made, paged, plain
from nazorg.invoicing import actions, queries
from nazorg.invoicing.lines import CreditLine, LineChange, LineInput
from nazorg.invoicing.models import Document, Payment, PaymentTerm
from nazorg.ledger.models import Journal
from nazorg.parties.models import Party

invoices, credit_notes, payments = Router("invoices"), Router("credit-notes"), Router("payments")
ROUTERS = [("/invoices", invoices), ("/credit-notes", credit_notes), ("/payments", payments)]


class InvoiceLineOut(Schema):
    """A line; a credit note's names the invoice line that it credits and how many pieces it takes of it."""

    id: int
    product: int | None
    description: str
    quantity: str
    unit: str
    price: str
    discount: str
    taxes: list[str]
    net: MoneyOut
    credits: int | None
    credited_quantity: str


class ChargedTaxOut(Schema):
    name: str
    rate: str
    category: str
    included: bool
    base: MoneyOut
    amount: MoneyOut


class InvoiceOut(Schema):
    """An invoice or a credit note, both with positive amounts. `due` is what is left to pay, or to give."""

    id: int
    kind: Literal["invoice", "credit_note"]
    state: Literal["draft", "posted", "cancelled"]
    payment_state: str
    number: str | None
    customer: int
    contact: int | None
    on: date
    due_on: date | None
    payment_term: str | None
    journal: str
    currency: str
    reference: str
    reason: str
    origin: str
    credits: int | None
    replaces: int | None
    net: MoneyOut
    tax: MoneyOut
    total: MoneyOut
    due: MoneyOut
    made_at: datetime
    posted_at: datetime | None
    url: str

    @classmethod
    def of(cls, document: Document) -> InvoiceOut:
        return cls(**_facts(document))


class InvoiceFullOut(InvoiceOut):
    """With its lines and taxes; an invoice also says what is left to credit of it."""

    lines: list[InvoiceLineOut]
    taxes: list[ChargedTaxOut]
    left_to_credit: MoneyOut | None

    @classmethod
    def of(cls, document: Document) -> InvoiceFullOut:
        money = lambda value: MoneyOut.of(value, document.currency)  # noqa: E731
        left = queries.left_to_credit(document)["amount"] if document.is_posted and not document.is_credit_note else None
        return cls(
            **_facts(document), left_to_credit=money(left),
            lines=[
                InvoiceLineOut(
                    id=line.pk, product=line.product_id, description=line.description, quantity=plain(line.quantity), unit=line.unit.code if line.unit else "",
                    price=plain(line.price), discount=plain(line.discount), taxes=[tax["name"] for tax in line.taxes], net=money(line.net),
                    credits=line.credits_id, credited_quantity=plain(line.credited_quantity),
                )
                for line in document.lines.select_related("unit")
            ],
            taxes=[
                ChargedTaxOut(name=one.name, rate=plain(one.rate), category=one.category, included=one.included, base=money(one.base), amount=money(one.amount))
                for one in document.tax_sums.all()
            ],
        )


def _facts(document: Document) -> dict:
    money = lambda value: MoneyOut.of(value, document.currency)  # noqa: E731
    return {
        "id": document.pk, "kind": document.kind, "state": document.state, "payment_state": document.payment_state, "number": document.number,
        "customer": document.customer_id, "contact": document.contact_id, "on": document.on, "due_on": document.due_on,
        "payment_term": document.payment_term.name if document.payment_term else None, "journal": document.journal.code, "currency": document.currency,
        "reference": document.reference, "reason": document.reason, "origin": document.origin, "credits": document.credits_id, "replaces": document.replaces_id,
        "net": money(document.net), "tax": money(document.tax), "total": money(document.total), "due": money(document.amount_due),
        "made_at": document.made_at, "posted_at": document.posted_at, "url": document.get_absolute_url(),
    }


class InvoiceLineIn(In):
    """A line: of a product, or by description. Left out, price and taxes are the product's. `taxes` are ids."""

    product: Id | None = None
    description: str = ""
    quantity: DecimalText = Decimal(1)
    price: DecimalText | None = None
    discount: DecimalText = Decimal(0)
    taxes: list[Id] | None = None


class InvoiceIn(In):
    customer: Id
    contact: Id | None = None
    on: date | None = None
    currency: str | None = None
    payment_term: str | None = None
    journal: str | None = None
    reference: str = ""
    origin: str = ""
    lines: list[InvoiceLineIn]


class InvoiceChange(In):
    """Only what is sent is changed; `lines` replaces them all."""

    on: date | None = None
    due_on: date | None = None
    payment_term: str | None = None
    reference: str | None = None
    lines: list[InvoiceLineIn] | None = None


class CreditNoteLineChange(In):
    """What becomes of a line of a draft credit note, by its id; a line that is not named is dropped."""

    id: Id
    quantity: DecimalText | None = None
    price: DecimalText | None = None
    discount: DecimalText | None = None
    description: str | None = None


class CreditNoteChange(In):
    on: date | None = None
    reference: str | None = None
    reason: str | None = None
    lines: list[CreditNoteLineChange] | None = None


class CreditLineIn(In):
    """What to credit of an invoice line: a quantity, or an amount without tax; neither means all that is left."""

    line: Id
    quantity: DecimalText | None = None
    amount: DecimalText | None = None


class CreditIn(In):
    """How to credit an invoice. Without `lines` all that is left; `expected` is a preview's fingerprint."""

    method: Literal["partial", "full", "full_and_new"] = "partial"
    lines: list[CreditLineIn] | None = None
    on: date | None = None
    reason: str = ""
    journal: str | None = None
    expected: str | None = None


class CreditPlanLineOut(Schema):
    line: int
    description: str
    quantity: str
    net: MoneyOut


class CreditPlanOut(Schema):
    """What would be booked: send its `fingerprint` as `expected` to book exactly this."""

    invoice: int
    method: str
    on: date
    lines: list[CreditPlanLineOut]
    net: MoneyOut
    tax: MoneyOut
    total: MoneyOut
    posts: bool
    settles: MoneyOut
    due_after: MoneyOut
    left_to_credit: MoneyOut
    makes_new_draft: bool
    sentences: list[str]
    fingerprint: str

    @classmethod
    def of(cls, plan) -> CreditPlanOut:
        money = lambda value: MoneyOut.of(value, plan.currency)  # noqa: E731
        return cls(
            invoice=plan.invoice.pk, method=plan.method, on=plan.on, net=money(plan.net), tax=money(plan.tax), total=money(plan.total), posts=plan.posts,
            lines=[CreditPlanLineOut(line=one.line.pk, description=one.line.description, quantity=plain(one.quantity), net=money(one.net)) for one in plan.lines],
            settles=money(plan.settles), due_after=money(plan.due_after), left_to_credit=money(plan.left_to_credit), makes_new_draft=plan.makes_new_draft,
            sentences=[str(one) for one in plan.sentences], fingerprint=plan.fingerprint,
        )


class CreditedOut(Schema):
    credit_note: InvoiceFullOut
    new_invoice: InvoiceFullOut | None


class PaymentOut(Schema):
    """Money that came in or went out; `open` is what of it has settled nothing yet."""

    id: int
    number: str
    state: Literal["posted", "reversed"]
    direction: Literal["in", "out"]
    customer: int
    amount: MoneyOut
    open: MoneyOut
    on: date
    journal: str
    reference: str
    reversed_on: date | None
    made_at: datetime
    url: str

    @classmethod
    def of(cls, payment: Payment) -> PaymentOut:
        return cls(
            id=payment.pk, number=payment.number, state=payment.state, direction=payment.direction, customer=payment.customer_id,
            amount=MoneyOut.of(payment.amount, payment.currency), open=MoneyOut.of(payment.amount_left, payment.currency), on=payment.on,
            journal=payment.journal.code, reference=payment.reference, reversed_on=payment.reversed_on, made_at=payment.made_at, url=payment.get_absolute_url(),
        )


class PaymentIn(In):
    """For an `invoice` (came in), for a `credit_note` (went out), or on a `customer`'s account; name one of the three."""

    invoice: Id | None = None
    credit_note: Id | None = None
    customer: Id | None = None
    direction: Literal["in", "out"] = "in"
    amount: DecimalText
    currency: str | None = None
    on: date | None = None
    journal: str | None = None
    reference: str = ""


class DayIn(In):
    on: date | None = None


class OffsetIn(In):
    """What an invoice is settled with: an open credit note or payment of the same customer."""

    credit_note: Id | None = None
    payment: Id | None = None
    amount: DecimalText | None = None


# Looking ------------------------------------------------------------------------------------------------------------------


def _documents(user, kind: str):
    return queries.with_payment_state(queries.visible_to(user).filter(kind=kind)).select_related("customer", "payment_term", "journal")


def _one(user, pk: int, kind: str) -> Document:
    return get_object_or_404(_documents(user, kind), pk=pk)


def _listing(request, kind: str, out, q: str, state: str, customer: int | None, since: date | None, until: date | None, limit: int, cursor: str | None):
    found = queries.in_state(queries.matching(_documents(request.user, kind), q.replace("\x00", "")[:200]), state, timezone.localdate())
    if customer is not None:
        found = found.filter(customer__root__in=Party.objects.filter(pk=customer).values("root"))
    if since:
        found = found.filter(on__gte=since)
    if until:
        found = found.filter(on__lte=until)
    return paged(request, found, limit, cursor, out)


@invoices.get("/", response=Page[InvoiceOut], summary="List invoices")
def list_invoices(
    request, q: str = "", state: Literal["", "draft", "open", "overdue", "partial", "paid", "cancelled"] = "", customer: Id | None = None,
    since: date | None = None, until: date | None = None, limit: int = 50, cursor: str | None = None,
):
    return _listing(request, "invoice", InvoiceOut.of, q, state, customer, since, until, limit, cursor)


@credit_notes.get("/", response=Page[InvoiceOut], summary="List credit notes")
def list_credit_notes(
    request, q: str = "", state: Literal["", "draft", "open", "partial", "paid", "cancelled"] = "", customer: Id | None = None,
    since: date | None = None, until: date | None = None, limit: int = 50, cursor: str | None = None,
):
    return _listing(request, "credit_note", InvoiceOut.of, q, state, customer, since, until, limit, cursor)


@invoices.get("/{int:pk}", response=InvoiceFullOut, summary="One invoice")
def get_invoice(request, pk: int):
    return InvoiceFullOut.of(_one(request.user, pk, "invoice"))


@credit_notes.get("/{int:pk}", response=InvoiceFullOut, summary="One credit note")
def get_credit_note(request, pk: int):
    return InvoiceFullOut.of(_one(request.user, pk, "credit_note"))


@payments.get("/", response=Page[PaymentOut], summary="List payments")
def list_payments(request, q: str = "", customer: Id | None = None, limit: int = 50, cursor: str | None = None):
    must(request.user, "invoicing.view_document")
    found = queries.payments_visible_to(request.user).select_related("journal", "open_item")
    if text := q.replace("\x00", "")[:200]:
        found = queries.payments_matching(found, text)
    if customer is not None:
        found = found.filter(customer__root__in=Party.objects.filter(pk=customer).values("root"))
    return paged(request, found, limit, cursor, PaymentOut.of)


@payments.get("/{int:pk}", response=PaymentOut, summary="One payment")
def get_payment(request, pk: int):
    return PaymentOut.of(_payment(request.user, pk))


def _payment(user, pk: int) -> Payment:
    return get_object_or_404(queries.payments_visible_to(user).select_related("journal", "open_item"), pk=pk)


# Doing --------------------------------------------------------------------------------------------------------------------


def _who(request) -> dict:
    return {"by": request.user, "at": timezone.now()}


def _shown(request, document: Document) -> dict:
    """The document anew, as JSON; whoever made it may see it."""
    fresh = queries.with_payment_state(Document.objects.filter(pk=document.pk)).select_related("payment_term", "journal").get()
    return InvoiceFullOut.of(fresh).model_dump(mode="json")


def _named(model, field: str, value, sentence, *, as_field: str):
    """The record that an id or a name means; refused when there is none."""
    if value is None:
        return None
    found = model.objects.filter(**{field: value}).first()
    if found is None:
        raise Refused(sentence % {"what": str(value)[:60]}, field=as_field, code="unknown")
    return found


def _party(pk: int | None, field: str = "customer") -> Party | None:
    return _named(Party, "pk", pk, _("There is no customer %(what)s."), as_field=field)


def _journal(code: str | None) -> Journal | None:
    return _named(Journal, "code__iexact", code, _("There is no journal “%(what)s”."), as_field="journal")


def _term(name: str | None) -> PaymentTerm | None:
    return _named(PaymentTerm, "name", name, _("There is no payment term “%(what)s”."), as_field="payment_term")


def _lines(lines: list[InvoiceLineIn]) -> list[LineInput]:
    products = Product.objects.select_related("unit").in_bulk([one.product for one in lines if one.product is not None])
    taxes = Tax.objects.in_bulk([pk for one in lines for pk in one.taxes or []])
    made_lines = []
    for one in lines:
        if one.product is not None and one.product not in products:
            raise Refused(_("There is no product %s.") % one.product, field="product", code="unknown")
        if unknown := [pk for pk in one.taxes or [] if pk not in taxes]:
            raise Refused(_("There is no tax %s.") % unknown[0], field="taxes", code="unknown")
        made_lines.append(LineInput(
            product=products.get(one.product), description=one.description, quantity=one.quantity, price=one.price, discount=one.discount,
            taxes=None if one.taxes is None and one.product is not None else [taxes[pk] for pk in one.taxes or []],
        ))
    return made_lines


@invoices.post("/", response={201: InvoiceFullOut}, summary="Draft an invoice")
def draft_invoice(request, payload: InvoiceIn):
    def do():
        invoice = actions.draft_invoice(
            customer=_party(payload.customer), contact=_party(payload.contact, "contact"), lines=_lines(payload.lines), on=payload.on or timezone.localdate(),
            currency=payload.currency, payment_term=_term(payload.payment_term), journal=_journal(payload.journal), reference=payload.reference,
            origin=payload.origin, **_who(request),
        )
        return _shown(request, invoice)

    must(request.user, "invoicing.edit_document")
    return made(request, body=payload.model_dump(mode="json"), scope="invoices", do=do)


@invoices.patch("/{int:pk}", response=InvoiceFullOut, summary="Change a draft invoice")
def change_invoice(request, pk: int, payload: InvoiceChange):
    invoice = _one(request.user, pk, "invoice")
    given = payload.model_dump(exclude_unset=True)
    fields = {name: given[name] for name in ("on", "due_on", "reference") if given.get(name) is not None}
    if "payment_term" in given:
        fields["payment_term"] = _term(given["payment_term"])
    if payload.lines is not None:
        actions.change_lines(document=invoice, lines=_lines(payload.lines), **_who(request))
    if fields or payload.lines is None:
        actions.change(document=invoice, **fields, **_who(request))
    return _shown(request, invoice)


@credit_notes.patch("/{int:pk}", response=InvoiceFullOut, summary="Change a draft credit note")
def change_credit_note(request, pk: int, payload: CreditNoteChange):
    note = _one(request.user, pk, "credit_note")
    if payload.lines is not None:
        changes = [LineChange(line_id=one.id, quantity=one.quantity, price=one.price, discount=one.discount, description=one.description) for one in payload.lines]
        actions.change_lines(document=note, lines=changes, **_who(request))
    fields = {name: value for name, value in payload.model_dump(exclude_unset=True).items() if name != "lines" and value is not None}
    if fields or payload.lines is None:
        actions.change(document=note, **fields, **_who(request))
    return _shown(request, note)


def _post(request, pk: int, kind: str, payload: DayIn):
    document = _one(request.user, pk, kind)
    return made(
        request, body=payload.model_dump(mode="json"), scope=f"post {kind} {pk}", status=200,
        do=lambda: _shown(request, actions.post(document=document, on=payload.on, **_who(request))),
    )


def _cancel(request, pk: int, kind: str):
    document = _one(request.user, pk, kind)
    return made(request, body={}, scope=f"cancel {kind} {pk}", status=200, do=lambda: _shown(request, actions.cancel(document=document, **_who(request))))


@invoices.post("/{int:pk}/post", response=InvoiceFullOut, summary="Post a draft invoice")
def post_invoice(request, pk: int, payload: DayIn):
    return _post(request, pk, "invoice", payload)


@credit_notes.post("/{int:pk}/post", response=InvoiceFullOut, summary="Post a draft credit note")
def post_credit_note(request, pk: int, payload: DayIn):
    return _post(request, pk, "credit_note", payload)


@invoices.post("/{int:pk}/cancel", response=InvoiceFullOut, summary="Cancel a draft invoice")
def cancel_invoice(request, pk: int):
    return _cancel(request, pk, "invoice")


@credit_notes.post("/{int:pk}/cancel", response=InvoiceFullOut, summary="Cancel a draft credit note")
def cancel_credit_note(request, pk: int):
    return _cancel(request, pk, "credit_note")


@invoices.post("/{int:pk}/credit", response={200: CreditPlanOut, 201: CreditedOut}, summary="Credit an invoice, or look what it would book")
def credit_invoice(request, pk: int, payload: CreditIn, preview: bool = False):
    """`partial` drafts a credit note, `full` posts it and settles the invoice, `full_and_new` also drafts the invoice anew.

    With `?preview=true` nothing is made: the answer says what would be booked now.
    """
    invoice = _one(request.user, pk, "invoice")
    must(request.user, "invoicing.credit_document")

    def asked() -> dict:
        lines = None if payload.lines is None else [CreditLine(one.line, quantity=one.quantity, amount=one.amount) for one in payload.lines]
        return {
            "invoice": invoice, "method": payload.method, "lines": lines, "on": payload.on or timezone.localdate(), "reason": payload.reason,
            "journal": _journal(payload.journal),
        }

    if preview:
        return Status(200, CreditPlanOut.of(actions.plan_credit(**asked())))

    def do():
        credited = actions.credit(**asked(), expected=payload.expected, **_who(request))
        return {"credit_note": _shown(request, credited.credit_note), "new_invoice": _shown(request, credited.new_invoice) if credited.new_invoice else None}

    return made(request, body=payload.model_dump(mode="json"), scope=f"credit of invoice {pk}", do=do)


@invoices.post("/{int:pk}/settle", response=InvoiceFullOut, summary="Settle an invoice with an open credit")
def settle_invoice(request, pk: int, payload: OffsetIn):
    invoice = _one(request.user, pk, "invoice")
    must(request.user, "invoicing.register_payment")

    def do():
        if (payload.credit_note is None) == (payload.payment is None):
            raise Refused(_("Name a credit note or a payment to settle it with."), field="credit_note", code="name_one")
        other = _one(request.user, payload.credit_note, "credit_note") if payload.payment is None else _payment(request.user, payload.payment)
        actions.settle(document=invoice, with_document=other, amount=payload.amount, **_who(request))
        return _shown(request, invoice)

    return made(request, body=payload.model_dump(mode="json"), scope=f"settlement of invoice {pk}", do=do, status=200)


@payments.post("/", response={201: PaymentOut}, summary="Register a payment")
def register(request, payload: PaymentIn):
    must(request.user, "invoicing.register_payment")

    def do():
        payment = actions.register_payment(
            invoice=None if payload.invoice is None else _one(request.user, payload.invoice, "invoice"),
            credit_note=None if payload.credit_note is None else _one(request.user, payload.credit_note, "credit_note"), customer=_party(payload.customer),
            direction=payload.direction, amount=payload.amount, currency=payload.currency, on=payload.on or timezone.localdate(), journal=_journal(payload.journal),
            reference=payload.reference, **_who(request),
        )
        return PaymentOut.of(payment).model_dump(mode="json")

    return made(request, body=payload.model_dump(mode="json"), scope="payments", do=do)


@payments.post("/{int:pk}/reverse", response=PaymentOut, summary="Reverse a payment")
def reverse(request, pk: int, payload: DayIn):
    payment = _payment(request.user, pk)

    def do():
        actions.reverse_payment(payment=payment, on=payload.on or timezone.localdate(), **_who(request))
        return PaymentOut.of(_payment(request.user, pk)).model_dump(mode="json")

    return made(request, body=payload.model_dump(mode="json"), scope=f"reversal of payment {pk}", do=do, status=200)
