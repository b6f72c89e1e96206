"""Products ‣ Configuration: categories, units and taxes, each a page with its rows and a form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from nazorg.access.rules import must
from nazorg.catalogue import actions, queries
from nazorg.catalogue.forms import CategoryForm, TaxForm, UnitForm
from nazorg.catalogue.models import Category, Tax, Unit
from nazorg.core.refusals import Refused
from nazorg.ui.pages import done
from nazorg.ui.responses import settled


@dataclass(frozen=True)
class Table:
    """A table of choices: its rows, the form of one, and the action that keeps it."""

    model: type
    form: type
    title: object
    help: object
    rows: Callable
    save: Callable
    named: str


TABLES = {
    "categories": Table(
        Category, CategoryForm, gettext_lazy("Categories"), gettext_lazy("Groups by which products are found."), queries.categories,
        actions.save_category, "category",
    ),
    "units": Table(
        Unit, UnitForm, gettext_lazy("Units"), gettext_lazy("In what products are counted, weighed or measured."), queries.units, actions.save_unit, "unit",
    ),
    "taxes": Table(
        Tax, TaxForm, gettext_lazy("Taxes"),
        gettext_lazy("What products are charged with. A change counts for what is written from now on: documents keep the tax that they were written with."),
        lambda: Tax.objects.order_by("is_archived", "name"), actions.save_tax, "tax",
    ),
}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def table(request, name: str, pk: int | None = None) -> HttpResponse:
    """The rows and a form: of a new row, or of the row `pk`."""
    must(request.user, "catalogue.edit_product")
    if (shown := TABLES.get(name)) is None:
        raise Http404
    record = get_object_or_404(shown.model, pk=pk) if pk else None
    form = shown.form(request.POST or None, instance=shown.model.objects.get(pk=pk) if pk else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            saved = done(form, lambda: shown.save(**{shown.named: record}, **form.cleaned_data, by=request.user, at=timezone.now()))
            if saved is not None:
                return settled(request, f"catalogue:{name}", _("“%s” is saved.") % saved)
    return render(request, "catalogue/table.html", {"table": shown, "name": name, "rows": shown.rows(), "form": form, "record": record}, status=status)


@login_required
@require_POST
def remove(request, name: str, pk: int) -> HttpResponse:
    """Remove a row that nothing uses."""
    must(request.user, "catalogue.edit_product")
    if (shown := TABLES.get(name)) is None:
        raise Http404
    record = get_object_or_404(shown.model, pk=pk)
    try:
        actions.remove(record=record, by=request.user, at=timezone.now())
    except Refused as refusal:
        return settled(request, f"catalogue:{name}", str(refusal), kind="danger")
    return settled(request, f"catalogue:{name}", _("%s was removed.") % record)
