"""Invoices and credit notes: lists and the document's page."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, render

from nazorg.invoicing import queries


@login_required
def invoice(request, pk: int):
    document = get_object_or_404(queries.visible_to(request.user).filter(kind="invoice"), pk=pk)
    return render(request, "invoicing/document.html", {"document": document})


@login_required
def credit_note(request, pk: int):
    document = get_object_or_404(queries.visible_to(request.user).filter(kind="credit_note"), pk=pk)
    return render(request, "invoicing/document.html", {"document": document})


@login_required
def payment(request, pk: int):
    found = get_object_or_404(queries.payments_visible_to(request.user), pk=pk)
    return render(request, "invoicing/payment.html", {"payment": found})
