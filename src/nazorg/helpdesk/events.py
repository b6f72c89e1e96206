"""What can happen to a ticket or a team, each with its sentence."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from nazorg.core.events import Event, event
from nazorg.helpdesk.models import Remedy, Stage, Team
from nazorg.users.models import User

# Tickets ----------------------------------------------------------------------------------------------------------------


@event
class TicketOpened(Event):
    team: Team
    stage: Stage
    sentence = _("{by} opened this ticket for {team}.")
    icon = "ticket"


@event
class TicketAssigned(Event):
    assignee: User
    before: User | None
    sentence = _("{by} assigned this ticket to {assignee}.")
    icon = "user"


@event
class TicketUnassigned(Event):
    before: User
    sentence = _("{by} took this ticket off {before}’s desk.")
    icon = "user"


@event
class TicketMoved(Event):
    before: Stage
    after: Stage
    sentence = _("{by} moved this ticket from {before} to {after}.")
    icon = "arrow-right"


@event
class TicketClosed(Event):
    before: Stage
    after: Stage
    sentence = _("{by} closed this ticket: {after}.")
    icon = "check"


@event
class TicketReopened(Event):
    before: Stage
    after: Stage
    sentence = _("{by} opened this ticket again: {after}.")
    icon = "refresh"


@event
class TicketHandedOver(Event):
    before: Team
    after: Team
    stage: Stage
    sentence = _("{by} handed this ticket over from {before} to {after}.")
    icon = "users"


@event
class TicketChanged(Event):
    """Any other field; `field` is its name as people read it."""

    field: Promise | str
    before: Any
    after: Any
    sentence = _("{by} changed {field} from {before} to {after}.")
    icon = "pencil"


@event
class FollowerAdded(Event):
    follower: str
    sentence = _("{by} added {follower} as a follower.")
    icon = "eye"


@event
class FollowerRemoved(Event):
    follower: str
    sentence = _("{by} removed {follower} from the followers.")
    icon = "eye"


@event
class RemedyGiven(Event):
    """A service was used on a ticket; `document` is what it made."""

    remedy: Remedy
    service: Promise | str
    document: Any
    fact: Any
    sentence = _("{by} gave a remedy: {service} {document} {fact}")
    icon = "heart-handshake"
    card = True


# Teams ------------------------------------------------------------------------------------------------------------------


@event
class TeamAdded(Event):
    sentence = _("{by} made this team.")
    icon = "users"


@event
class TeamChanged(Event):
    field: Promise | str
    before: Any
    after: Any
    sentence = _("{by} changed {field} from {before} to {after}.")
    icon = "pencil"


@event
class MemberAdded(Event):
    member: User
    sentence = _("{by} added {member} to the team.")
    icon = "user-plus"


@event
class MemberRemoved(Event):
    member: User
    sentence = _("{by} removed {member} from the team.")
    icon = "user-minus"


@event
class StageAdded(Event):
    stage: Stage
    sentence = _("{by} added the stage {stage}.")
    icon = "columns"


@event
class StageChanged(Event):
    stage: Stage
    field: Promise | str
    before: Any
    after: Any
    sentence = _("{by} changed {field} of the stage {stage} from {before} to {after}.")
    icon = "columns"


@event
class StagesOrdered(Event):
    stages: list
    sentence = _("{by} put the stages in this order: {stages}.")
    icon = "columns"


@event
class StageRemoved(Event):
    stage: str
    sentence = _("{by} removed the stage {stage}.")
    icon = "columns"


@event
class ServiceSwitchedOn(Event):
    service: Promise | str
    sentence = _("{by} switched on {service}.")
    icon = "toggle-right"


@event
class ServiceSwitchedOff(Event):
    service: Promise | str
    sentence = _("{by} switched off {service}.")
    icon = "toggle-left"
