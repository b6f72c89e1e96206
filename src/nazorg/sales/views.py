"""Orders: the list, an order's page, and the editor of a quotation."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from nazorg.access.rules import may, must
from nazorg.conversation.history import history
from nazorg.core.idempotency import once
from nazorg.core.refusals import Refused
from nazorg.parties.models import Party
from nazorg.sales import actions, queries
from nazorg.sales.forms import Lines, OrderForm
from nazorg.sales.models import Order
from nazorg.ui.pages import as_body, done, number_in, page_of
from nazorg.ui.responses import refused, settled

ORDERS = {"number": ("id",), "date": ("on",), "customer": ("customer__name",), "total": ("total",)}
TONES = {"quotation": ("info", "ring"), "confirmed": ("success", "check"), "cancelled": ("neutral", "cross")}


@login_required
@require_safe
def listing(request) -> HttpResponse:
    """Quotations and orders, fifty a page, newest first."""
    must(request.user, "sales.view_order")
    text, state, customer = request.GET.get("q", "").strip()[:200], request.GET.get("state", ""), number_in(request.GET, "customer")
    rows = queries.matching(queries.for_list(request.user), text)
    if state in Order.State:
        rows = rows.filter(state=state)
    whose = Party.objects.filter(pk=customer).first() if customer else None
    if whose is not None:
        rows = rows.filter(customer__root=whose.root_id)
    page = page_of(request, rows, ORDERS, "-date")
    page.object_list = queries.with_states(page.object_list)
    for order in page.object_list:
        order.tone, order.shape = TONES[order.state]
    return render(request, "sales/list.html", {
        "page": page, "text": text, "state": state, "states": Order.State.choices, "whose": whose, "is_searched": bool(text or state or whose),
        "may_edit": may(request.user, "sales.edit_order"),
    })


@login_required
@require_safe
def order(request, pk: int) -> HttpResponse:
    """An order: its lines, how far each is, and the documents and deliveries that share its sold lines."""
    record = get_object_or_404(queries.visible_to(request.user).select_related("customer", "contact", "price_list", "payment_term"), pk=pk)
    lines = list(queries.lines(record))
    how_far = queries.progress(lines)
    for line in lines:
        line.progress = how_far[line.pk]
    user, now = request.user, record.state
    may_edit = may(user, "sales.edit_order")
    steps = [
        {"label": _("Quotation"), "state": "now" if now == "quotation" else "done"},
        {"label": _("Cancelled") if now == "cancelled" else _("Confirmed"), "state": "next" if now == "quotation" else "now"},
    ]
    return render(request, "sales/order.html", {
        "order": record, "lines": lines, "taxes": queries.tax_sums(record), "steps": steps, "tone": TONES[now][0], "shape": TONES[now][1],
        "documents": queries.documents(record, user), "deliveries": queries.deliveries(record, user), "history": history(record),
        "may_edit": may_edit, "may_invoice": may_edit and may(user, "invoicing.edit_document") and any(one.to_invoice for one in how_far.values()),
        "may_deliver": may(user, "inventory.edit_delivery") and any(line.progress.to_deliver for line in lines if not line.product or line.product.kind == "goods"),
    })


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request) -> HttpResponse:
    """Make a quotation, with `?customer=` for that customer."""
    must(request.user, "sales.edit_order")
    initial = {"customer": number_in(request.GET, "customer"), "on": timezone.localdate()}
    return _editor(request, None, OrderForm(request.POST or None, initial=initial))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request, pk: int) -> HttpResponse:
    """Change a quotation."""
    record = get_object_or_404(queries.visible_to(request.user).select_related("customer"), pk=pk)
    must(request.user, "sales.edit_order")
    if not record.is_quotation:
        return settled(request, record, _("%s is a quotation no more, so it stays as it is.") % record, kind="warning")
    return _editor(request, record, OrderForm(request.POST or None, instance=record))


def _editor(request, record: Order | None, form: OrderForm) -> HttpResponse:
    there = {line.pk: line for line in queries.lines(record)} if record else {}
    shown = [
        {"product": line.product, "description": line.description, "quantity": line.quantity, "price": line.price, "discount": line.discount or None, "keep": line.pk}
        for line in there.values()
    ]
    lines = Lines(request.POST or None, initial=shown, prefix="line")
    context = {"form": form, "lines": lines, "order": record}
    if request.method != "POST":
        return render(request, "sales/editor.html", context)
    if form.is_valid() and lines.is_valid():
        given = {name: form.cleaned_data[name] for name in OrderForm.Meta.fields}

        def save() -> int:
            asked = {**given, "lines": lines.as_lines(there), "by": request.user, "at": timezone.now()}
            asked["currency"] = given["price_list"].currency if given["price_list"] else record.currency if record else None
            return (actions.change(order=record, **asked) if record else actions.draft(**asked)).pk

        key = str(form.cleaned_data["key"])
        pk = done(form, lambda: once(by=request.user, key=key, scope="sales.save", body=as_body(request.POST), do=save))
        if pk is not None:
            return settled(request, Order.objects.get(pk=pk), _("Saved."))
    return refused(request, "sales/editor.html", context)


def _step(request, pk: int, do) -> HttpResponse:
    """Do one thing with an order and go where it leads, or say on the order's page why not."""
    record = get_object_or_404(queries.visible_to(request.user), pk=pk)
    try:
        to, sentence = do(record)
    except Refused as refusal:
        return settled(request, record, str(refusal), kind="danger")
    return settled(request, to, sentence)


@login_required
@require_POST
def confirm(request, pk: int) -> HttpResponse:
    return _step(request, pk, lambda one: (actions.confirm(order=one, by=request.user, at=timezone.now()), _("The order is confirmed.")))


@login_required
@require_POST
def cancel(request, pk: int) -> HttpResponse:
    return _step(request, pk, lambda one: (actions.cancel(order=one, by=request.user, at=timezone.now()), _("The order is cancelled.")))


@login_required
@require_POST
def invoice(request, pk: int) -> HttpResponse:
    """A draft invoice of what is not invoiced yet."""
    return _step(request, pk, lambda one: (
        actions.invoice(order=one, by=request.user, on=timezone.localdate(), at=timezone.now()), _("This draft invoice has what was not invoiced yet. Look it over and post it."),
    ))


@login_required
@require_POST
def deliver(request, pk: int) -> HttpResponse:
    """A planned delivery of what is not on its way yet."""
    return _step(request, pk, lambda one: (
        actions.plan_delivery(order=one, by=request.user, on=timezone.localdate(), at=timezone.now()), _("This delivery has what was not on its way yet."),
    ))
