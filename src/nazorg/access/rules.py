"""May this person do that? Asked by every action, once."""

from __future__ import annotations

from django.contrib.auth.models import Permission
from django.utils.translation import gettext as _

from nazorg.core.refusals import NotAllowed
from nazorg.suite import queries as suite


def may(user, ability: str) -> bool:
    """Whether a role of the user's gives the permission `app.codename` and the app is active."""
    if user is None or not user.is_authenticated or not user.is_active:
        return False
    return user.has_perm(ability) and suite.is_active(ability.partition(".")[0])


def must(user, ability: str) -> None:
    """Raise NotAllowed, in words, unless the user may. `None` is the house itself: imports, the demo, jobs."""
    if user is None or may(user, ability):
        return
    app, _dot, codename = ability.partition(".")
    name = Permission.objects.filter(content_type__app_label=app, codename=codename).values_list("name", flat=True).first()
    raise NotAllowed(
        _("You have no right to do this (%s). Ask an administrator for a role that includes it.") % (_(name) if name else ability)
    )
