"""The registry of services: an app under `services/` whose config derives from `Service` is in it, and nothing else is.

What a service is asked, by convention and only if its module has it:

    rules.applies_to(ticket) -> Readiness            can it be given on this ticket now, and if not, why
    rules.may_give(user, ticket) -> bool             may this person give it
    queries.tiles(ticket, user) -> list[Tile]        its smart buttons; asked when the ticket has its remedies
    queries.pending(ticket, user) -> list[Remedy]    those that wait for a word, shown by the template that is their `card`
    queries.remedies(ticket) -> QuerySet[Remedy]     its remedies with their documents, in one query
    forms.TeamSettings(data=None, *, team)           its settings for a team: a form with `save(by=, at=)`
    <app label>:sheet                                the URL of its sheet, with the ticket's number

App configs are read before there are models, so what needs models is imported where it is used.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Literal

from django.apps import apps
from django.urls import reverse
from django.utils.translation import gettext as _

from nazorg.core.refusals import Refused
from nazorg.helpdesk.planned import PLANNED, PlannedService
from nazorg.suite.house import HouseApp, switchable_apps, with_needs


@dataclass(frozen=True)
class Readiness:
    """Whether a service can be given on a ticket now.

    `ready`; `pick`: ready, but something must be chosen first; `impossible`: shown greyed with its reason; `absent`:
    not shown at all (a return for a customer who never got a delivery).
    """

    state: Literal["ready", "pick", "impossible", "absent"]
    reason: str = ""

    def __post_init__(self):
        if self.state == "impossible" and not self.reason:
            raise ValueError("a service that is not possible says why")


@dataclass(frozen=True)
class Button:
    """A service button on a ticket: `state` is ready, pick or impossible; `url` opens the sheet."""

    slug: str
    label: str
    icon: str
    state: str
    reason: str
    url: str


@dataclass(frozen=True)
class Tile:
    """A smart button: the documents of one service on a ticket, how many, and the one fact that matters."""

    label: str
    count: int
    fact: str = ""
    url: str = ""
    badge: str = ""
    icon: str = "file"


class Service(HouseApp):
    """The config of an app that lets a team offer a remedy from a ticket.

    `slug` is the switchable app that it belongs to, `needs` are the other apps that must be active with it.
    """

    is_available = True
    service_slug: str
    service_label = ""
    """What the team's settings call it: “Refunds”. The app's own name when empty."""
    button: str
    """What its button says: “Refund”."""
    service_icon = "gift"
    service_order = 100
    """Refund 10, Coupon 20, Return 30, Repair 40, Field task 50; others follow."""

    @property
    def title(self) -> str:
        """How the team's settings call it."""
        return self.service_label or self.verbose_name

    @property
    def apps_needed(self) -> list[str]:
        """The switchable apps without which it cannot work, needs first."""
        found: list[str] = []
        for need in (*self.needs, self.slug):
            found += [one for one in with_needs(need) if one not in found] if need else []
        return found

    @property
    def is_active(self) -> bool:
        """Whether every app that it needs is switched on."""
        from nazorg.suite import queries as suite

        return set(self.apps_needed) <= suite.active_apps()

    def hook(self, module: str, name: str) -> Callable | None:
        """A function or class of the service's own, if it has it."""
        full = f"{self.name}.{module}"
        return getattr(import_module(full), name, None) if find_spec(full) else None

    def sheet_url(self, ticket) -> str:
        return reverse(f"{self.label}:sheet", args=[ticket.pk])


def services() -> list[Service]:
    """Every service of this version, in the order of its button."""
    found = [config for config in apps.get_app_configs() if isinstance(config, Service)]
    return sorted(found, key=lambda config: (config.service_order, config.service_slug))


def services_and_plans() -> list[Service | PlannedService]:
    """The services, and those that the design knows but this version has not."""
    real = services()
    known = {one.service_slug for one in real}
    both = [*real, *(one for one in PLANNED if one.service_slug not in known)]
    return sorted(both, key=lambda one: (one.service_order, one.service_slug))


def find(slug: str) -> Service:
    """The service of that slug; refused in a sentence when this version has none."""
    for service in services():
        if service.service_slug == slug:
            return service
    for planned in PLANNED:
        if planned.service_slug == slug:
            raise Refused(
                _("%s are not part of this version yet. They cannot be switched on.") % planned.title, code="not_in_this_version", field="service",
            )
    raise Refused(_("There is no service “%s”.") % slug, code="no_such_service", field="service")


@dataclass(frozen=True)
class ServicePlan:
    """What switching a service on does beside it: the apps that come along, and whether a trial starts."""

    service: Service
    activates: list[HouseApp]
    starts_trial: bool


def plan_service(slug: str) -> ServicePlan:
    """What `switch_service(on=True)` would activate, for the warning before it."""
    from nazorg.suite.actions import plan_activation

    service = find(slug)
    coming: list[str] = []
    starts_trial = False
    for need in service.apps_needed:
        plan = plan_activation(need)
        coming += [one for one in plan.activates if one not in coming]
        starts_trial = starts_trial or plan.starts_trial
    return ServicePlan(service, [switchable_apps()[one] for one in coming], starts_trial)
