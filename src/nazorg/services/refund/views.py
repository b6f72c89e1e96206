"""The refund sheet of a ticket, and what can be done with the drafts that it made."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from nazorg.core import formats
from nazorg.core.idempotency import once
from nazorg.core.refusals import Refused
from nazorg.helpdesk import queries as helpdesk
from nazorg.services.refund import actions, queries, rules
from nazorg.services.refund.forms import LinesForm
from nazorg.services.refund.sheet import Sheet
from nazorg.ui.responses import is_htmx, settled

NOT_ASKED = {"csrfmiddlewaretoken", "key", "expected", "q", "next"}
"""What is posted with the form but is no part of what is asked for."""


class Incomplete(Exception):
    """The form cannot be booked as it is; the page that it carries says why."""


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sheet(request, number: int):
    """The sheet; posted, the refund itself: once for each key, and only as it was shown."""
    ticket = _ticket(request, number)
    rules.must_give(request.user, ticket)
    if request.method == "POST":
        return _give(request, ticket)
    return _render(request, Sheet(ticket, request.GET, today=timezone.localdate(), filled_in=False))


@login_required
@require_POST
def preview(request, number: int):
    """The sheet again, with what would happen now. Books nothing."""
    ticket = _ticket(request, number)
    rules.must_give(request.user, ticket)
    return _render(request, Sheet(ticket, request.POST, today=timezone.localdate(), filled_in=True), is_preview=True)


def _give(request, ticket):
    def give():
        shown = Sheet(ticket, request.POST, today=timezone.localdate(), filled_in=True)
        if shown.plan is None:
            raise Incomplete(shown)
        refund = actions.give(
            ticket=ticket, invoice=shown.invoice, expected=shown.form.cleaned_data["expected"] or "not shown", by=request.user, at=timezone.now(), **shown.form.terms()
        )
        note = refund.credit_note
        return {"refund": refund.pk, "number": note.number, "total": str(note.total), "currency": note.currency}

    asked = {name: values for name, values in sorted(request.POST.lists()) if name not in NOT_ASKED}
    try:
        made = once(by=request.user, key=_key(request), scope=f"refund of ticket {ticket.pk}", body=asked, do=give)
    except Incomplete as problem:
        return _refuse(request, problem.args[0])
    except Refused as refusal:
        if refusal.code == "key_reused":
            refusal = Refused(_("This sheet has refunded already, with other figures. Close it, and open a new one to refund again."), code="key_reused")
        return _refuse(request, Sheet(ticket, request.POST, today=timezone.localdate(), filled_in=True), refusal)
    total = formats.amount(made["total"], made["currency"])
    if made["number"]:
        return settled(request, ticket, _("%(total)s refunded by %(number)s.") % {"total": total, "number": made["number"]})
    return settled(request, ticket, _("Draft credit note of %s made. Nothing is booked until it is confirmed.") % total)


def _key(request) -> str:
    """The sheet's key; empty when it is none that we made, which the form then says."""
    try:
        return str(UUID(request.POST.get("key", "")))
    except ValueError:
        return ""


def _render(request, shown: Sheet, *, is_preview: bool = False, refusal: Refused | None = None, status: int = 200):
    context = {
        "shown": shown, "ticket": shown.ticket, "form": shown.form, "plan": shown.plan, "refusal": refusal, "is_preview": is_preview,
        "is_swap": is_preview and is_htmx(request), "layout": "ui/sheet_fragment.html" if is_htmx(request) else "ui/sheet_page.html",
    }
    return render(request, "refund/sheet.html", context, status=status)


def _refuse(request, shown: Sheet, refusal: Refused | None = None):
    """The sheet with its errors and, where the facts have changed, with the new preview. Nothing was booked."""
    return _render(request, shown, refusal=refusal, status=409 if refusal is not None and refusal.code == "key_reused" else 422)


# What was given ---------------------------------------------------------------------------------------------------------


@login_required
@require_safe
def refunds(request, number: int):
    """The refunds of a ticket, with what can be done with those that are drafts."""
    ticket = _ticket(request, number)
    may_give, found = rules.may_give(request.user, ticket), list(queries.remedies(ticket))
    for one in found:
        one.may_give = may_give
    return render(request, "refund/refunds.html", {"ticket": ticket, "remedies": found, "may_give": may_give})


@login_required
@require_POST
def confirm(request, pk: int):
    """Post the draft credit note as it was seen: `total` is the sum that stood beside the button."""
    refund = _refund(request, pk)
    try:
        refund = actions.confirm(refund=refund, seen=_amount(request.POST.get("total")), by=request.user, at=timezone.now())
    except Refused as refusal:
        return settled(request, refund.ticket, str(refusal), kind="danger")
    note = refund.credit_note
    said = _("%(total)s refunded by %(number)s.") % {"total": formats.amount(note.total, note.currency), "number": note.number}
    return settled(request, refund.ticket, said)


@login_required
@require_POST
def cancel(request, pk: int):
    """Cancel the draft credit note."""
    refund = _refund(request, pk)
    try:
        actions.cancel(refund=refund, by=request.user, at=timezone.now())
    except Refused as refusal:
        return settled(request, refund.ticket, str(refusal), kind="danger")
    return settled(request, refund.ticket, _("The draft is cancelled. Nothing was credited."))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def lines(request, pk: int):
    """Change the lines of the draft credit note."""
    refund = _refund(request, pk)
    rules.must_give(request.user, refund.ticket)
    note = refund.credit_note
    form = LinesForm(request.POST or None, lines=note.lines.order_by("position", "id"), currency=note.currency)
    status = 200
    if not note.is_draft:
        return settled(request, refund.ticket, _("%s is no draft any more: its lines stay as they are.") % note, kind="danger")
    if request.method == "POST":
        if form.is_valid():
            try:
                actions.change(refund=refund, lines=form.changes(), by=request.user, at=timezone.now())
                return settled(request, refund.ticket, _("The draft is changed."))
            except Refused as refusal:
                form.add_error(None, str(refusal))
        status = 422
    layout = "ui/sheet_fragment.html" if is_htmx(request) else "ui/sheet_page.html"
    return render(request, "refund/lines.html", {"refund": refund, "note": note, "ticket": refund.ticket, "form": form, "layout": layout}, status=status)


def _ticket(request, number: int):
    return get_object_or_404(helpdesk.visible_to(request.user).select_related("team", "customer", "contact", "product"), pk=number)


def _refund(request, pk: int):
    found = queries.visible_to(request.user).select_related("ticket__team", "ticket__customer", "credit_note__customer", "credit_note__credits")
    return get_object_or_404(found, pk=pk)


def _amount(text: str | None) -> Decimal | None:
    try:
        number = Decimal(text or "")
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
