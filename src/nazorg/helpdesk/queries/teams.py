"""Teams and the people in them."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from nazorg.access.rules import may
from nazorg.conversation.rules import shows
from nazorg.helpdesk.models import Team, TeamMember
from nazorg.users.models import User


@shows("helpdesk.team")
def visible_teams(user) -> QuerySet[Team]:
    """The teams whose tickets this person may see: public ones, and members-only ones of theirs; archived ones too."""
    if not may(user, "helpdesk.view_ticket"):
        return Team.objects.none()
    teams = Team.objects.order_by("name", "id")
    if may(user, "helpdesk.see_every_team"):
        return teams
    return teams.filter(Q(visibility=Team.Visibility.PUBLIC) | Exists(TeamMember.objects.filter(team=OuterRef("pk"), user=user)))


def configurable_teams(user) -> QuerySet[Team]:
    """The teams that this person may set up."""
    return visible_teams(user) if may(user, "helpdesk.configure_team") else Team.objects.none()


def assignable(team: Team | None = None) -> QuerySet[User]:
    """Who can be given a ticket of this team (or of some team): active people with a role that answers tickets."""
    by_role = User.objects.filter(is_active=True, groups__permissions__content_type__app_label="helpdesk", groups__permissions__codename="work_ticket")
    people = User.objects.filter(pk__in=by_role.values("pk"))
    if team is not None and team.visibility == Team.Visibility.MEMBERS:
        sees_all = User.objects.filter(groups__permissions__content_type__app_label="helpdesk", groups__permissions__codename="see_every_team")
        people = people.filter(Q(memberships__team=team) | Q(pk__in=sees_all.values("pk"))).distinct()
    return people.order_by("name", "id")
