"""A team's tickets by stage; cards are dragged, moved by Alt and an arrow, or by their menu."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from nazorg.access.rules import may, must
from nazorg.core.refusals import NotAllowed, Refused
from nazorg.helpdesk import actions, queries
from nazorg.helpdesk.forms import ListFilter
from nazorg.helpdesk.models import Stage, Ticket
from nazorg.ui.responses import is_htmx, settled

TONES = {Stage.Kind.NEW: "info", Stage.Kind.OPEN: "accent", Stage.Kind.WAITING: "warning", Stage.Kind.CLOSED: "success"}


@login_required
@require_safe
def board(request) -> HttpResponse:
    """The board of one team: that of `?team=`, else the first team that the person is in, else the first that they see."""
    must(request.user, "helpdesk.view_ticket")
    teams = list(queries.visible_teams(request.user).filter(is_archived=False))
    filters = ListFilter(request.GET).chosen
    team = next((one for one in teams if one.pk == filters.get("team")), None)
    if team is None and "team" in filters:
        raise Http404
    if team is None and teams:
        mine = set(request.user.memberships.values_list("team_id", flat=True))
        team = next((one for one in teams if one.pk in mine), teams[0])
    context = {
        "teams": teams, "team": team, "filters": filters, "people": queries.assignable(team), "may_work": may(request.user, "helpdesk.work_ticket"),
        "team_options": [(one.pk, one.name) for one in teams], "priorities": Ticket.Priority.choices,
    }
    if team is not None:
        wanted = {name: filters[name] for name in ("q", "assignee", "priority", "tag", "type") if name in filters}
        stages = list(team.stages.all())
        columns = queries.columns(stages, queries.filtered(request.user, team=team.pk, **wanted))
        for column in columns:
            column["tone"] = TONES[column["stage"].kind]
            column["more"] = column["count"] - len(column["cards"])
            column["shown_count"] = "1000+" if column["count"] > 1000 else column["count"]
        context |= {"columns": columns, "stages": stages}
    return render(request, "helpdesk/board.html", context)


@login_required
@require_POST
def move(request, number: int) -> HttpResponse:
    """Move a card to `stage`. A script gets an empty answer or the sentence of the refusal, a form the board again."""
    ticket = queries.visible_to(request.user).select_related("team").filter(pk=number).first() if number < 2**63 else None
    if ticket is None:
        raise Http404
    wanted = request.POST.get("stage", "")
    stage = Stage.objects.filter(pk=wanted).first() if wanted.isdecimal() and len(wanted) < 19 else None
    try:
        if stage is None:
            raise Refused(_("This stage is there no more. Load the board again."), field="stage")
        actions.move(ticket=ticket, stage=stage, by=request.user, at=timezone.now())
    except (Refused, NotAllowed) as refusal:
        if is_htmx(request):
            return HttpResponse(str(refusal.sentence), status=409 if isinstance(refusal, Refused) else 403, content_type="text/plain; charset=utf-8")
        return settled(request, _board_of(ticket), str(refusal.sentence), kind="danger")
    if is_htmx(request):
        return HttpResponse(status=204)
    return settled(request, _board_of(ticket), _("#%(number)d stands in %(stage)s now.") % {"number": ticket.pk, "stage": stage})


def _board_of(ticket: Ticket) -> str:
    return f"{reverse('helpdesk:board')}?team={ticket.team_id}"
