"""Products, price lists, and the tables that products choose from."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from nazorg.access.rules import may, must
from nazorg.catalogue import actions, queries
from nazorg.catalogue.forms import PriceForm, PriceListForm, ProductForm
from nazorg.catalogue.models import PriceList, Product, Tax
from nazorg.core import formats
from nazorg.core.idempotency import once
from nazorg.core.refusals import Refused
from nazorg.ui.lookups import options
from nazorg.ui.pages import as_body, done, number_in, page_of
from nazorg.ui.responses import refused, settled

ORDERS = {"name": ("name",), "code": ("code",), "price": ("price",), "category": ("category__name", "name")}
PRICE_ORDERS = {"product": ("product__name", "minimum", "starts_on"), "price": ("price",)}
FOUND = 20


@login_required
@require_safe
def listing(request) -> HttpResponse:
    """Products, fifty a page."""
    must(request.user, "catalogue.view_product")
    text, category, kind = request.GET.get("q", "").strip()[:200], number_in(request.GET, "category"), request.GET.get("kind", "")
    rows = queries.matching(queries.visible_to(request.user), text).filter(is_archived=kind == "archived").select_related("unit", "category")
    if category:
        rows = rows.filter(category=category)
    if kind in Product.Kind:
        rows = rows.filter(kind=kind)
    return render(request, "catalogue/list.html", {
        "page": page_of(request, rows, ORDERS, "name"), "text": text, "kind": kind, "category": category or "", "is_searched": bool(text or category or kind),
        "categories": list(queries.categories().values_list("pk", "name")), "kinds": [*Product.Kind.choices, ("archived", _("Archived"))],
        "may_edit": may(request.user, "catalogue.edit_product"),
    })


@login_required
@require_safe
def product(request, pk: int) -> HttpResponse:
    """One product and what it costs where."""
    record = get_object_or_404(queries.visible_to(request.user).select_related("unit", "category"), pk=pk)
    return render(request, "catalogue/product.html", {
        "product": record, "taxes": record.taxes.all(), "prices": queries.prices(request.user).filter(product=record).order_by("price_list__name", "minimum", "starts_on"),
        "may_edit": may(request.user, "catalogue.edit_product"),
    })


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request) -> HttpResponse:
    must(request.user, "catalogue.edit_product")
    initial = {"unit": actions.the_piece(), "taxes": Tax.objects.filter(name="BE 21%")}
    return _product_form(request, None, ProductForm(request.POST or None, initial=initial))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request, pk: int) -> HttpResponse:
    record = get_object_or_404(queries.visible_to(request.user), pk=pk)
    must(request.user, "catalogue.edit_product")
    return _product_form(request, record, ProductForm(request.POST or None, instance=record))


def _product_form(request, record: Product | None, form: ProductForm) -> HttpResponse:
    context = {"form": form, "product": record}
    if request.method != "POST":
        return render(request, "catalogue/form.html", context)
    if form.is_valid():
        fields = {name: form.cleaned_data[name] for name in ProductForm.Meta.fields}

        def save() -> int:
            saved = {**fields, "by": request.user, "at": timezone.now()}
            return (actions.change(product=record, **saved) if record else actions.add(**saved)).pk

        key = str(form.cleaned_data["key"])
        pk = done(form, lambda: once(by=request.user, key=key, scope="catalogue.save", body=as_body(request.POST), do=save))
        if pk is not None:
            saved = Product.objects.get(pk=pk)
            return settled(request, saved, _("Saved.") if record else _("%s was added.") % saved)
    return refused(request, "catalogue/form.html", context)


@login_required
@require_POST
def archive(request, pk: int) -> HttpResponse:
    """Put a product in the archive, or take it out of it."""
    record = get_object_or_404(queries.visible_to(request.user), pk=pk)
    record = actions.change(product=record, is_archived=not record.is_archived, by=request.user, at=timezone.now())
    return settled(request, record, _("%s is in the archive now.") % record if record.is_archived else _("%s is out of the archive.") % record)


@login_required
@require_safe
def lookup(request) -> HttpResponse:
    """Options of a searchable box: products in use by name, code or barcode."""
    rows = list(queries.search(request.user, request.GET.get("q", ""))[: FOUND + 1])
    shown = [(one.pk, one.name, f"{one.code} · {formats.amount(one.price, one.currency)}") for one in rows[:FOUND]]
    return options(request, shown, more=len(rows) > FOUND)


# Price lists ------------------------------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def price_lists(request) -> HttpResponse:
    """All price lists, and the form of a new one."""
    must(request.user, "catalogue.view_product")
    form = PriceListForm(request.POST or None)
    context = {"rows": queries.price_lists(request.user), "form": form, "may_edit": may(request.user, "catalogue.edit_product")}
    if request.method != "POST":
        return render(request, "catalogue/price_lists.html", context)
    if form.is_valid():
        saved = done(form, lambda: actions.save_price_list(**form.cleaned_data, by=request.user, at=timezone.now()))
        if saved is not None:
            return settled(request, saved, _("%s was added.") % saved)
    return refused(request, "catalogue/price_lists.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def price_list(request, pk: int) -> HttpResponse:
    """A price list and its prices; `do` says what is changed."""
    record = get_object_or_404(queries.price_lists(request.user), pk=pk)
    do, at, by = request.POST.get("do"), timezone.now(), request.user
    form = PriceForm(request.POST if do == "add" else None, currency=record.currency)
    head = PriceListForm(request.POST if do == "change" else None, instance=PriceList.objects.get(pk=pk))
    status = 200
    if request.method == "POST":
        status = 422
        if do == "remove":
            row = get_object_or_404(record.prices, pk=number_in(request.POST, "price"))
            actions.remove_price(row=row, by=by, at=at)
            return settled(request, record, _("Removed."))
        asked, save = (form, lambda: actions.save_price(price_list=record, **form.cleaned_data, by=by, at=at)) if do == "add" else (
            head, lambda: actions.save_price_list(price_list=record, **head.cleaned_data, by=by, at=at))
        if asked.is_valid() and done(asked, save) is not None:
            return settled(request, record, _("Saved."))
    text = request.GET.get("q", "").strip()[:200]
    rows = queries.prices(request.user).filter(price_list=record, product__in=queries.matching(Product.objects.all(), text))
    return render(request, "catalogue/price_list.html", {
        "list": record, "page": page_of(request, rows, PRICE_ORDERS, "product"), "text": text, "form": form, "head": head,
        "may_edit": may(by, "catalogue.edit_product"),
    }, status=status)


@login_required
@require_POST
def remove_price_list(request, pk: int) -> HttpResponse:
    record = get_object_or_404(queries.price_lists(request.user), pk=pk)
    try:
        actions.remove(record=record, by=request.user, at=timezone.now())
    except Refused as refusal:
        return settled(request, record, str(refusal), kind="danger")
    return settled(request, "catalogue:price_lists", _("%s was removed.") % record)
