"""The living page of components, the reader's theme, and the pages for errors."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from nazorg.ui import context, gallery_form, lookups
from nazorg.ui.gallery import samples

YEAR = 365 * 24 * 3600


@login_not_required
@require_POST
def theme(request):
    """Keeps the reader's theme, or the width of the rail, in a cookie."""
    to = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(to, {request.get_host()}, require_https=request.is_secure()):
        to = "/"
    answer = HttpResponse(status=303, headers={"Location": to})
    for name, known in (("theme", context.THEMES), ("rail", context.RAILS)):
        if (chosen := request.POST.get(name)) in known:
            answer.set_cookie(name, chosen, max_age=YEAR, samesite="Lax", secure=request.is_secure())
    return answer


def too_old(request, reason=""):
    """A form whose secret no longer fits (CSRF_FAILURE_VIEW)."""
    return render(request, "403_csrf.html", status=403)


@login_not_required
@require_GET
def gallery(request):
    """Each component in each state, light and dark."""
    if request.GET.get("say"):
        messages.success(request, _("Credit note RINV/2026/00004 was posted."))
        messages.error(request, _("INV/2026/00012 has been credited in full."))
    return render(request, "ui/gallery.html", {"samples": samples(), **_facts(request)})


@login_not_required
def gallery_sheet(request):
    """A sheet to open and to send: it validates, and books nothing."""
    form = gallery_form.Sample(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            return render(request, "ui/gallery_done.html", {"form": form, **_facts(request)})
    return render(request, "ui/gallery_sheet.html", {"form": form, **_facts(request)}, status=status)


@login_not_required
@require_GET
def gallery_lookup(request):
    wanted = request.GET.get("q", "").casefold()
    people = [(pk, name, mail) for pk, name, mail in gallery_form.PEOPLE if wanted in f"{name} {mail}".casefold()]
    return lookups.options(request, people)


@login_not_required
@require_POST
def gallery_move(request):
    """Where the living page's board sends its cards: nothing is kept."""
    return HttpResponse(status=204)


def _facts(request) -> dict:
    """Figures that the examples show."""
    now = timezone.now()
    page = Paginator(range(1, 481), 20).get_page(request.GET.get("page") or 3)
    return {
        "now": now, "yesterday": now - dt.timedelta(days=1), "soon": now + dt.timedelta(minutes=25),
        "sum": Decimal("1234.50"), "minus": Decimal("-49"), "currency": "EUR", "page": page,
        # Two of each, since an id may stand only once in a page.
        **{f"sample_{side}": gallery_form.Sample(prefix=side) for side in ("light", "dark")},
        **{f"faulty_{side}": _faulty(f"faulty-{side}") for side in ("light", "dark")},
        "people": ["Nora Peeters", "Pim Jacobs", "Ada Maes", "Tom Claes", "Rosa Wouters"],
        "steps": [
            {"label": _("Draft"), "state": "done"}, {"label": _("Posted"), "state": "now"},
            {"label": _("Settled"), "state": "next"},
        ],
        "html": "<p>Hello,</p><p>My kettle <b>leaks</b> after two weeks. <img src='https://elsewhere.example/pixel.gif'></p><script>alert(1)</script>",
    }


def _faulty(prefix: str) -> forms.Form:
    """The form after it was refused."""
    wrong = {"reason": "", "quantity": "-1", "amount": "0", "mail": "nora@"}
    form = gallery_form.Sample({f"{prefix}-{name}": value for name, value in wrong.items()}, prefix=prefix)
    form.is_valid()
    return form
