"""Lists: invoices, credit notes, payments, what is open."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from nazorg.access.rules import may, must
from nazorg.invoicing import queries, rules
from nazorg.invoicing.models import PAYMENT_STATES, Payment
from nazorg.ledger import queries as ledger
from nazorg.parties.models import Party
from nazorg.ui.pages import PER_PAGE, number_in, page_of

ORDERS = {"number": ("number",), "date": ("on",), "customer": ("customer__name",), "total": ("total",), "due": ("due_on",)}
TONES = {
    "draft": ("info", "ring"), "open": ("accent", "dot"), "overdue": ("danger", "clock"), "partial": ("warning", "half"), "paid": ("success", "check"),
    "settled": ("success", "check"), "cancelled": ("neutral", "cross"),
}


def toned(document):
    """The document with the tone and shape of its payment state."""
    document.shown_state = document.payment_state
    document.state_label = PAYMENT_STATES[document.shown_state]
    document.tone, document.shape = TONES[document.shown_state]
    return document


def _asked(request):
    """What the filters of every list here ask for."""
    customer = number_in(request.GET, "customer")
    return {
        "text": request.GET.get("q", "").replace("\x00", "").strip()[:200], "state": request.GET.get("state", ""),
        "whose": Party.objects.filter(pk=customer).first() if customer else None,
        "since": _day(request, "since"), "until": _day(request, "until"),
    }


def _day(request, name: str):
    try:
        return parse_date(request.GET.get(name, ""))
    except ValueError:
        return None


def _within(rows, asked):
    if asked["whose"]:
        rows = rows.filter(customer__root=asked["whose"].root_id)
    if asked["since"]:
        rows = rows.filter(on__gte=asked["since"])
    if asked["until"]:
        rows = rows.filter(on__lte=asked["until"])
    return rows


def _documents(request, kind: str) -> HttpResponse:
    must(request.user, "invoicing.view_document")
    asked = _asked(request)
    rows = _within(queries.matching(queries.for_list(request.user, kind), asked["text"]), asked)
    rows = queries.in_state(rows, asked["state"], timezone.localdate())
    page = page_of(request, rows, ORDERS, "-date")
    for document in page.object_list:
        toned(document)
    states = [(name, PAYMENT_STATES[name]) for name in queries.STATES if kind == "invoice" or name != "overdue"]
    return render(request, "invoicing/list.html", {
        "page": page, "kind": kind, "states": states, "is_searched": any(asked.values()), "may_edit": may(request.user, "invoicing.edit_document"), **asked,
    })


@login_required
@require_safe
def invoices(request) -> HttpResponse:
    """Invoices, fifty a page, newest first."""
    return _documents(request, "invoice")


@login_required
@require_safe
def credit_notes(request) -> HttpResponse:
    """Credit notes, fifty a page, newest first."""
    return _documents(request, "credit_note")


@login_required
@require_safe
def payments(request) -> HttpResponse:
    """Payments, fifty a page, newest first."""
    must(request.user, "invoicing.view_document")
    asked = _asked(request)
    rows = _within(queries.payments_visible_to(request.user).select_related("customer", "journal", "open_item"), asked)
    if asked["text"]:
        rows = queries.payments_matching(rows, asked["text"])
    if asked["state"] in Payment.State:
        rows = rows.filter(state=asked["state"])
    elif asked["state"] in Payment.Direction:
        rows = rows.filter(direction=asked["state"])
    page = page_of(request, rows, {"number": ("number",), "date": ("on",), "customer": ("customer__name",), "amount": ("amount",)}, "-date")
    states = [*Payment.Direction.choices, ("reversed", _("Reversed"))]
    return render(request, "invoicing/payments.html", {
        "page": page, "states": states, "is_searched": any(asked.values()), "may_pay": rules.may_register_payment(request.user), **asked,
    })


@login_required
@require_safe
def open_items(request) -> HttpResponse:
    """Customers who owe something or have something to get."""
    must(request.user, "invoicing.view_document")
    page = Paginator(queries.customers_with_open_items(), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "invoicing/open_items.html", {"page": page, "today": timezone.localdate()})


@login_required
@require_safe
def entries(request) -> HttpResponse:
    """The entries of the books, newest first, with their lines."""
    must(request.user, "ledger.view_books")
    rows = ledger.visible_to(request.user).select_related("journal").prefetch_related("lines__account", "lines__party")
    text, journal = request.GET.get("q", "").replace("\x00", "").strip()[:60], number_in(request.GET, "journal")
    if text:
        rows = rows.filter(reference__icontains=text)
    if journal:
        rows = rows.filter(journal=journal)
    page = page_of(request, rows, {"date": ("on",), "number": ("reference",)}, "-date")
    return render(request, "invoicing/entries.html", {
        "page": page, "text": text, "journal": journal, "journals": ledger.all_journals(), "is_searched": bool(text or journal),
    })


@login_required
@require_safe
def trial_balance(request) -> HttpResponse:
    """Each account's balance, to a day."""
    must(request.user, "ledger.view_books")
    until = _day(request, "until")
    return render(request, "invoicing/trial_balance.html", {"rows": list(ledger.trial_balance(until=until)), "until": until})


@login_required
@require_safe
def customer(request, pk: int) -> HttpResponse:
    """What one customer owes and has to get, and letting the two settle each other."""
    must(request.user, "invoicing.view_document")
    party = get_object_or_404(Party.objects.select_related("root"), pk=pk).root
    records = queries.open_records(party)
    return render(request, "invoicing/customer.html", {
        "party": party, "debits": [one for one in records if one.open_item.residual > 0], "credits": [one for one in records if one.open_item.residual < 0],
        "balances": queries.balances(party), "may_pay": rules.may_register_payment(request.user), "today": timezone.localdate(),
    })
