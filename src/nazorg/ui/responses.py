"""Answers that a page and htmx both understand, so that a view is written once."""

from __future__ import annotations

import json

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse


def is_htmx(request) -> bool:
    return request.headers.get("HX-Request") == "true"


def settled(request, to, sentence=None, *, kind: str = "success") -> HttpResponse:
    """Done: go `to` (an address, a URL name or a record), and say `sentence` there."""
    if sentence:
        messages.add_message(request, messages.ERROR if kind == "danger" else getattr(messages, kind.upper()), sentence)
    answer = redirect(to)
    if is_htmx(request):
        return HttpResponse(status=204, headers={"HX-Redirect": answer.url})
    answer.status_code = 303
    return answer


def refused(request, template: str, context: dict) -> HttpResponse:
    """The form again with its errors: status 422, which htmx swaps in as well."""
    return render(request, template, context, status=422)


def tell(response: HttpResponse, sentence, *, kind: str = "success", close_sheet: bool = False, **events) -> HttpResponse:
    """Adds a toast to an htmx answer (`kind`: success, info, warning, danger), and further events for the page."""
    told = {"toast": {"text": str(sentence), "kind": kind}, **events}
    if close_sheet:
        told["sheet:close"] = True
    response.headers["HX-Trigger"] = json.dumps(told)
    return response


def back(request, otherwise: str = "ui:gallery") -> str:
    """The page that a small form was sent from, if it is one of ours."""
    from django.utils.http import url_has_allowed_host_and_scheme

    wanted = request.POST.get("next") or request.META.get("HTTP_REFERER", "")
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        return wanted
    return reverse(otherwise)
