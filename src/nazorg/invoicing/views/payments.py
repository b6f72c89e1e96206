"""A payment's page; registering, reversing and offsetting."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from nazorg.access.rules import must
from nazorg.conversation.history import history
from nazorg.core import formats
from nazorg.core.idempotency import once
from nazorg.core.refusals import Refused
from nazorg.invoicing import actions, queries, rules
from nazorg.invoicing.forms import AccountPaymentForm, DayForm, PaymentForm, plain
from nazorg.invoicing.models import Document, Payment
from nazorg.parties.models import Party
from nazorg.ui.pages import as_body, done
from nazorg.ui.responses import refused, settled


@login_required
@require_safe
def payment(request, pk: int) -> HttpResponse:
    """A payment, what it settled, and taking it back."""
    record = get_object_or_404(queries.payments_visible_to(request.user).select_related("customer", "journal", "open_item", "entry", "reversal"), pk=pk)
    may_reverse = record.state == "posted" and rules.may_register_payment(request.user)
    return render(request, "invoicing/payment.html", {
        "payment": record, "settlements": queries.settled_by(record), "history": history(record), "may_reverse": may_reverse,
        "form": DayForm(initial={"on": max(timezone.localdate(), record.on)}) if may_reverse else None,
    })


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def register(request, pk: int) -> HttpResponse:
    """Register money for a document: what came in for an invoice, what went out for a credit note."""
    document = get_object_or_404(queries.visible_to(request.user).select_related("open_item", "customer"), pk=pk)
    must(request.user, "invoicing.register_payment")
    if not document.is_posted or not document.amount_due:
        return settled(request, document, _("Nothing is left to pay of %s.") % document, kind="warning")
    form = PaymentForm(request.POST or None, currency=document.currency, initial={"amount": plain(document.amount_due), "on": timezone.localdate()})
    which = {"credit_note" if document.is_credit_note else "invoice": document}
    return _registered(request, form, "invoicing/register.html", {"document": document, "party": document.customer, "to": document}, which)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def register_on_account(request, pk: int) -> HttpResponse:
    """Register money of a customer for no document in particular."""
    must(request.user, "invoicing.register_payment")
    party = get_object_or_404(Party.objects.select_related("root"), pk=pk).root
    form = AccountPaymentForm(request.POST or None, currency="", initial={"on": timezone.localdate()})
    return _registered(request, form, "invoicing/register.html", {"party": party, "to": reverse("invoicing:customer", args=[party.pk])}, {"customer": party})


def _registered(request, form, template: str, context: dict, which: dict) -> HttpResponse:
    context = {**context, "form": form}
    if request.method != "POST":
        return render(request, template, context)
    if form.is_valid():
        given = {name: value for name, value in form.cleaned_data.items() if name != "key"}

        def do() -> int:
            return actions.register_payment(**which, **given, by=request.user, at=timezone.now()).pk

        pk = done(form, lambda: once(by=request.user, key=str(form.cleaned_data["key"]), scope="invoicing.pay", body={**as_body(request.POST), "for": request.path}, do=do))
        if pk is not None:
            return settled(request, context["to"], _("Payment %s is registered.") % Payment.objects.get(pk=pk))
    return refused(request, template, context)


@login_required
@require_POST
def reverse_it(request, pk: int) -> HttpResponse:
    """Take a payment back."""
    record = get_object_or_404(queries.payments_visible_to(request.user), pk=pk)
    form = DayForm(request.POST)
    if not form.is_valid():
        return settled(request, record, _("Give the day on which the payment was reversed."), kind="danger")
    try:
        actions.reverse_payment(payment=record, on=form.cleaned_data["on"], by=request.user, at=timezone.now())
    except Refused as refusal:
        return settled(request, record, str(refusal), kind="danger")
    return settled(request, record, _("The payment is reversed: what it had settled is open again."))


@login_required
@require_POST
def offset(request, pk: int) -> HttpResponse:
    """Let an amount to pay and a credit of one customer settle each other."""
    must(request.user, "invoicing.register_payment")
    party = get_object_or_404(Party, pk=pk)
    back = reverse("invoicing:customer", args=[party.pk])
    debit, credit = (_record(request.POST.get(name, ""), party) for name in ("debit", "credit"))
    if debit is None or credit is None:
        return settled(request, back, _("Choose one amount to pay and one credit."), kind="danger")
    try:
        match = actions.settle(document=debit, with_document=credit, by=request.user, at=timezone.now())
    except Refused as refusal:
        return settled(request, back, str(refusal), kind="danger")
    return settled(request, back, _("%(one)s and %(other)s have settled each other for %(amount)s.") % {"one": debit, "other": credit, "amount": formats.amount(match.amount, debit.currency)})


def _record(asked: str, party: Party) -> Document | Payment | None:
    """The record that `document-7` or `payment-7` names, if it is this customer's."""
    kind, _dash, pk = asked.partition("-")
    model = {"document": Document, "payment": Payment}.get(kind)
    if model is None or not pk.isascii() or not pk.isdecimal() or len(pk) > 18:
        return None
    return model.objects.filter(pk=pk, customer__root=party.root_id).first()
