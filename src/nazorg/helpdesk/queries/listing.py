"""The list of tickets: filters, order and bounded counts, for the page and the API alike."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.core.exceptions import EmptyResultSet
from django.core.paginator import Paginator
from django.db import connection
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.functional import cached_property

from nazorg.access.rules import may
from nazorg.helpdesk.models import Stage, Ticket
from nazorg.helpdesk.queries.search import found_by
from nazorg.helpdesk.queries.teams import visible_teams

PAGE = 50
COUNTED = 10_000
"""A list is counted up to here: how many more there are helps nobody and costs a scan."""

ORDERS = {
    "number": ("number",),
    "title": ("title", "number"),
    "priority": ("priority", "updated_at", "number"),
    "opened": ("made_at", "number"),
    "updated": ("updated_at", "number"),
}
"""The columns by which the list sorts; each has an index."""


def filtered(
    user, *, q: str = "", status: str = "", team: int | None = None, stage: int | None = None, assignee: str = "", priority: int | None = None, type: int | None = None,
    tag: int | None = None, customer: int | None = None, product: int | None = None, since: date | None = None, until: date | None = None,
) -> QuerySet[Ticket]:
    """The tickets that this person may see and that all filters let through.

    `status` is `unsettled` (not closed) or a stage's kind; `assignee` is `me`, `none` or somebody's id; `customer` stands
    for the company with all its contacts; `since` and `until` are days of opening, both inclusive.
    """
    tickets = _seen_by(user, team)
    if status == "unsettled":
        tickets = tickets.filter(closed_at=None)
    elif status == Stage.Kind.CLOSED:
        tickets = tickets.filter(closed_at__isnull=False)
    elif status:
        tickets = tickets.filter(closed_at=None, stage__in=list(Stage.objects.filter(kind=status).values_list("pk", flat=True)))
    if assignee == "me":
        tickets = tickets.filter(assignee=user)
    elif assignee == "none":
        tickets = tickets.filter(assignee=None)
    elif assignee:
        tickets = tickets.filter(assignee=int(assignee))
    if customer is not None:
        tickets = tickets.filter(customer__root=customer)
    if since is not None:
        tickets = tickets.filter(made_at__gte=_midnight(since))
    if until is not None:
        tickets = tickets.filter(made_at__lt=_midnight(until, timedelta(days=1)))
    exact = {"stage": stage, "priority": priority, "type": type, "product": product, "tags": tag}
    tickets = tickets.filter(**{name: value for name, value in exact.items() if value is not None})
    return found_by(q, tickets, user) if q else tickets


def _seen_by(user, team: int | None) -> QuerySet[Ticket]:
    """As `visible_to`, but with the teams named by id: only so the planner walks the index of the order and stops at fifty."""
    tickets = Ticket.objects.defer("words")
    if not may(user, "helpdesk.view_ticket"):
        return tickets.none()
    if team is None and may(user, "helpdesk.see_every_team"):
        return tickets
    teams = visible_teams(user).order_by()
    return tickets.filter(team__in=list((teams.filter(pk=team) if team is not None else teams).values_list("pk", flat=True)))


def _midnight(day: date, later: timedelta = timedelta(0)) -> datetime:
    """When a day begins here; a year that no clock can tell is brought to one that it can."""
    day = min(max(day, date(1900, 1, 1)), date(2900, 1, 1)) + later
    return timezone.make_aware(datetime.combine(day, time.min))


def ordered(tickets: QuerySet[Ticket], order: str) -> QuerySet[Ticket]:
    """In the order of a column of `ORDERS`, `-` before it for descending; anything else: the newest change first."""
    name, backwards = order.removeprefix("-"), order.startswith("-")
    if name not in ORDERS:
        name, backwards = "updated", True
    return tickets.order_by(*(F(column).desc() if backwards else F(column).asc() for column in ORDERS[name]))


def with_row(tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """With everything that a row of the list shows, in two queries."""
    return tickets.select_related("team", "stage", "customer", "contact", "assignee", "type").prefetch_related("tags")


class Pages(Paginator):
    """Pages of tickets of which no more than `COUNTED` are counted; `is_capped` says that there are more."""

    def __init__(self, tickets: QuerySet[Ticket]):
        super().__init__(tickets, PAGE)

    @cached_property
    def _counted(self) -> int:
        return self.object_list.order_by()[: COUNTED + 1].values("pk").count()

    @cached_property
    def count(self) -> int:
        return min(self._counted, COUNTED)

    @property
    def is_capped(self) -> bool:
        return self._counted > COUNTED


def desk(user) -> dict[str, int]:
    """How many unsettled tickets this person sees: `open`, `unassigned`, `mine`; each counted up to 1,001."""
    unsettled = _seen_by(user, None).filter(closed_at=None).order_by()
    parts = {"open": unsettled, "unassigned": unsettled.filter(assignee=None), "mine": unsettled.filter(assignee=user)}
    counts, values = [], []
    for tickets in parts.values():
        try:
            sql, given = tickets.values("pk")[:1001].query.sql_with_params()
        except EmptyResultSet:
            return dict.fromkeys(parts, 0)
        counts.append(f"(SELECT count(*) FROM ({sql}) AS found)")
        values += given
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(counts)}", values)
        return dict(zip(parts, cursor.fetchone(), strict=True))


# The board --------------------------------------------------------------------------------------------------------------

SHOWN = 25
"""Cards of a column before “more”."""


def columns(stages: list[Stage], tickets: QuerySet[Ticket]) -> list[dict]:
    """For each stage its first cards (the most urgent, then the latest; none of a folded one) and their number, counted up to 1,001.

    One query for all cards and one for all counts, whatever the number of stages.
    """
    if not stages:
        return []
    ordering = (F("priority").desc(), F("updated_at").desc(), F("number").desc())
    tops = [tickets.filter(stage=stage).order_by(*ordering).values("pk")[:SHOWN] for stage in stages if not stage.is_folded] or [tickets.none().values("pk")]
    counts, values = [], []
    try:
        for stage in stages:
            sql, given = tickets.filter(stage=stage).order_by().values("pk")[:1001].query.sql_with_params()
            counts.append(f"(SELECT count(*) FROM ({sql}) AS found)")
            values += given
    except EmptyResultSet:
        return [{"stage": stage, "cards": [], "count": 0} for stage in stages]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(counts)}", values)
        totals = dict(zip((stage.pk for stage in stages), cursor.fetchone(), strict=True))
    numbers = tops[0].union(*tops[1:], all=True) if len(tops) > 1 else tops[0]
    cards = with_row(Ticket.objects.defer("words").filter(pk__in=list(numbers.values_list("pk", flat=True)))).order_by(*ordering)
    by_stage: dict[int, list[Ticket]] = {stage.pk: [] for stage in stages}
    for ticket in cards:
        by_stage[ticket.stage_id].append(ticket)
    return [{"stage": stage, "cards": by_stage[stage.pk], "count": totals[stage.pk]} for stage in stages]
