"""Helpdesk ‣ Configuration ‣ Teams: what a team is, who is in it, its stages and what it may offer after sales."""

from __future__ import annotations

import inspect

from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from nazorg.access.rules import may, must
from nazorg.core.refusals import Refused
from nazorg.helpdesk import actions, queries
from nazorg.helpdesk.forms import NewTeam, StageForm, TeamForm
from nazorg.helpdesk.models import Team, TeamService
from nazorg.helpdesk.services import plan_service, services_and_plans
from nazorg.ui.responses import refused, settled


@login_required
@require_safe
def listing(request) -> HttpResponse:
    """The teams that the person may set up."""
    must(request.user, "helpdesk.configure_team")
    archived = request.GET.get("show") == "archived"
    teams = (
        queries.configurable_teams(request.user).filter(is_archived=archived).prefetch_related("services")
        .annotate(member_count=Count("memberships", distinct=True))
    )
    icons = {one.service_slug: one for one in services_and_plans()}
    rows = [{"team": team, "services": [icons[one.service] for one in team.services.all() if one.service in icons]} for team in teams]
    return render(request, "helpdesk/teams.html", {"rows": rows, "archived": archived})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request) -> HttpResponse:
    must(request.user, "helpdesk.configure_team")
    form = NewTeam(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            team = actions.add_team(**form.cleaned_data, by=request.user, at=timezone.now())
            return settled(request, team, _("The team %s is ready. Choose below what it may offer after sales.") % team)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal.sentence))
    return render(request, "helpdesk/new_team.html", {"form": form}, status=422 if request.method == "POST" else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def team(request, pk: int) -> HttpResponse:
    """One team: its own fields are saved here, each other part by its own address."""
    team = _team(request, pk)
    if request.method != "POST":
        return render(request, "helpdesk/team.html", _page(request, team))
    form = TeamForm(request.POST, instance=Team.objects.get(pk=team.pk))
    if form.is_valid():
        try:
            actions.change_team(team=team, **form.cleaned_data, by=request.user, at=timezone.now())
            return settled(request, team, _("Saved."))
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal.sentence))
    return refused(request, "helpdesk/team.html", _page(request, team, form=form))


@login_required
@require_POST
def archive(request, pk: int) -> HttpResponse:
    """Archive a team, or bring it back: its tickets stay, new ones are not opened in it."""
    team = _team(request, pk)
    actions.change_team(team=team, is_archived=not team.is_archived, by=request.user, at=timezone.now())
    return settled(request, team, _("%s is back.") % team if team.is_archived else _("%s is archived: nobody opens new tickets in it.") % team)


@login_required
@require_POST
def members(request, pk: int) -> HttpResponse:
    """Add (`add`) or remove (`remove`) somebody."""
    team = _team(request, pk)
    user = _somebody(request.POST.get("add") or request.POST.get("remove"))
    try:
        if user is None:
            raise Refused(_("Choose who it is about."), field="add")
        act = actions.add_member if request.POST.get("add") else actions.remove_member
        act(team=team, user=user, by=request.user, at=timezone.now())
    except Refused as refusal:
        return _again(request, team, members=refusal.sentence)
    return settled(request, reverse("helpdesk:team", args=[team.pk]) + "#members")


@login_required
@require_POST
def stages(request, pk: int) -> HttpResponse:
    """Add, save, move up or down, or remove a stage: `do` says which, `stage` which one."""
    team = _team(request, pk)
    do, at = request.POST.get("do", ""), timezone.now()
    rows = list(team.stages.all())
    stage = next((one for one in rows if str(one.pk) == request.POST.get("stage")), None)
    form = StageForm(request.POST)
    try:
        if do in ("add", "save") and not form.is_valid():
            raise Refused(" ".join(f"{form.fields[name].label}: {' '.join(errors)}" for name, errors in form.errors.items()))
        if do == "add":
            actions.add_stage(team=team, **form.cleaned_data, by=request.user, at=at)
        elif stage is None:
            raise Refused(_("This stage is there no more."), field="stage")
        elif do == "save":
            actions.change_stage(stage=stage, **form.cleaned_data, by=request.user, at=at)
        elif do == "remove":
            actions.remove_stage(stage=stage, by=request.user, at=at)
        elif do in ("up", "down"):
            order = [one.pk for one in rows]
            here = order.index(stage.pk)
            there = here + (1 if do == "down" else -1)
            if 0 <= there < len(order):
                order[here], order[there] = order[there], order[here]
            actions.order_stages(team=team, stages=order, by=request.user, at=at)
        else:
            raise Refused(_("Press one of the buttons."))
    except Refused as refusal:
        return _again(request, team, stages=refusal.sentence)
    return settled(request, reverse("helpdesk:team", args=[team.pk]) + "#stages")


# After-sales ------------------------------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def service(request, pk: int, slug: str) -> HttpResponse:
    """Switch a service on or off. When it needs apps that are not active, first say which, and do it on confirm."""
    team = _team(request, pk)
    here = reverse("helpdesk:team", args=[team.pk]) + "#after-sales"
    on, confirmed = request.POST.get("on") == "on", request.POST.get("confirm") == "1"
    try:
        if request.method == "POST":
            actions.switch_service(
                team=team, slug=slug, on=on, activate_apps=confirmed, accept_trial=request.POST.get("accept_trial") == "on", by=request.user, at=timezone.now(),
            )
            title = next(one.title for one in services_and_plans() if one.service_slug == slug)
            return settled(request, here, _("%(team)s offers %(service)s now.") % {"team": team, "service": title} if on else _("%(service)s is off for %(team)s. What was given stays.") % {"team": team, "service": title})
        plan = plan_service(slug)
    except Refused as refusal:
        if refusal.code == "apps_inactive":
            return settled(request, reverse("helpdesk:team_service", args=[team.pk, slug]))
        if refusal.code == "trial_not_accepted":
            context = {"team": team, "plan": plan_service(slug), "may_switch": True, "refusal": refusal.sentence}
            return refused(request, "helpdesk/service.html", context)
        return _again(request, team, services=refusal.sentence)
    return render(request, "helpdesk/service.html", {"team": team, "plan": plan, "may_switch": may(request.user, "suite.switch_app")})


@login_required
@require_POST
def service_settings(request, pk: int, slug: str) -> HttpResponse:
    """Save a service's own settings for the team."""
    team = _team(request, pk)
    row = next((one for one in _offers(team) if one["service"].service_slug == slug and one["settings"] is not None), None)
    if row is None:
        raise Http404
    form = row["form_class"](request.POST, team=team)
    if form.is_valid():
        try:
            form.save(by=request.user, at=timezone.now())
            return settled(request, reverse("helpdesk:team", args=[team.pk]) + "#after-sales", _("Saved."))
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal.sentence))
    return refused(request, "helpdesk/team.html", _page(request, team, settings={slug: form}))


def _offers(team: Team, settings: dict | None = None) -> list[dict]:
    """Each service of the design: on or off for the team, what it lacks, and its settings form while it is on."""
    on = set(TeamService.objects.filter(team=team).values_list("service", flat=True))
    rows = []
    for one in services_and_plans():
        is_on = one.service_slug in on
        row = {"service": one, "is_on": is_on and one.is_available, "settings": None, "help": one.summary}
        if one.is_available:
            if lacks := plan_service(one.service_slug).activates:
                said = _("It rests while these apps are not active: %s.") if is_on else _("Also activates: %s.")
                row["help"] = f"{one.summary} {said % ', '.join(str(app.verbose_name) for app in lacks)}"
            row["form_class"] = one.hook("forms", "TeamSettings")
            if is_on and inspect.isclass(row["form_class"]):
                row["settings"] = (settings or {}).get(one.service_slug) or row["form_class"](team=team)
        rows.append(row)
    return rows


# The page ---------------------------------------------------------------------------------------------------------------


def _team(request, pk: int) -> Team:
    must(request.user, "helpdesk.configure_team")
    team = queries.configurable_teams(request.user).filter(pk=pk).first() if pk < 2**63 else None
    if team is None:
        raise Http404
    return team


def _somebody(pk: str | None):
    from nazorg.users.models import User

    return User.objects.filter(pk=pk).first() if pk and pk.isdecimal() and len(pk) < 19 else None


def _page(request, team: Team, *, form: TeamForm | None = None, settings: dict | None = None, **refusals) -> dict:
    memberships = list(team.memberships.select_related("user").order_by("user__name", "user_id"))
    known = {one.user_id for one in memberships}
    people = queries.assignable()
    stages = list(team.stages.annotate(ticket_count=Count("tickets", filter=Q(tickets__closed_at=None))))
    return {
        "team": team, "form": form or TeamForm(instance=team), "memberships": memberships, "stages": stages, "stage_form": StageForm(auto_id="new_stage_%s"),
        "addable": [(one.pk, str(one)) for one in people if one.pk not in known], "kinds": StageForm.base_fields["kind"].choices,
        "offers": _offers(team, settings), "refusals": {name: str(sentence) for name, sentence in refusals.items()},
    }


def _again(request, team: Team, **refusals) -> HttpResponse:
    return refused(request, "helpdesk/team.html", _page(request, team, **refusals))
