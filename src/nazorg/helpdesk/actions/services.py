"""Which services a team offers, and the mark that a remedy leaves on its ticket."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _

from nazorg.access.actions import grant
from nazorg.conversation.actions import thread_of
from nazorg.conversation.models import HasThread
from nazorg.core.actions import action
from nazorg.core.events import tell
from nazorg.core.refusals import Refused
from nazorg.helpdesk import events, rules, services
from nazorg.helpdesk.models import Remedy, Team, TeamService, Ticket
from nazorg.suite import actions as suite


@action
def switch_service(*, team: Team, slug: str, on: bool, activate_apps: bool = False, accept_trial: bool = False, by, at: datetime) -> None:
    """Let a team offer a service, or no longer.

    Refused with code `apps_inactive` when it needs apps that are not active and `activate_apps` does not say to activate
    them (`facts["apps"]` names them); with `not_in_this_version` when no such service exists.
    """
    rules.must_configure(by, team)
    team = Team.objects.select_for_update().get(pk=team.pk)
    if not on:
        service = next((one for one in services.services_and_plans() if one.service_slug == slug), None)
        if TeamService.objects.filter(team=team, service=slug).delete()[0]:
            label = service.title if service else slug
            tell(events.ServiceSwitchedOff(on=team, by=by, at=at, service=label))
        return
    plan = services.plan_service(slug)
    if plan.activates and not activate_apps:
        names = ", ".join(str(app.verbose_name) for app in plan.activates)
        raise Refused(
            _("%(service)s needs apps that are not active: %(apps)s. Confirm that they are activated too.") % {"service": plan.service.title, "apps": names},
            field="service", code="apps_inactive", apps=[app.slug for app in plan.activates], starts_trial=plan.starts_trial,
        )
    for app in plan.activates:
        suite.activate(slug=app.slug, by=by, at=at, accept_trial=accept_trial)
    _row, new = TeamService.objects.get_or_create(team=team, service=slug, defaults={"switched_on_at": at, "switched_on_by": by})
    if new:
        tell(events.ServiceSwitchedOn(on=team, by=by, at=at, service=plan.service.title))


@action
def record_remedy(*, remedy: Remedy, document: HasThread, also: Iterable[HasThread] = (), fact="", by, at: datetime) -> None:
    """Tell the ticket that a remedy was given, and let who gave it open what it made.

    Called by a service's action after it has made its `Remedy` row, with the ticket locked. `document` is what the
    remedy made, `also` are records that must be readable with it (the invoice that is credited), `fact` the sum or date
    that the line shows (Money, a date or text).
    """
    if by is not None:
        for record in (document, *also):
            if record.thread_id is None:
                thread_of(record=record, at=at)
            grant(user=by, thread_id=record.thread_id, by=by, at=at, reason=f"remedy on ticket {remedy.ticket_id}")
    Ticket.objects.filter(pk=remedy.ticket_id).update(updated_at=at)
    service = services.find(remedy.service)
    tell(events.RemedyGiven(on=remedy.ticket, by=by, at=at, remedy=remedy, service=service.button, document=document, fact=fact))
