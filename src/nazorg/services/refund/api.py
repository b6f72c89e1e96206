"""Refunds over the API: look first with `?preview=true`, then make; the same actions and sentences as the sheet."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Status
from pydantic import Field

from nazorg.core.refusals import Refused
from nazorg.core.rest import DecimalText, In, MoneyOut, Page, Router, Schema, made, paged, plain
from nazorg.helpdesk import queries as helpdesk
from nazorg.invoicing import actions as invoicing
from nazorg.invoicing.lines import CreditLine
from nazorg.invoicing.models import Document
from nazorg.ledger import queries as ledger
from nazorg.services.refund import actions, queries, rules
from nazorg.services.refund.models import Refund

router = Router("tickets", tags=["refunds"])
ROUTERS = [("/tickets", router)]
Id = Annotated[int, Field(ge=1, lt=2**63)]


class LineIn(In):
    """What to credit of a line: a quantity, or an amount without tax; neither means all that is left of it."""

    line: Id
    quantity: DecimalText | None = None
    amount: DecimalText | None = None


class RefundIn(In):
    """A refund. `invoice` is its number or its id; without `lines` all that is left is credited."""

    invoice: Id | str
    method: Literal["partial", "full", "full_and_new"] = "partial"
    lines: list[LineIn] | None = Field(None, max_length=2000)
    reason: str | None = Field(None, max_length=200, description="By default the ticket's title.")
    on: date | None = Field(None, description="By default today.")
    journal: str | None = Field(None, max_length=8, description="The code of a sales journal; by default the invoice's.")
    expected: str | None = Field(None, max_length=100, description="The `fingerprint` of a preview: refused with `changed` when the facts have changed since.")


class DocumentOut(Schema):
    """An invoice or credit note in short."""

    id: int
    number: str | None
    state: str
    total: MoneyOut

    @classmethod
    def of(cls, document: Document) -> DocumentOut:
        return cls(id=document.pk, number=document.number, state=document.state, total=MoneyOut.of(document.total, document.currency))


class RefundOut(Schema):
    """A refund that was given: its credit note, the invoice that it credits, and the new draft if there is one."""

    id: int
    ticket: int
    credit_note: DocumentOut
    invoice: DocumentOut
    new_invoice: DocumentOut | None
    reason: str
    by: str | None
    at: datetime

    @classmethod
    def of(cls, refund: Refund) -> RefundOut:
        note, new = refund.credit_note, refund.new_invoice
        return cls(
            id=refund.pk, ticket=refund.ticket_id, credit_note=DocumentOut.of(note), invoice=DocumentOut.of(note.credits),
            new_invoice=DocumentOut.of(new) if new else None, reason=note.reason, by=refund.by.username if refund.by else None, at=refund.at,
        )


class PlannedLineOut(Schema):
    line: int
    description: str
    quantity: str
    net: MoneyOut


class PlannedTaxOut(Schema):
    name: str
    rate: str
    base: MoneyOut
    amount: MoneyOut


class PreviewOut(Schema):
    """What would be booked: send its `fingerprint` as `expected` to book exactly this."""

    invoice: int
    method: str
    on: date
    journal: str
    lines: list[PlannedLineOut]
    taxes: list[PlannedTaxOut]
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
    def of(cls, plan) -> PreviewOut:
        money = lambda value: MoneyOut.of(value, plan.currency)  # noqa: E731
        return cls(
            invoice=plan.invoice.pk, method=plan.method, on=plan.on, journal=plan.journal.code,
            lines=[PlannedLineOut(line=one.line.pk, description=one.line.description, quantity=plain(one.quantity), net=money(one.net)) for one in plan.lines],
            taxes=[PlannedTaxOut(name=one.tax.name, rate=plain(one.tax.rate), base=money(one.base), amount=money(one.amount)) for one in plan.taxes],
            net=money(plan.net), tax=money(plan.tax), total=money(plan.total), posts=plan.posts, settles=money(plan.settles), due_after=money(plan.due_after),
            left_to_credit=money(plan.left_to_credit), makes_new_draft=plan.makes_new_draft, sentences=[str(one) for one in plan.sentences], fingerprint=plan.fingerprint,
        )


@router.get("/{number}/refunds", response=Page[RefundOut], summary="The refunds of a ticket")
def list_refunds(request, number: Id, limit: int = 50, cursor: str | None = None):
    """Oldest first."""
    return paged(request, queries.remedies(_ticket(request, number)), limit, cursor, RefundOut.of, order="id")


@router.post("/{number}/refunds", response={200: PreviewOut, 201: RefundOut}, summary="Refund from a ticket, or look what it would book")
def make_refund(request, number: Id, payload: RefundIn, preview: bool = False):
    """Credits a posted invoice of the ticket's customer: `partial` drafts a credit note, `full` posts it and settles it with the invoice.

    With `?preview=true` nothing is made: the answer says what would be booked now.
    """
    ticket = _ticket(request, number)
    rules.must_give(request.user, ticket)
    if preview:
        asked = _asked(ticket, payload)
        rules.refuse_unsuitable(ticket, asked["invoice"], asked["reason"])
        return Status(200, PreviewOut.of(invoicing.plan_credit(**asked)))

    def do():
        refund = actions.give(ticket=ticket, **_asked(ticket, payload), expected=payload.expected, by=request.user, at=timezone.now())
        return RefundOut.of(refund).model_dump(mode="json")

    return made(request, body=payload.model_dump(mode="json"), scope=f"refund of ticket {ticket.pk}", do=do)


def _ticket(request, number: int):
    ticket = helpdesk.visible_to(request.user).select_related("team", "customer").filter(pk=number).first()
    if ticket is None:
        raise Http404
    return ticket


def _asked(ticket, payload: RefundIn) -> dict:
    lines = None if payload.lines is None else [CreditLine(one.line, quantity=one.quantity, amount=one.amount) for one in payload.lines]
    return {
        "invoice": _invoice(ticket, payload.invoice), "method": payload.method, "lines": lines, "on": payload.on or timezone.localdate(),
        "reason": ticket.title if payload.reason is None else payload.reason, "journal": _journal(payload.journal),
    }


def _invoice(ticket, wanted: int | str) -> Document:
    """The document meant, if it is the ticket's customer's: a stranger's number and one that nobody has are told the same."""
    known = queries.documents(ticket)
    found = known.filter(pk=wanted).first() if isinstance(wanted, int) else known.filter(number__iexact=wanted.strip()).first()
    if found is None:
        raise Refused(
            _("There is no such invoice of %s. Choose one of the customer's posted invoices.") % (ticket.customer or _("this ticket’s customer")),
            field="invoice", code="not_theirs",
        )
    return found


def _journal(code: str | None):
    if code is None:
        return None
    found = ledger.journals("sales").filter(code=code).first()
    if found is None:
        raise Refused(_("There is no sales journal “%s”.") % code, field="journal", code="no_such_journal")
    return found
