"""May this person…?"""

from __future__ import annotations

from django.utils.translation import gettext as _

from nazorg.access.rules import may, must
from nazorg.core.refusals import NotAllowed
from nazorg.helpdesk.models import Team, TeamMember, Ticket


def may_see_team(user, team: Team) -> bool:
    """Whether the tickets of this team are for this person's eyes."""
    if not may(user, "helpdesk.view_ticket"):
        return False
    if team.visibility == Team.Visibility.PUBLIC or may(user, "helpdesk.see_every_team"):
        return True
    return TeamMember.objects.filter(team=team, user=user).exists()


def may_see(user, ticket: Ticket) -> bool:
    return may_see_team(user, ticket.team)


def may_work(user, ticket: Ticket) -> bool:
    """Whether this person may answer the ticket and change it."""
    return may(user, "helpdesk.work_ticket") and may_see(user, ticket)


def may_configure(user, team: Team) -> bool:
    """Whether this person may set the team up."""
    return may(user, "helpdesk.configure_team") and may_see_team(user, team)


def must_work(user, ticket: Ticket) -> None:
    """Raise NotAllowed unless the user may work on the ticket. `None` is the house itself."""
    must(user, "helpdesk.work_ticket")
    if user is not None and not may_see(user, ticket):
        raise NotAllowed(_("This ticket belongs to a team whose tickets only its members see."))


def must_configure(user, team: Team) -> None:
    """Raise NotAllowed unless the user may set the team up. `None` is the house itself."""
    must(user, "helpdesk.configure_team")
    if user is not None and not may_see_team(user, team):
        raise NotAllowed(_("Only members of this team and administrators can set it up."))
