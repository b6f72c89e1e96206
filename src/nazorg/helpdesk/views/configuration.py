"""Helpdesk ‣ Configuration ‣ Tags and Types."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from nazorg.access.rules import must
from nazorg.core.refusals import Refused
from nazorg.helpdesk import actions
from nazorg.helpdesk.models import Tag, Ticket, TicketType
from nazorg.ui.responses import settled

COLOURS = range(8)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def tags(request) -> HttpResponse:
    """All tags, each with its form; `do` says what is done to which."""
    must(request.user, "helpdesk.configure_team")
    sentence = ""
    if request.method == "POST":
        do, at = request.POST.get("do"), timezone.now()
        try:
            colour = _number(request.POST.get("colour"))
            if do == "add":
                actions.add_tag(name=request.POST.get("name", ""), colour=colour, by=request.user, at=at)
            elif do == "remove":
                actions.remove_tag(tag=_one(Tag, request), by=request.user, at=at)
            else:
                actions.change_tag(tag=_one(Tag, request), name=request.POST.get("name", ""), colour=colour, by=request.user, at=at)
            return settled(request, "helpdesk:tags", _("Saved."))
        except Refused as refusal:
            sentence = refusal.sentence
    rows = Tag.objects.annotate(is_used=Exists(Ticket.tags.through.objects.filter(tag=OuterRef("pk"))))
    return render(request, "helpdesk/tags.html", {"rows": rows, "sentence": sentence, "colours": COLOURS}, status=422 if sentence else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def types(request) -> HttpResponse:
    """All types of tickets; one that is not offered any more is archived."""
    must(request.user, "helpdesk.configure_team")
    sentence = ""
    if request.method == "POST":
        do, at = request.POST.get("do"), timezone.now()
        try:
            if do == "add":
                actions.add_type(name=request.POST.get("name", ""), by=request.user, at=at)
            elif do in ("archive", "restore"):
                actions.change_type(type=_one(TicketType, request), is_archived=do == "archive", by=request.user, at=at)
            else:
                actions.change_type(type=_one(TicketType, request), name=request.POST.get("name", ""), by=request.user, at=at)
            return settled(request, "helpdesk:types", _("Saved."))
        except Refused as refusal:
            sentence = refusal.sentence
    return render(request, "helpdesk/types.html", {"rows": TicketType.objects.order_by("is_archived", "name"), "sentence": sentence}, status=422 if sentence else 200)


def _one(model, request):
    pk = request.POST.get("id", "")
    record = model.objects.filter(pk=pk).first() if pk.isdecimal() and len(pk) < 19 else None
    if record is None:
        raise Http404
    return record


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 4 else 0
