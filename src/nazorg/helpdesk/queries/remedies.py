"""What can be given on a ticket, and what was: asked of each service by its conventions (see `helpdesk.services`)."""

from __future__ import annotations

from dataclasses import dataclass

from nazorg.helpdesk.models import Remedy, TeamService, Ticket
from nazorg.helpdesk.services import Button, Readiness, Service, Tile, services


@dataclass(frozen=True)
class Offer:
    """A service that the ticket's team offers, as this person finds it: ready, pick, impossible, not_allowed or absent."""

    service: Service
    state: str
    reason: str


def offers(ticket: Ticket, user) -> list[Offer]:
    """Every service that the ticket's team offers and whose apps are active, with its state and the reason of it."""
    offered = getattr(ticket, "offered_", None)
    if offered is None:
        offered = TeamService.objects.filter(team=ticket.team_id).values_list("service", flat=True)
    offered, found = set(offered), []
    for service in services():
        if service.service_slug not in offered or not service.is_active:
            continue
        may_give = service.hook("rules", "may_give")
        if may_give is not None and not may_give(user, ticket):
            found.append(Offer(service, "not_allowed", ""))
            continue
        applies_to = service.hook("rules", "applies_to")
        readiness = applies_to(ticket) if applies_to is not None else Readiness("ready")
        found.append(Offer(service, readiness.state, str(readiness.reason)))
    return found


def buttons(ticket: Ticket, user) -> list[Button]:
    """The service buttons of a ticket for this person: what they may not give is not among them."""
    return [
        Button(one.service.service_slug, one.service.button, one.service.service_icon, one.state, one.reason, one.service.sheet_url(ticket))
        for one in offers(ticket, user)
        if one.state in ("ready", "pick", "impossible")
    ]


def tiles(ticket: Ticket, user) -> list[Tile]:
    """The smart buttons of a ticket, in the order of the services; only services with a remedy here are asked."""
    remedied = getattr(ticket, "remedied_", None)
    if remedied is None:
        remedied = Remedy.objects.filter(ticket=ticket).order_by().values_list("service", flat=True).distinct()
    remedied, found = set(remedied), []
    for service in services():
        ask = service.hook("queries", "tiles")
        if ask is not None and service.service_slug in remedied and service.is_active:
            found += ask(ticket, user)
    return found


def pending(ticket: Ticket, user) -> list[Remedy]:
    """The remedies that wait for somebody's word (a draft to confirm), each with its `card` and whether this person may act on it.

    Asked after `tiles`, of the same services; a service answers from what its tiles have read.
    """
    remedied = getattr(ticket, "remedied_", None)
    if remedied is None:
        remedied = Remedy.objects.filter(ticket=ticket).order_by().values_list("service", flat=True).distinct()
    remedied, found = set(remedied), []
    for service in services():
        ask = service.hook("queries", "pending")
        if ask is None or service.service_slug not in remedied or not service.is_active:
            continue
        if waiting := list(ask(ticket, user)):
            may_give = service.hook("rules", "may_give")
            may_act = may_give is None or may_give(user, ticket)
            for one in waiting:
                one.may_give = may_act
            found += waiting
    return found


def remedies(ticket: Ticket) -> list[Remedy]:
    """The remedies given on a ticket, oldest first, each as its service's own model with its document at hand."""
    kinds = set(Remedy.objects.filter(ticket=ticket).order_by().values_list("service", flat=True).distinct())
    found: list[Remedy] = []
    for service in services():
        if service.service_slug in kinds:
            found += _remedies_of(service, ticket)
    return sorted(found, key=lambda one: one.pk)


def _remedies_of(service: Service, ticket: Ticket):
    ask = service.hook("queries", "remedies")
    if ask is not None:
        return ask(ticket)
    models = [model for model in service.get_models() if issubclass(model, Remedy)]
    return [one for model in models for one in model.objects.filter(ticket=ticket).select_related()]
