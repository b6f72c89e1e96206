"""The answer to a searchable box (`nazorg.ui.forms.Lookup`): a list of options as HTML."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def options(request: HttpRequest, rows: Iterable, *, more: bool = False) -> HttpResponse:
    """Answers with rows of `(value, label)` or `(value, label, hint)`; `more` says that there are others."""
    shown = [{"value": row[0], "label": row[1], "hint": row[2] if len(row) > 2 else ""} for row in rows]
    return render(request, "ui/options.html", {"options": shown, "more": more})
