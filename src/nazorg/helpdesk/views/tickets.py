"""The list of tickets, its saved views, a new ticket, and changing several at once."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from nazorg.access.rules import may, must
from nazorg.catalogue.models import Product
from nazorg.core.formats import day
from nazorg.core.idempotency import once
from nazorg.core.refusals import NotAllowed, Refused
from nazorg.helpdesk import actions, queries
from nazorg.helpdesk.forms import STATUSES, Bulk, ListFilter, NewTicket, ViewForm
from nazorg.helpdesk.models import DefaultView, SavedView, Stage, Tag, Ticket, TicketType
from nazorg.helpdesk.views.board import TONES
from nazorg.parties.models import Party
from nazorg.ui.responses import refused, settled

SHAPES = {Stage.Kind.NEW: "ring", Stage.Kind.OPEN: "dot", Stage.Kind.WAITING: "clock", Stage.Kind.CLOSED: "check"}
PRIORITY_TONES = {Ticket.Priority.HIGH: "warning", Ticket.Priority.URGENT: "danger"}
OWN = ("page", "view", "bulk")
"""Parameters that say where in the list one is, not which list it is."""


# The list ---------------------------------------------------------------------------------------------------------------


@login_required
@require_safe
def listing(request) -> HttpResponse:
    """Fifty tickets a page, filtered, sorted and searched; without parameters the person's default view."""
    must(request.user, "helpdesk.view_ticket")
    views = list(queries.saved_views(request.user).annotate(is_default=Exists(DefaultView.objects.filter(user=request.user, view=OuterRef("pk")))))
    if not request.GET:
        chosen = next((view for view in views if view.is_default), None)
        if chosen is not None:
            return redirect(_address_of(chosen))
    return render(request, "helpdesk/tickets.html", _list_context(request, views))


def _list_context(request, views: list[SavedView]) -> dict:
    form = ListFilter(request.GET)
    filters = form.chosen
    tickets = queries.with_row(queries.ordered(queries.filtered(request.user, **filters), request.GET.get("order", "")))
    pages = queries.Pages(tickets)
    page = pages.get_page(request.GET.get("page"))
    teams = list(queries.visible_teams(request.user))
    stages = list(Stage.objects.filter(team=filters["team"])) if filters.get("team") in {team.pk for team in teams} else []
    people = list(queries.assignable())
    types, tags = list(TicketType.objects.all()), list(Tag.objects.all())
    states: dict[int, str] = {}
    for ticket in page.object_list:
        if ticket.stage_id not in states:  # a stage looks the same in each of fifty rows: its component is rendered once
            states[ticket.stage_id] = render_to_string(
                "helpdesk/stage.html", {"label": ticket.stage.name, "tone": TONES[ticket.stage.kind], "shape": SHAPES[ticket.stage.kind]},
            )
        ticket.state, ticket.priority_tone = states[ticket.stage_id], PRIORITY_TONES.get(ticket.priority)
    shown_view = next((view for view in views if str(view.pk) == request.GET.get("view")), None)
    options = {
        "statuses": STATUSES, "teams": [(one.pk, one.name) for one in teams], "stages": [(one.pk, one.name) for one in stages],
        "people": [("me", _("Me")), ("none", _("Nobody")), *((one.pk, str(one)) for one in people)], "priorities": Ticket.Priority.choices,
        "types": [(one.pk, one.name) for one in types], "tags": [(one.pk, one.name) for one in tags], "kinds": Stage.Kind.choices,
    }
    return {
        "form": form, "filters": {"status": "all", **filters}, "page": page, "is_capped": pages.is_capped, "options": options, "views": views, "view": shown_view,
        "chips": _chips(request, filters, options), "desk": _desk(request.user, filters), "may_work": may(request.user, "helpdesk.work_ticket"),
        "query": _kept(request.GET), "view_form": ViewForm(initial={"query": _kept(request.GET), "name": shown_view.name if shown_view else ""}),
        "is_searched": bool(set(filters) - {"status"}) or filters.get("status") != "unsettled",
    }


def _desk(user, filters: dict) -> dict[str, dict]:
    """The tabs above the list: how many tickets each holds, and which of them this list is."""
    same = {"open": {}, "unassigned": {"assignee": "none"}, "mine": {"assignee": "me"}}
    return {
        name: {"count": f"{count - 1}+" if count > 1000 else count, "current": filters == {"status": "unsettled", **same[name]}}
        for name, count in queries.desk(user).items()
    }


def _chips(request, filters: dict, options: dict) -> list[tuple[str, str]]:
    """What is filtered by beside the selects in sight: the words, and the address without it."""
    found = []
    words = {
        "type": (_("Type"), options["types"]), "tag": (_("Tag"), options["tags"]), "stage": (_("Stage"), options["stages"]),
    }
    for name, (label, pairs) in words.items():
        if name in filters:
            found.append((name, f"{label}: {dict(pairs).get(filters[name], filters[name])}"))
    if "customer" in filters:
        name = Party.objects.filter(pk=filters["customer"]).values_list("name", flat=True).first()
        found.append(("customer", f"{_('Customer')}: {name or filters['customer']}"))
    if "product" in filters:
        name = Product.objects.filter(pk=filters["product"]).values_list("name", flat=True).first()
        found.append(("product", f"{_('Product')}: {name or filters['product']}"))
    if "since" in filters:
        found.append(("since", _("From %s") % day(filters["since"])))
    if "until" in filters:
        found.append(("until", _("Until %s") % day(filters["until"])))
    return [(words, _without(request, name)) for name, words in found]


def _without(request, name: str) -> str:
    rest = request.GET.copy()
    for gone in (name, "page"):
        rest.pop(gone, None)
    return f"{request.path}?{rest.urlencode()}"


def _kept(parameters: QueryDict) -> str:
    """The parameters that make this list what it is, as a saved view keeps them."""
    rest = parameters.copy()
    for gone in OWN:
        rest.pop(gone, None)
    return urlencode([(name, value) for name, values in rest.lists() for value in values if value])


def _address_of(view: SavedView) -> str:
    return f"{reverse('helpdesk:tickets')}?{view.query}{'&' if view.query else ''}view={view.pk}"


# Saved views ------------------------------------------------------------------------------------------------------------


@login_required
@require_POST
def save_view(request) -> HttpResponse:
    """Keep this list under a name."""
    form = ViewForm(request.POST)
    back = f"{reverse('helpdesk:tickets')}?{request.POST.get('query', '')[:1000]}"
    if not form.is_valid():
        return settled(request, back, " ".join(str(e) for errors in form.errors.values() for e in errors), kind="danger")
    given = form.cleaned_data
    try:
        view = actions.save_view(name=given["name"], query=given["query"], is_shared=given["is_shared"], by=request.user, at=timezone.now())
        if given["is_default"]:
            actions.choose_view(view=view, by=request.user, at=timezone.now())
    except Refused as refusal:
        return settled(request, back, refusal.sentence, kind="danger")
    return settled(request, _address_of(view), _("This list is kept as “%s”.") % view)


@login_required
@require_POST
def delete_view(request, pk: int) -> HttpResponse:
    actions.delete_view(view=_view(request, pk), by=request.user, at=timezone.now())
    return settled(request, "helpdesk:tickets", _("The view is gone; its tickets are where they were."))


@login_required
@require_POST
def choose_view(request, pk: int | None = None) -> HttpResponse:
    """Open the list with this view from now on, or with none."""
    view = _view(request, pk) if pk is not None else None
    actions.choose_view(view=view, by=request.user, at=timezone.now())
    if view is None:
        return settled(request, "helpdesk:tickets", _("Your list opens with the tickets that are not settled."))
    return settled(request, _address_of(view), _("Your list opens with “%s” from now on.") % view)


def _view(request, pk: int) -> SavedView:
    view = queries.saved_views(request.user).filter(pk=pk).first() if pk < 2**63 else None
    if view is None:
        raise Http404
    return view


# A new ticket -----------------------------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request) -> HttpResponse:
    """Open a ticket for a customer who called or stands at the counter."""
    must(request.user, "helpdesk.work_ticket")
    if request.method != "POST":
        initial = {name: request.GET[name] for name in ("customer", "contact", "team", "product", "serial", "order_reference", "title") if name in request.GET}
        if "team" not in initial:
            initial["team"] = request.user.memberships.filter(team__is_archived=False).values_list("team_id", flat=True).first()
        return render(request, "helpdesk/new.html", {"form": NewTicket(user=request.user, initial=initial)})
    form = NewTicket(request.POST, user=request.user)
    if form.is_valid():
        given = {**form.cleaned_data}
        key = given.pop("key")
        files = request.FILES.getlist("files")
        body = {name: sorted(one.pk for one in value) if name == "tags" else getattr(value, "pk", value) for name, value in given.items()}
        at = timezone.now()
        try:
            number = once(
                by=request.user, key=str(key), scope="helpdesk.open_ticket", body={**body, "files": [file.name for file in files]},
                do=lambda: actions.open_ticket(**given, files=files, by=request.user, at=at).pk,
            )
            return settled(request, reverse("helpdesk:ticket", args=[number]), _("Ticket #%d is open.") % number)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal.sentence))
    return refused(request, "helpdesk/new.html", {"form": form})


# Several at once --------------------------------------------------------------------------------------------------------


@login_required
@require_POST
def bulk(request) -> HttpResponse:
    """Assign, move or tag the ticked tickets; each is changed or refused by itself, and both are told."""
    must(request.user, "helpdesk.work_ticket")
    back = f"{reverse('helpdesk:tickets')}?{request.POST.get('query', '')[:1000]}"
    numbers = sorted({int(one) for one in request.POST.getlist("ticket")[:200] if one.isdecimal() and len(one) < 19})
    form = Bulk({name: request.POST.get(name, "") for name in ("assignee", "kind", "tag")})
    if not form.is_valid():
        return settled(request, back, _("Choose what to do from the lists."), kind="danger")
    given = form.cleaned_data
    if not numbers or not any(given[name] for name in ("assignee", "kind", "tag")):
        return settled(request, back, _("Tick tickets first, then choose what to do with them."), kind="warning")
    changes: dict = {}
    if given["assignee"]:
        changes["assignee"] = _person(given["assignee"], request.user)
        if changes["assignee"] is None and given["assignee"] != "none":
            return settled(request, back, _("This person is not here any more."), kind="danger")
    done, refusals = 0, []
    for ticket in queries.visible_to(request.user).select_related("team").prefetch_related("tags").filter(pk__in=numbers).order_by("number"):
        try:
            own = dict(changes)
            if given["kind"]:
                own["stage"] = _stage_of_kind(ticket, given["kind"])
            if given["tag"]:
                own["tags"] = [*ticket.tags.all(), given["tag"]]
            actions.change(ticket=ticket, by=request.user, at=timezone.now(), **own)
            done += 1
        except (Refused, NotAllowed) as refusal:
            refusals.append(f"#{ticket.pk}: {refusal.sentence}")
    for sentence in refusals[:5]:
        messages.error(request, sentence)
    if len(refusals) > 5:
        messages.error(request, _("… and %d others were refused.") % (len(refusals) - 5))
    return settled(request, back, ngettext("%d ticket changed.", "%d tickets changed.", done) % done, kind="success" if done else "info")


def _person(word: str, user):
    if word in ("me", "none"):
        return user if word == "me" else None
    return queries.assignable().filter(pk=word).first()


def _stage_of_kind(ticket: Ticket, kind: str) -> Stage:
    if ticket.stage.kind == kind:
        return ticket.stage
    stage = Stage.objects.filter(team=ticket.team_id, kind=kind).first()
    if stage is None:
        raise Refused(_("The team %(team)s has no stage of the kind “%(kind)s”.") % {"team": ticket.team, "kind": Stage.Kind(kind).label}, field="kind")
    return stage
