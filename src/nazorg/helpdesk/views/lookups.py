"""The searchable boxes of a ticket: customers, contacts, products."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from nazorg.access.rules import must
from nazorg.catalogue.models import Product
from nazorg.parties import queries as parties
from nazorg.parties.models import Party
from nazorg.ui.lookups import options

SHOWN = 20


@login_required
@require_safe
def customers(request) -> HttpResponse:
    """Companies and people, by name, address, phone or reference."""
    return _parties(request, parties.search(request.user, request.GET.get("q", "")))


@login_required
@require_safe
def contacts(request) -> HttpResponse:
    """People only; of one customer with `?customer=`."""
    found = parties.search(request.user, request.GET.get("q", "")).filter(kind=Party.Kind.PERSON)
    customer = request.GET.get("customer", "")
    if customer.isdecimal() and len(customer) < 19:
        found = found.filter(root__in=Party.objects.filter(pk=customer).values("root"))
    return _parties(request, found)


def _parties(request, found) -> HttpResponse:
    must(request.user, "helpdesk.view_ticket")
    rows = list(found[: SHOWN + 1])
    shown = [(party.pk, party.name, " · ".join(part for part in (str(party.company or ""), party.email) if part)) for party in rows[:SHOWN]]
    return options(request, shown, more=len(rows) > SHOWN)


@login_required
@require_safe
def products(request) -> HttpResponse:
    """Products in use, by name, code or barcode."""
    must(request.user, "helpdesk.view_ticket")
    found = Product.objects.filter(is_archived=False).order_by("name", "id")
    for word in request.GET.get("q", "").replace("\x00", "").split()[:6]:
        found = found.filter(Q(name__icontains=word) | Q(code__icontains=word) | Q(barcode=word))
    rows = list(found.values_list("pk", "name", "code")[: SHOWN + 1])
    return options(request, rows[:SHOWN], more=len(rows) > SHOWN)


