"""Deliveries: the list, a delivery's page, a new one; and the adjustments of the stock."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from nazorg.access.rules import may, must
from nazorg.conversation.history import history
from nazorg.core.idempotency import once
from nazorg.core.refusals import Refused
from nazorg.inventory import actions, queries
from nazorg.inventory.forms import AdjustmentForm, DeliveryForm, Lines
from nazorg.inventory.models import Delivery
from nazorg.ui.pages import as_body, done, page_of
from nazorg.ui.responses import refused, settled

ORDERS = {"number": ("id",), "date": ("planned_on",), "customer": ("customer__name",)}
ADJUSTMENT_ORDERS = {"date": ("on",), "product": ("product__name",), "quantity": ("quantity",)}
TONES = {"planned": ("info", "clock"), "done": ("success", "check"), "cancelled": ("neutral", "cross")}


@login_required
@require_safe
def listing(request) -> HttpResponse:
    """Deliveries, fifty a page, newest first."""
    must(request.user, "inventory.view_delivery")
    text, state = request.GET.get("q", "").strip()[:200], request.GET.get("state", "")
    rows = queries.matching(queries.for_list(request.user), text)
    if state in Delivery.State:
        rows = rows.filter(state=state)
    page = page_of(request, rows, ORDERS, "-date")
    for one in page.object_list:
        one.tone, one.shape = TONES[one.state]
    return render(request, "inventory/list.html", {
        "page": page, "text": text, "state": state, "states": Delivery.State.choices, "is_searched": bool(text or state),
        "may_edit": may(request.user, "inventory.edit_delivery"),
    })


@login_required
@require_safe
def delivery(request, pk: int) -> HttpResponse:
    """A delivery: what it brings, where, and whether it arrived."""
    record = get_object_or_404(queries.visible_to(request.user).select_related("customer"), pk=pk)
    return render(request, "inventory/delivery.html", _page(request, record))


def _page(request, record: Delivery, **more) -> dict:
    tone, shape = TONES[record.state]
    return {
        "delivery": record, "lines": queries.lines(record), "tone": tone, "shape": shape, "history": history(record),
        "may_edit": may(request.user, "inventory.edit_delivery"), **more,
    }


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request) -> HttpResponse:
    """Plan a delivery by hand."""
    must(request.user, "inventory.edit_delivery")
    form, lines = DeliveryForm(request.POST or None, initial={"planned_on": timezone.localdate()}), Lines(request.POST or None, prefix="line")
    context = {"form": form, "lines": lines}
    if request.method != "POST":
        return render(request, "inventory/form.html", context)
    if form.is_valid() and lines.is_valid():
        given = {name: form.cleaned_data[name] for name in DeliveryForm.Meta.fields}
        pk = done(form, lambda: once(
            by=request.user, key=str(form.cleaned_data["key"]), scope="inventory.record", body=as_body(request.POST),
            do=lambda: actions.record_delivery(**given, lines=lines.as_lines(), by=request.user, at=timezone.now()).pk,
        ))
        if pk is not None:
            return settled(request, Delivery.objects.get(pk=pk), _("The delivery is planned."))
    return refused(request, "inventory/form.html", context)


@login_required
@require_POST
def deliver(request, pk: int) -> HttpResponse:
    """The goods arrived; serial numbers come with the form."""
    record = get_object_or_404(queries.visible_to(request.user).select_related("customer"), pk=pk)
    serials = {line.pk: request.POST[f"serial-{line.pk}"] for line in record.lines.all() if f"serial-{line.pk}" in request.POST}
    try:
        actions.deliver(delivery=record, serials=serials, by=request.user, at=timezone.now())
    except Refused as refusal:
        lines = list(queries.lines(record))
        for line in lines:
            line.serial = serials.get(line.pk, line.serial)
        return refused(request, "inventory/delivery.html", _page(request, record, sentence=str(refusal)) | {"lines": lines})
    return settled(request, record, _("Delivered. The warranty runs from today."))


@login_required
@require_POST
def cancel(request, pk: int) -> HttpResponse:
    record = get_object_or_404(queries.visible_to(request.user), pk=pk)
    try:
        actions.cancel(delivery=record, by=request.user, at=timezone.now())
    except Refused as refusal:
        return settled(request, record, str(refusal), kind="danger")
    return settled(request, record, _("The delivery is cancelled."))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def adjustments(request) -> HttpResponse:
    """Corrections of the stock, and the form of a new one."""
    must(request.user, "inventory.view_delivery")
    form = AdjustmentForm(request.POST or None, initial={"on": timezone.localdate()})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            given = {name: form.cleaned_data[name] for name in AdjustmentForm.Meta.fields}
            pk = done(form, lambda: once(
                by=request.user, key=str(form.cleaned_data["key"]), scope="inventory.adjust", body=as_body(request.POST),
                do=lambda: actions.adjust(**given, by=request.user, at=timezone.now()).pk,
            ))
            if pk is not None:
                return settled(request, "inventory:adjustments", _("The stock is adjusted."))
    text = request.GET.get("q", "").replace("\x00", "").strip()[:200]
    rows = queries.adjustments(request.user).filter(Q(product__words__contains=text.lower()) | Q(reason__icontains=text) | Q(reference__icontains=text))
    return render(request, "inventory/adjustments.html", {
        "page": page_of(request, rows, ADJUSTMENT_ORDERS, "-date"), "text": text, "form": form, "may_edit": may(request.user, "inventory.edit_delivery"),
    }, status=status)
