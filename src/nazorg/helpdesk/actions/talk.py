"""Writing on a ticket and following it."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from nazorg.conversation import actions as conversation
from nazorg.conversation.models import Entry, Follower
from nazorg.core.actions import action
from nazorg.core.events import tell
from nazorg.core.refusals import Refused
from nazorg.helpdesk import events, rules
from nazorg.helpdesk.actions.tickets import change, lock
from nazorg.helpdesk.models import Stage, Ticket


@action
def reply(*, ticket: Ticket, text: str = "", html: str = "", files=(), stage: Stage | None = None, by, at: datetime) -> Entry:
    """Answer the customer; with `stage` the ticket moves there in the same breath."""
    return _write(ticket, Entry.Kind.SENT, text, html, files, stage, by, at)


@action
def note(*, ticket: Ticket, text: str = "", html: str = "", files=(), by, at: datetime) -> Entry:
    """Write something that only the staff sees."""
    return _write(ticket, Entry.Kind.NOTE, text, html, files, None, by, at)


@action
def call(*, ticket: Ticket, text: str = "", html: str = "", files=(), stage: Stage | None = None, by, at: datetime) -> Entry:
    """Keep what was said on the phone."""
    return _write(ticket, Entry.Kind.CALL, text, html, files, stage, by, at)


@action
def receive(*, ticket: Ticket, text: str = "", html: str = "", files=(), author_name: str = "", author_email: str = "", by=None, at: datetime) -> Entry:
    """Take in what the customer wrote. A ticket that waits for them or was closed opens again."""
    rules.must_work(by, ticket)
    ticket = lock(ticket)
    speaker = ticket.contact or ticket.customer
    entry = conversation.write(
        record=ticket, kind=Entry.Kind.RECEIVED, text=text, html=html, files=files, at=at,
        author_name=author_name or str(speaker or ""), author_email=author_email or (speaker.email if speaker else ""),
    )
    _touch(ticket, at)
    if ticket.stage.kind in (Stage.Kind.WAITING, Stage.Kind.CLOSED):
        again = ticket.team.stages.filter(kind=Stage.Kind.OPEN).first()
        if again is not None:
            change(ticket=ticket, stage=again, by=by, at=at)
    return entry


def _write(ticket: Ticket, kind: str, text: str, html: str, files, stage: Stage | None, by, at: datetime) -> Entry:
    rules.must_work(by, ticket)
    ticket = lock(ticket)
    entry = conversation.write(record=ticket, kind=kind, text=text, html=html, files=files, by=by, at=at)
    _touch(ticket, at)
    if stage is not None:
        change(ticket=ticket, stage=stage, by=by, at=at)
    return entry


def _touch(ticket: Ticket, at: datetime) -> None:
    ticket.last_message_at = ticket.updated_at = at
    ticket.save(update_fields=["last_message_at", "updated_at"])


@action
def add_follower(*, ticket: Ticket, user=None, email: str = "", name: str = "", by, at: datetime) -> None:
    """Make somebody a follower: a user who may see the ticket, or an outside person by address."""
    rules.must_work(by, ticket)
    if user is not None and not rules.may_see(user, ticket):
        raise Refused(_("%s may not see this ticket and cannot follow it.") % user, field="user")
    if user is None:
        email = email.replace("\x00", "").strip().lower()
        try:
            validate_email(email)
        except ValidationError:
            raise Refused(_("“%s” is not an e-mail address.") % email[:80], field="email")
    ticket = lock(ticket)
    known = Follower.objects.filter(thread=ticket.thread_id)
    if (known.filter(user=user) if user is not None else known.filter(user=None, email=email)).exists():
        return
    conversation.follow(record=ticket, user=user, email=email, name=name[:120], at=at)
    tell(events.FollowerAdded(on=ticket, by=by, at=at, follower=str(user or name or email)))


@action
def remove_follower(*, ticket: Ticket, follower_id: int, by, at: datetime) -> None:
    """Take a follower off the ticket; does nothing when they were none."""
    rules.must_work(by, ticket)
    ticket = lock(ticket)
    follower = Follower.objects.filter(thread=ticket.thread_id, pk=follower_id).select_related("user").first()
    if follower is None:
        return
    conversation.unfollow(record=ticket, follower_id=follower.pk)
    tell(events.FollowerRemoved(on=ticket, by=by, at=at, follower=str(follower)))
