"""Tickets, always through the eyes of somebody."""

from __future__ import annotations

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet

from nazorg.access.rules import may
from nazorg.conversation.rules import shows
from nazorg.helpdesk.models import Remedy, SavedView, TeamService, Ticket
from nazorg.helpdesk.queries.teams import visible_teams


@shows("helpdesk.ticket")
def visible_to(user) -> QuerySet[Ticket]:
    """The tickets that this person may see: those of the teams that they may see."""
    if not may(user, "helpdesk.view_ticket"):
        return Ticket.objects.none()
    if may(user, "helpdesk.see_every_team"):
        return Ticket.objects.defer("words")
    return Ticket.objects.filter(team__in=visible_teams(user).order_by().values("pk")).defer("words")


def for_page(user) -> QuerySet[Ticket]:
    """Tickets with everything that the head of the ticket page shows, in one query.

    `offered_` are the slugs of the services that its team offers, `remedied_` those of which it has a remedy: with them
    `buttons` and `tiles` ask nothing more than each service itself does.
    """
    return (
        visible_to(user)
        .select_related("team", "stage", "customer", "customer__company", "contact", "assignee", "type", "product", "thread", "made_by")
        .annotate(
            offered_=ArraySubquery(TeamService.objects.filter(team=OuterRef("team")).values("service")),
            remedied_=ArraySubquery(Remedy.objects.filter(ticket=OuterRef("pk")).order_by().values("service").distinct()),
        )
    )


def of_customer(ticket: Ticket, user) -> QuerySet[Ticket]:
    """The other tickets of the ticket's customer (a company with its contacts) that this person may see, newest first."""
    if ticket.customer is None:
        return Ticket.objects.none()
    return visible_to(user).filter(customer__root=ticket.customer.root_id).exclude(pk=ticket.pk).select_related("stage", "team").order_by("-number")


def saved_views(user) -> QuerySet[SavedView]:
    """One's own views and the shared ones."""
    return SavedView.objects.filter(Q(owner=user) | Q(is_shared=True)).select_related("owner").order_by("name", "id")
