"""The ticket page: reading, writing, and changing a property in place.

Each part is a plain form or link first. When htmx asks, the same views answer with the part alone.
"""

from __future__ import annotations

import json
import uuid
from urllib.parse import urlencode, urlsplit

from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q
from django.http import Http404, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from nazorg.access.rules import may
from nazorg.conversation import actions as conversing
from nazorg.conversation import queries as conversation
from nazorg.conversation.models import Draft
from nazorg.core.actions import action
from nazorg.core.idempotency import once
from nazorg.core.models import IdempotencyKey
from nazorg.core.refusals import Refused
from nazorg.entitlements import queries as entitlements
from nazorg.helpdesk import actions, queries, ticket_page
from nazorg.helpdesk.forms import ListFilter
from nazorg.helpdesk.models import Ticket
from nazorg.helpdesk.queries.listing import PAGE
from nazorg.helpdesk.ticket_forms import KINDS, Customer, Message, ProductPick, Properties, languages
from nazorg.helpdesk.timeline import timeline
from nazorg.ui.responses import is_htmx, settled

SHOWN = ("all", "messages", "notes", "documents", "changes")
WRITES = {"sent": actions.reply, "note": actions.note, "call": actions.call}


# Reading ----------------------------------------------------------------------------------------------------------------


@login_required
@require_safe
def page(request, number: int):
    """The whole page. `?show=` filters the thread, `?before=` shows what is older than an entry, `?sheet=` opens a service."""
    ticket = _ticket(request, number)
    return render(request, "helpdesk/ticket/page.html", _page(request, ticket))


@login_required
@require_safe
def thread(request, number: int):
    """Entries older than `?before=`, for “Show earlier”; without htmx it is the page that begins there."""
    ticket = _ticket(request, number)
    if not is_htmx(request):
        return redirect(f"{ticket.get_absolute_url()}?{request.GET.urlencode()}")
    return render(request, "helpdesk/ticket/earlier.html", {"ticket": ticket, **_thread(request, ticket)})


@login_required
@require_safe
def services(request, number: int):
    """The service buttons and the tiles as they are now: asked again after a sheet has made something."""
    ticket = _ticket(request, number)
    return render(request, "helpdesk/ticket/services.html", {"ticket": ticket, **_services(request, ticket)})


@login_required
@require_safe
def around(request, number: int):
    """The customer, what was sold to them, and what else there is: the panels that need not be there at once."""
    ticket = _ticket(request, number)
    if not is_htmx(request):
        return redirect(f"{ticket.get_absolute_url()}?around=1#around")
    return render(request, "helpdesk/ticket/around.html", {"ticket": ticket, **_around(request, ticket)})


@login_required
@require_safe
def neighbours(request, number: int):
    """The tickets before and after this one in the list (`?list=`, its parameters) from which one came."""
    ticket = _ticket(request, number)
    wanted = QueryDict(request.GET.get("list", "")[:1000])
    found = queries.ordered(queries.filtered(request.user, **ListFilter(wanted).chosen), wanted.get("order", ""))
    first = max(0, (max(1, _whole(wanted.get("page"))) - 1) * PAGE - 1)
    numbers = list(found.values_list("pk", flat=True)[first : first + PAGE + 2])
    at = numbers.index(ticket.pk) if ticket.pk in numbers else None
    context = {"ticket": ticket, "list_query": urlencode({"list": wanted.urlencode()})}
    if at is not None:
        context |= {"previous": numbers[at - 1] if at else None, "next": numbers[at + 1] if at + 1 < len(numbers) else None, "position": first + at + 1}
    return render(request, "helpdesk/ticket/neighbours.html", context)


@login_required
@require_POST
def here(request, number: int):
    """Says that this reader is looking and how far they have read; answers who else is, and what has come meanwhile."""
    ticket, now = _ticket(request, number), timezone.now()
    last = _whole(request.POST.get("last"))
    fresh = ticket_page.since(ticket, last) if request.POST.get("show", "all") == "all" else []
    if fresh or last > ticket.read_to_ or request.POST.get("look"):
        conversing.seen(record=ticket, by=request.user, entry_id=max([last, *(one.id for one in fresh)]), at=now)
    drafting = set(Draft.objects.filter(thread=ticket.thread_id, saved_at__gt=now - conversation.HERE).exclude(user=request.user).values_list("user_id", flat=True))
    people = [{"name": str(mark.user), "writes": mark.user_id in drafting} for mark in conversation.others_here(ticket, request.user, now)]
    return render(request, "helpdesk/ticket/here.html", {"ticket": ticket, "people": people, **_arrived(request, fresh, last)})


# Writing ----------------------------------------------------------------------------------------------------------------


@login_required
@require_POST
def write(request, number: int):
    """Sends what is in the composer: a reply, a note or a call. A reply waits when somebody wrote since the box was opened."""
    ticket = _ticket(request, number)
    form = Message(request.POST)
    files = request.FILES.getlist("files")
    if not form.is_valid():
        return _composer_again(request, ticket, form, sentence=_("This form is out of date. Your text is kept below; send it again."))
    given = form.cleaned_data
    body = {"kind": given["kind"], "text": given["text"], "files": [[one.name, one.size] for one in files]}
    try:
        once(by=request.user, key=str(given["key"] or "") or None, scope=f"ticket:{ticket.pk}:write", body=body, do=lambda: _send(request, ticket, given, files))
    except Refused as refused:
        return _composer_again(request, ticket, form, sentence=refused.sentence, held=refused.code == "held")
    if not is_htmx(request):
        return settled(request, f"{ticket.get_absolute_url()}#composer")
    ticket = _ticket(request, number)
    last = _whole(request.POST.get("last"))
    fresh = ticket_page.since(ticket, last)
    context = {
        "ticket": ticket, **_composer(request, ticket, last=fresh[-1].id if fresh else last), **_arrived(request, fresh, last), **_properties(request, ticket), "just_sent": True,
    }
    said = {"sent": _("The reply is in the thread."), "note": _("The note is in the thread."), "call": _("The call is in the thread.")}[given["kind"]]
    return _saying(render(request, "helpdesk/ticket/written.html", context), said, written=True)


def _send(request, ticket: Ticket, given: dict, files) -> dict:
    now = timezone.now()
    if given["kind"] == "sent" and not request.POST.get("anyway"):
        ticket = actions.lock(ticket)
        if conversation.written_since(ticket, given["since"] or 0, but_by=request.user).exists():
            raise Refused(_("Somebody wrote in this ticket after you opened the box. Read it, then send your reply as it is or change it."), code="held")
    entry = WRITES[given["kind"]](ticket=ticket, text=given["text"], files=files, by=request.user, at=now)
    if request.POST.get("then") == "close":
        actions.close(ticket=ticket, by=request.user, at=now)
    conversing.seen(record=ticket, by=request.user, entry_id=entry.pk, at=now)
    return {"entry": entry.pk}


def _composer_again(request, ticket: Ticket, form: Message, *, sentence: str, held: bool = False) -> HttpResponse:
    """The composer with what was written and why it was not sent; nothing is lost."""
    opened_at = _whole(request.POST.get("since"))
    newer = list(conversation.written_since(ticket, opened_at, but_by=request.user)) if held else []
    context = _composer(request, ticket, last=max([opened_at, *(one.id for one in newer)]), kind=request.POST.get("kind", "sent"), text=request.POST.get("text", ""))
    context |= {
        "sentence": sentence, "held": timeline(newer, reader=request.user, today=timezone.localdate()),
        "files_again": [one.name for one in request.FILES.getlist("files")], "is_held": held,
    }
    if is_htmx(request):
        return render(request, "helpdesk/ticket/composer.html", {"ticket": ticket, **context}, status=422)
    return render(request, "helpdesk/ticket/page.html", _page(request, ticket) | context, status=422)


@login_required
@require_POST
def draft(request, number: int):
    """Keeps what is being written. A text whose message was sent already is no draft any more."""
    ticket, now = _ticket(request, number), timezone.now()
    kind, text, key = request.POST.get("kind", "sent"), request.POST.get("text", ""), request.POST.get("key", "")
    if kind not in KINDS or IdempotencyKey.objects.filter(user=request.user, key=key).exists():
        return HttpResponse(status=204)
    conversing.keep_draft(record=ticket, by=request.user, kind=KINDS[kind], text=text, at=now)
    return render(request, "helpdesk/ticket/draft_state.html", {"draft_at": now if text.strip() else None})


# Changing ---------------------------------------------------------------------------------------------------------------


@login_required
@require_POST
def change(request, number: int):
    """Saves the properties that were sent, at once."""
    ticket, now = _ticket(request, number), timezone.now()
    form = Properties(request.POST, ticket=ticket, user=request.user)
    errors: dict[str, list[str]] = {}
    if form.is_valid():
        try:
            _change(request, ticket, form, now)
        except Refused as refused:
            errors = {refused.field or next(iter(form.fields), "title"): [str(refused.sentence)]}
    else:
        errors = {name: [str(one) for one in found] for name, found in form.errors.items()}
    if errors:
        return _change_refused(request, number, errors)
    if not queries.visible_to(request.user).filter(pk=number).exists():
        return settled(request, reverse("helpdesk:tickets"), _("The ticket went to a team whose tickets you do not see."))
    if not is_htmx(request):
        return settled(request, ticket.get_absolute_url())
    ticket = _ticket(request, number)
    last = _whole(request.POST.get("last"))
    context = {"ticket": ticket, **_properties(request, ticket), **_arrived(request, ticket_page.since(ticket, last), last), "changed": set(form.fields)}
    if {"customer", "contact", "product", "serial", "order_reference"} & context["changed"]:
        context |= _around(request, ticket) | _services(request, ticket) | _composer(request, ticket, last=last)
    label = ", ".join(str(form.fields[name].label) for name in form.fields)
    return _saying(render(request, "helpdesk/ticket/changed.html", context), _("Saved: %s") % label)


@action
def _save(*, ticket: Ticket, given: dict, stage_seen: int, assignee_seen: int | None, by, at) -> None:
    """Change the ticket, unless what the person saw when deciding is no longer so."""
    now = actions.lock(ticket)
    if "stage" in given and stage_seen and now.stage_id not in (stage_seen, given["stage"].pk):
        raise Refused(_("Somebody moved this ticket to %s meanwhile. Look again before you move it.") % now.stage, field="stage", code="changed")
    if "assignee" in given and assignee_seen is not None and (now.assignee_id or 0) not in (assignee_seen, given["assignee"].pk if given["assignee"] else 0):
        raise Refused(_("Somebody assigned this ticket meanwhile. Look again before you assign it."), field="assignee", code="changed")
    actions.change(ticket=ticket, by=by, at=at, **given)


def _change(request, ticket: Ticket, form: Properties, now) -> None:
    seen = request.POST.get("assignee_seen")
    _save(
        ticket=ticket, given=form.changes(), stage_seen=_whole(request.POST.get("stage_seen")),
        assignee_seen=None if seen is None else _whole(seen), by=request.user, at=now,
    )


def _change_refused(request, number: int, errors: dict[str, list[str]]) -> HttpResponse:
    """The properties as they are, with the sentence beside the one that was refused."""
    ticket = _ticket(request, number)
    refused = {"refused": {name: " ".join(found) for name, found in errors.items()}}
    if is_htmx(request):
        last = _whole(request.POST.get("last"))
        context = {"ticket": ticket, **_properties(request, ticket), "last_id": last, "arrived": [], **refused, "changed": set()}
        first = next(iter(refused["refused"].values()))
        return _saying(render(request, "helpdesk/ticket/changed.html", context, status=422), first, kind="danger")
    return render(request, "helpdesk/ticket/page.html", _page(request, ticket) | refused, status=422)


@login_required
@require_POST
def followers(request, number: int):
    """Adds a follower (a user or an address) or takes one off."""
    ticket, now = _ticket(request, number), timezone.now()
    sentence, status, to_add = "", 200, request.POST.get("who", "").strip()
    try:
        if remove := _whole(request.POST.get("remove")):
            actions.remove_follower(ticket=ticket, follower_id=remove, by=request.user, at=now)
        elif to_add or "who" in request.POST:
            user = get_user_model().objects.filter(Q(email__iexact=to_add) | Q(name__iexact=to_add) | Q(username__iexact=to_add), is_active=True).first()
            if user is None and "@" not in to_add:
                raise Refused(_("Nobody here is called “%s”. Write a colleague’s name or an e-mail address.") % to_add[:80], field="who")
            actions.add_follower(ticket=ticket, user=user, email="" if user else to_add, by=request.user, at=now)
    except Refused as refused:
        sentence, status = str(refused.sentence), 422
    if not is_htmx(request):
        if status == 200:
            return settled(request, f"{ticket.get_absolute_url()}#followers")
        return render(request, "helpdesk/ticket/page.html", _page(request, ticket) | {"followers_error": sentence, "who": to_add}, status=422)
    ticket = _ticket(request, number)
    last = _whole(request.POST.get("last"))
    context = {
        "ticket": ticket, "followers_error": sentence, "who": to_add if sentence else "", **_properties(request, ticket),
        **_composer(request, ticket, last=last), **_arrived(request, ticket_page.since(ticket, last), last),
    }
    return render(request, "helpdesk/ticket/followed.html", context, status=status)


# What the templates get --------------------------------------------------------------------------------------------------


def _ticket(request, number: int) -> Ticket:
    if number > 2**63 - 1:
        raise Http404
    ticket = ticket_page.for_page(request.user).filter(pk=number).first()
    if ticket is None:
        raise Http404
    return ticket


def _page(request, ticket: Ticket) -> dict:
    facts = {"ticket": ticket, **_thread(request, ticket), **_properties(request, ticket), **_services(request, ticket)}
    kept = ticket.draft_ or {}
    facts |= _composer(request, ticket, last=facts["last_id"], kind=kept.get("kind", "sent"), text=kept.get("text", ""))
    facts["draft_at"] = parse_datetime(kept["saved_at"]) if kept else None
    if (wanted := _list_query(request)) is not None:
        facts["list"], facts["list_query"] = wanted, urlencode({"list": wanted})
    if "around" in request.GET:
        facts |= _around(request, ticket) | {"with_around": True}
    if (wanted := request.GET.get("sheet")) and any(one.slug == wanted and one.state != "impossible" for one in facts["buttons"]):
        facts["open_sheet"] = wanted
    return facts


def _thread(request, ticket: Ticket) -> dict:
    show = request.GET.get("show", "all")
    show = show if show in SHOWN else "all"
    before = _whole(request.GET.get("before")) or None
    entries, has_earlier = ticket_page.window(ticket, show=show, before=before)
    read_to = None if before or show != "all" else ticket.read_to_
    items = timeline(entries, reader=request.user, read_to=read_to, today=timezone.localdate(), fold_changes=show != "changes")
    earlier = urlencode({"before": entries[0].id, **({"show": show} if show != "all" else {})}) if has_earlier else ""
    return {"items": items, "earlier": earlier, "show": show, "is_older": before is not None, "last_id": entries[-1].id if entries else 0}


def _arrived(request, entries, last: int) -> dict:
    items = [item for item in timeline(entries, reader=request.user, today=timezone.localdate(), fold_changes=False) if item.kind != "day"]
    return {"arrived": items, "last_id": entries[-1].id if entries else last, "news": [item for item in items if not item.is_mine and item.kind in ("in", "out", "note", "call")]}


def _properties(request, ticket: Ticket) -> dict:
    options = ticket_page.choices(ticket, request.user)
    chosen = {one["id"] for one in ticket.tags_}
    return {
        "options": options, "languages": languages(), "tags": [{**one, "chosen": one["id"] in chosen} for one in options["tag"]],
        "can_work": may(request.user, "helpdesk.work_ticket"), "priorities": Ticket.Priority.choices, "people": options["assignee"],
    }


def _services(request, ticket: Ticket) -> dict:
    return {"buttons": queries.buttons(ticket, request.user), "tiles": queries.tiles(ticket, request.user), "pending": queries.pending(ticket, request.user)}


def _composer(request, ticket: Ticket, *, last: int, kind: str = "sent", text: str = "") -> dict:
    """The box: to whom a reply goes, what was kept, and up to which entry its writer has seen the thread."""
    person = ticket.contact or ticket.customer
    to = [{"name": str(person), "email": person.email}] if person is not None else []
    to += [{"name": one["name"] or one["email"], "email": one["email"]} for one in ticket.followers_ if one["user"] is None and not (person and one["email"] == person.email.lower())]
    return {"to": to, "kind": kind if kind in KINDS else "sent", "text": text, "since": last, "key": uuid.uuid4(), "can_work": may(request.user, "helpdesk.work_ticket")}


def _around(request, ticket: Ticket) -> dict:
    customer = ticket.customer
    facts = {"customer_form": Customer(ticket, lookup=reverse("helpdesk:customers")), "product_form": ProductPick(ticket, lookup=reverse("helpdesk:products"))}
    if customer is None:
        return facts
    own = queries.visible_to(request.user).filter(customer__root=customer.root_id)
    facts["counts"] = own.aggregate(all=Count("pk"), open=Count("pk", filter=Q(closed_at=None)))
    facts["others"] = list(queries.of_customer(ticket, request.user)[:5])
    facts["addresses"] = list(customer.addresses.all()[:4])
    sold = list(entitlements.for_ticket(customer, ticket.product, ticket.serial)[:6])
    facts["sold_fits"] = bool(ticket.product_id or ticket.serial) and bool(sold)
    facts["sold"] = sold or (list(entitlements.of_customer(customer)[:6]) if ticket.product_id or ticket.serial else [])
    facts["remedies"] = queries.remedies(ticket)
    facts["today"] = timezone.localdate()
    return facts


def _list_query(request) -> str | None:
    """The list from which one came, as its parameters: from `?list=`, else from the page that linked here."""
    if "list" in request.GET:
        return request.GET["list"][:1000]
    came_from = urlsplit(request.headers.get("Referer", ""))
    if came_from.netloc == request.get_host() and came_from.path in (reverse("helpdesk:tickets"), reverse("helpdesk:board")):
        return came_from.query[:1000] if came_from.path == reverse("helpdesk:tickets") else None
    return None


def _whole(text: str | None) -> int:
    """A whole number from outside; 0 for nonsense."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else 0


def _saying(response: HttpResponseBase, sentence: str, *, kind: str = "success", **events) -> HttpResponseBase:
    """Lets the page say the sentence softly (a live region and a line that fades), a refusal as a toast."""
    told = {"toast": {"text": sentence, "kind": kind}} if kind == "danger" else {"ticket:said": {"text": sentence}}
    response.headers["HX-Trigger"] = json.dumps({**told, **({f"ticket:{name}": True for name in events})})
    return response
