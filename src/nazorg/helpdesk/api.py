"""/teams and /tickets: all that the pages do, by the same actions."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query
from pydantic import Field

from nazorg.access.rules import must
from nazorg.catalogue.models import Product
from nazorg.conversation.models import Entry, Follower
from nazorg.core.refusals import Refused
from nazorg.core.rest import In, Page, Router, Schema, made, paged
from nazorg.helpdesk import actions, queries
from nazorg.helpdesk.models import Stage, Tag, Team, Ticket, TicketType
from nazorg.parties import queries as parties
from nazorg.users.models import User

teams = Router("teams")
tickets = Router("tickets")
types = Router("tickets")
tags = Router("tickets")
ROUTERS = [("/teams", teams), ("/tickets", tickets), ("/ticket-types", types), ("/ticket-tags", tags)]

Id = Annotated[int, Field(ge=1, lt=2**63)]
Title = Annotated[str, Field(max_length=200)]


class Named(Schema):
    id: int
    name: str

    @classmethod
    def of(cls, record: Model | None) -> Named | None:
        return None if record is None else cls(id=record.pk, name=str(record))


def chosen(rows: QuerySet, pk: int | None, field: str):
    """The record of an id in a body, or the sentence that there is none; None for none."""
    if pk is None:
        return None
    record = rows.filter(pk=pk).first()
    if record is None:
        raise Refused(_("There is no %(field)s with the id %(id)d that you may use.") % {"field": field, "id": pk}, field=field, code="unknown")
    return record


# Teams ------------------------------------------------------------------------------------------------------------------


class StageOut(Schema):
    id: int
    name: str
    kind: str
    is_folded: bool


class TeamOut(Schema):
    id: int
    name: str
    description: str
    visibility: str
    email: str
    is_archived: bool
    stages: list[StageOut]
    members: list[Named]
    services: list[str]

    @classmethod
    def of(cls, team: Team) -> TeamOut:
        return cls(
            id=team.pk, name=team.name, description=team.description, visibility=team.visibility, email=team.email, is_archived=team.is_archived,
            stages=[StageOut(id=one.pk, name=one.name, kind=one.kind, is_folded=one.is_folded) for one in team.stages.all()],
            members=[Named.of(one) for one in team.members.all()], services=sorted(one.service for one in team.services.all()),
        )


class TeamIn(In):
    name: Annotated[str, Field(max_length=80)]
    description: Annotated[str, Field(max_length=2000)] = ""
    visibility: Literal["public", "members"] = "public"
    email: Annotated[str, Field(max_length=254)] = ""
    members: Annotated[list[Id], Field(max_length=500)] = []


class TeamChange(In):
    name: Annotated[str, Field(max_length=80)] | None = None
    description: Annotated[str, Field(max_length=2000)] | None = None
    visibility: Literal["public", "members"] | None = None
    email: Annotated[str, Field(max_length=254)] | None = None
    is_archived: bool | None = None


class ServiceSwitch(In):
    on: bool
    activate_apps: bool = False
    accept_trial: bool = False


def _teams(user) -> QuerySet[Team]:
    return queries.visible_teams(user).prefetch_related("stages", "members", "services")


def _team(user, pk: int) -> Team:
    team = _teams(user).filter(pk=pk).first()
    if team is None:
        raise Http404
    return team


@teams.get("/", response=Page[TeamOut], summary="Teams that you may see")
def list_teams(request: HttpRequest, limit: int = 50, cursor: str | None = None):
    must(request.user, "helpdesk.view_ticket")
    return paged(request, _teams(request.user), limit, cursor, TeamOut.of, order="id")


@teams.get("/{pk}", response=TeamOut, summary="One team")
def get_team(request: HttpRequest, pk: int):
    must(request.user, "helpdesk.view_ticket")
    return TeamOut.of(_team(request.user, pk))


@teams.post("/", response={201: TeamOut}, summary="Make a team")
def make_team(request: HttpRequest, payload: TeamIn) -> HttpResponse:
    def do():
        members = [chosen(User.objects.filter(is_active=True), pk, "members") for pk in payload.members]
        team = actions.add_team(**{**payload.dict(), "members": members}, by=request.user, at=timezone.now())
        return TeamOut.of(team).model_dump(mode="json")

    return made(request, body=payload.dict(), scope="teams", do=do)


@teams.patch("/{pk}", response=TeamOut, summary="Change a team")
def change_team(request: HttpRequest, pk: int, payload: TeamChange):
    changes = {name: value for name, value in payload.dict(exclude_unset=True).items() if value is not None}
    actions.change_team(team=_team(request.user, pk), **changes, by=request.user, at=timezone.now())
    return TeamOut.of(_team(request.user, pk))


@teams.put("/{pk}/services/{slug}", response=TeamOut, summary="Switch a service on or off")
def switch_service(request: HttpRequest, pk: int, slug: str, payload: ServiceSwitch):
    actions.switch_service(team=_team(request.user, pk), slug=slug, **payload.dict(), by=request.user, at=timezone.now())
    return TeamOut.of(_team(request.user, pk))


class TypeOut(Schema):
    id: int
    name: str
    is_archived: bool


class TagOut(Schema):
    id: int
    name: str
    colour: int


@types.get("/", response=list[TypeOut], summary="Types of tickets")
def list_types(request: HttpRequest):
    must(request.user, "helpdesk.view_ticket")
    return [TypeOut(id=one.pk, name=one.name, is_archived=one.is_archived) for one in TicketType.objects.all()]


@tags.get("/", response=list[TagOut], summary="Tags of tickets")
def list_tags(request: HttpRequest):
    must(request.user, "helpdesk.view_ticket")
    return [TagOut(id=one.pk, name=one.name, colour=one.colour) for one in Tag.objects.all()]


# Tickets ----------------------------------------------------------------------------------------------------------------


class TicketOut(Schema):
    number: int
    title: str
    url: str
    team: Named
    stage: StageOut
    customer: Named | None
    contact: Named | None
    assignee: Named | None
    priority: int
    type: Named | None
    tags: list[Named]
    product: Named | None
    serial: str
    order_reference: str
    language: str
    channel: str
    opened_at: datetime
    updated_at: datetime
    closed_at: datetime | None
    last_message_at: datetime | None

    @classmethod
    def of(cls, ticket: Ticket) -> TicketOut:
        stage = ticket.stage
        return cls(
            number=ticket.pk, title=ticket.title, url=ticket.get_absolute_url(), team=Named.of(ticket.team),
            stage=StageOut(id=stage.pk, name=stage.name, kind=stage.kind, is_folded=stage.is_folded), customer=Named.of(ticket.customer), contact=Named.of(ticket.contact),
            assignee=Named.of(ticket.assignee), priority=ticket.priority, type=Named.of(ticket.type), tags=[Named.of(one) for one in ticket.tags.all()],
            product=Named.of(ticket.product), serial=ticket.serial, order_reference=ticket.order_reference, language=ticket.language, channel=ticket.channel,
            opened_at=ticket.made_at, updated_at=ticket.updated_at, closed_at=ticket.closed_at, last_message_at=ticket.last_message_at,
        )


class TicketFilter(Schema):
    q: Annotated[str, Field(max_length=200)] = ""
    status: Literal["", "unsettled", "new", "open", "waiting", "closed"] = ""
    team: Id | None = None
    stage: Id | None = None
    assignee: Annotated[str, Field(pattern=r"^(me|none|\d{1,18})?$")] = ""
    priority: Annotated[int, Field(ge=0, le=3)] | None = None
    type: Id | None = None
    tag: Id | None = None
    customer: Id | None = None
    product: Id | None = None
    since: date | None = None
    until: date | None = None


class TicketIn(In):
    title: Title
    team: Id
    customer: Id | None = None
    contact: Id | None = None
    assignee: Id | None = None
    stage: Id | None = None
    priority: Annotated[int, Field(ge=0, le=3)] = 1
    type: Id | None = None
    tags: Annotated[list[Id], Field(max_length=50)] = []
    product: Id | None = None
    serial: Annotated[str, Field(max_length=80)] = ""
    order_reference: Annotated[str, Field(max_length=60)] = ""
    language: Annotated[str, Field(max_length=5)] = ""
    message: Annotated[str, Field(max_length=100_000, description="What the customer wrote or said.")] = ""


class TicketChange(In):
    """Only what is named changes; null empties a field that may be empty."""

    title: Title = ""
    team: Id = 0
    customer: Id | None = None
    contact: Id | None = None
    assignee: Id | None = None
    stage: Id = 0
    priority: Annotated[int, Field(ge=0, le=3)] = 1
    type: Id | None = None
    tags: Annotated[list[Id], Field(max_length=50)] = []
    product: Id | None = None
    serial: Annotated[str, Field(max_length=80)] = ""
    order_reference: Annotated[str, Field(max_length=60)] = ""
    language: Annotated[str, Field(max_length=5)] = ""


def _meant(user, given: dict) -> dict:
    """A body's ids as records that this person may use."""
    rows = {
        "team": queries.visible_teams(user), "stage": Stage.objects.filter(team__in=queries.visible_teams(user).order_by().values("pk")),
        "customer": parties.visible_to(user).select_related("company"), "contact": parties.visible_to(user).select_related("company"),
        "assignee": queries.assignable(), "type": TicketType.objects.filter(is_archived=False), "product": Product.objects.all(),
    }
    meant = {name: chosen(rows[name], value, name) if name in rows else value for name, value in given.items()}
    if "tags" in given:
        meant["tags"] = [chosen(Tag.objects.all(), pk, "tags") for pk in dict.fromkeys(given["tags"])]
    return meant


def _ticket(request: HttpRequest, number: int, tickets: QuerySet[Ticket] | None = None) -> Ticket:
    must(request.user, "helpdesk.view_ticket")
    rows = queries.visible_to(request.user).select_related("team", "stage", "customer", "contact", "assignee", "type", "product") if tickets is None else tickets
    ticket = rows.filter(pk=number).first()
    if ticket is None:
        raise Http404
    return ticket


@tickets.get("/", response=Page[TicketOut], summary="Tickets that you may see, newest first")
def list_tickets(request: HttpRequest, filters: Query[TicketFilter], limit: int = 50, cursor: str | None = None):
    must(request.user, "helpdesk.view_ticket")
    rows = queries.with_row(queries.filtered(request.user, **filters.dict())).select_related("product")
    return paged(request, rows, limit, cursor, TicketOut.of, order="-number")


@tickets.get("/{number}", response=TicketOut, summary="One ticket")
def get_ticket(request: HttpRequest, number: int):
    return TicketOut.of(_ticket(request, number))


@tickets.post("/", response={201: TicketOut}, summary="Open a ticket")
def open_ticket(request: HttpRequest, payload: TicketIn) -> HttpResponse:
    def do():
        must(request.user, "helpdesk.work_ticket")
        ticket = actions.open_ticket(**_meant(request.user, payload.dict()), channel=Ticket.Channel.API, by=request.user, at=timezone.now())
        return TicketOut.of(ticket).model_dump(mode="json")

    return made(request, body=payload.dict(), scope="tickets", do=do)


@tickets.patch("/{number}", response=TicketOut, summary="Change a ticket")
def change_ticket(request: HttpRequest, number: int, payload: TicketChange):
    ticket = _ticket(request, number)
    must(request.user, "helpdesk.work_ticket")
    ticket = actions.change(ticket=ticket, **_meant(request.user, payload.dict(exclude_unset=True)), by=request.user, at=timezone.now())
    return TicketOut.of(ticket)


# Messages, notes, followers ---------------------------------------------------------------------------------------------


class MessageOut(Schema):
    id: int
    kind: str
    at: datetime
    author: Named | None
    author_name: str
    text: str
    html: str
    attachments: list[str]

    @classmethod
    def of(cls, entry: Entry) -> MessageOut:
        return cls(
            id=entry.pk, kind=entry.kind, at=entry.at, author=Named.of(entry.author), author_name=entry.author_name, text=entry.text, html=entry.body,
            attachments=[one.name for one in entry.attachments.all()],
        )


class MessageIn(In):
    text: Annotated[str, Field(min_length=1, max_length=100_000)]
    kind: Annotated[Literal["sent", "received", "call"], Field(description="sent: to the customer; received: what they wrote; call: by phone.")] = "sent"


class NoteIn(In):
    text: Annotated[str, Field(min_length=1, max_length=100_000)]


class FollowerOut(Schema):
    id: int
    user: Named | None
    name: str
    email: str

    @classmethod
    def of(cls, follower: Follower) -> FollowerOut:
        return cls(id=follower.pk, user=Named.of(follower.user), name=follower.name, email=follower.email)


class FollowerIn(In):
    user: Id | None = None
    email: Annotated[str, Field(max_length=254)] = ""
    name: Annotated[str, Field(max_length=120)] = ""


def _entries(ticket: Ticket, *kinds: str) -> QuerySet[Entry]:
    return Entry.objects.filter(thread=ticket.thread_id, kind__in=kinds).select_related("author").prefetch_related("attachments").defer("words")


@tickets.get("/{number}/messages", response=Page[MessageOut], summary="What was said, oldest first")
def list_messages(request: HttpRequest, number: int, limit: int = 50, cursor: str | None = None):
    ticket = _ticket(request, number)
    return paged(request, _entries(ticket, "received", "sent", "call"), limit, cursor, MessageOut.of, order="id")


@tickets.post("/{number}/messages", response={201: MessageOut}, summary="Answer, or keep what the customer said")
def add_message(request: HttpRequest, number: int, payload: MessageIn) -> HttpResponse:
    ticket = _ticket(request, number)
    act = {"sent": actions.reply, "received": actions.receive, "call": actions.call}[payload.kind]
    return made(
        request, body=payload.dict(), scope=f"tickets/{number}/messages",
        do=lambda: MessageOut.of(act(ticket=ticket, text=payload.text, by=request.user, at=timezone.now())).model_dump(mode="json"),
    )


@tickets.get("/{number}/notes", response=Page[MessageOut], summary="Notes of the staff, oldest first")
def list_notes(request: HttpRequest, number: int, limit: int = 50, cursor: str | None = None):
    return paged(request, _entries(_ticket(request, number), "note"), limit, cursor, MessageOut.of, order="id")


@tickets.post("/{number}/notes", response={201: MessageOut}, summary="Write a note")
def add_note(request: HttpRequest, number: int, payload: NoteIn) -> HttpResponse:
    ticket = _ticket(request, number)
    return made(
        request, body=payload.dict(), scope=f"tickets/{number}/notes",
        do=lambda: MessageOut.of(actions.note(ticket=ticket, text=payload.text, by=request.user, at=timezone.now())).model_dump(mode="json"),
    )


@tickets.get("/{number}/followers", response=list[FollowerOut], summary="Who follows the ticket")
def list_followers(request: HttpRequest, number: int):
    ticket = _ticket(request, number)
    return [FollowerOut.of(one) for one in Follower.objects.filter(thread=ticket.thread_id).select_related("user").order_by("id")]


@tickets.post("/{number}/followers", response={201: list[FollowerOut]}, summary="Add a follower")
def add_follower(request: HttpRequest, number: int, payload: FollowerIn) -> HttpResponse:
    ticket = _ticket(request, number)

    def do():
        user = chosen(User.objects.filter(is_active=True), payload.user, "user")
        actions.add_follower(ticket=ticket, user=user, email=payload.email, name=payload.name, by=request.user, at=timezone.now())
        return [one.model_dump(mode="json") for one in list_followers(request, number)]

    return made(request, body=payload.dict(), scope=f"tickets/{number}/followers", do=do)


@tickets.delete("/{number}/followers/{follower}", response={204: None}, summary="Remove a follower")
def remove_follower(request: HttpRequest, number: int, follower: int):
    ticket = _ticket(request, number)
    actions.remove_follower(ticket=ticket, follower_id=follower, by=request.user, at=timezone.now())
    return 204, None


# After-sales ------------------------------------------------------------------------------------------------------------


class OfferOut(Schema):
    service: str
    label: str
    state: Annotated[str, Field(description="ready, pick (ready, but something is chosen first), impossible, absent or not_allowed")]
    reason: str
    url: str


class RemedyOut(Schema):
    id: int
    service: str
    by: Named | None
    at: datetime
    document: Named | None
    url: str
    fact: str


@tickets.get("/{number}/services", response=list[OfferOut], summary="What can be given on a ticket, and why not")
def list_services(request: HttpRequest, number: int):
    ticket = _ticket(request, number, queries.for_page(request.user))
    return [
        OfferOut(
            service=one.service.service_slug, label=str(one.service.button), state=one.state, reason=one.reason,
            url=one.service.sheet_url(ticket) if one.state in ("ready", "pick") else "",
        )
        for one in queries.offers(ticket, request.user)
    ]


@tickets.get("/{number}/remedies", response=list[RemedyOut], summary="What was given on a ticket, oldest first")
def list_remedies(request: HttpRequest, number: int):
    found = []
    for one in queries.remedies(_ticket(request, number)):
        document = getattr(one, "document", None)
        found.append(
            RemedyOut(
                id=one.pk, service=one.service, by=Named.of(one.by), at=one.at, document=Named.of(document),
                url=document.get_absolute_url() if document is not None else "", fact=str(getattr(one, "fact", "")),
            )
        )
    return found


