"""Switching apps on and off, and what a plan says to that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from nazorg.access.rules import must
from nazorg.core.actions import action
from nazorg.core.refusals import Refused
from nazorg.suite import queries
from nazorg.suite.house import switchable_apps, that_need, with_needs
from nazorg.suite.models import ActiveApp, Subscription, Trial

TRIAL = timedelta(days=15)


@dataclass(frozen=True)
class Activation:
    """What switching an app on would do: the apps that come along, and whether the trial starts with it."""

    slug: str
    activates: list[str]
    starts_trial: bool


def plan_activation(slug: str) -> Activation:
    """What `activate` would do, for the warning before it. Refused when no such app is there."""
    if slug not in switchable_apps():
        raise Refused(_("There is no app “%s” in this version.") % slug, code="no_such_app")
    active = queries.active_apps()
    coming = [one for one in with_needs(slug) if one not in active]
    second = len(active | set(coming)) > 1
    return Activation(slug, coming, bool(settings.PLANS and coming and second and queries.trial() is None))


@action
def activate(*, slug: str, by, at: datetime, accept_trial: bool = False) -> list[str]:
    """Switch an app on together with the apps it needs; gives the slugs that were switched on now.

    Under a plan the second app starts a trial of 15 days, which the person must have accepted.
    """
    must(by, "suite.switch_app")
    _lock()
    plan = plan_activation(slug)
    if plan.starts_trial:
        if not accept_trial:
            raise Refused(
                _("A second app starts a trial of 15 days. After it the database is locked until a subscription is recorded. Confirm that you want this."),
                code="trial_not_accepted", field="accept_trial",
            )
        Trial.objects.create(started_at=at, ends_at=at + TRIAL, started_by=by)
    for one in plan.activates:
        ActiveApp.objects.create(slug=one, activated_at=at, activated_by=by)
    queries.forget_active_apps()
    return plan.activates


@action
def deactivate(*, slug: str, by, at: datetime) -> None:
    """Switch an app off: its pages, API and permissions disappear, its data stays."""
    must(by, "suite.switch_app")
    _lock()
    active = queries.active_apps()
    if slug not in active:
        raise Refused(_("This app is not switched on."), code="not_active")
    if blockers := [one for one in that_need(slug) if one in active]:
        names = ", ".join(str(switchable_apps()[one].verbose_name) for one in blockers)
        raise Refused(_("Switch off %s first: it needs this app.") % names, code="needed", needed_by=blockers)
    ActiveApp.objects.filter(slug=slug).delete()
    queries.forget_active_apps()


@action
def record_subscription(*, reference: str, starts_on, ends_on=None, by, at: datetime) -> Subscription:
    """Record that a subscription runs: from then on nothing is locked."""
    must(by, "suite.switch_app")
    if ends_on and ends_on < starts_on:
        raise Refused(_("The subscription would end before it starts."), field="ends_on")
    return Subscription.objects.create(reference=reference, starts_on=starts_on, ends_on=ends_on, recorded_by=by, recorded_at=at)


def _lock() -> None:
    """Two people who switch apps at once do so one after the other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('suite.apps'))")
    queries.forget_active_apps()
