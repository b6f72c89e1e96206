"""Lists of tickets kept under a name."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from nazorg.access.rules import must
from nazorg.core.actions import action
from nazorg.core.refusals import NotAllowed, Refused
from nazorg.helpdesk.models import DefaultView, SavedView


@action
def save_view(*, name: str, query: str, is_shared: bool = False, by, at: datetime) -> SavedView:
    """Keep a list's parameters under a name; the same name again replaces what was kept."""
    must(by, "helpdesk.view_ticket")
    name = " ".join(name.replace("\x00", "").split())
    if not name:
        raise Refused(_("Give the view a name."), field="name")
    if len(name) > 60:
        raise Refused(_("The name of a view has at most 60 characters."), field="name")
    query = query.replace("\x00", "").lstrip("?")
    if len(query) > 1000:
        raise Refused(_("This list has too many filters to be kept."), field="query")
    known = SavedView.objects.select_for_update().filter(owner=by, name__iexact=name).first()
    view = known or SavedView(owner=by)
    view.name, view.query, view.is_shared = name, query, is_shared
    view.save()
    if not is_shared:
        DefaultView.objects.filter(view=view).exclude(user=by).delete()
    return view


@action
def delete_view(*, view: SavedView, by, at: datetime) -> None:
    """Remove a view of one's own."""
    if by is not None and view.owner_id != by.pk:
        raise NotAllowed(_("Only %s can remove this view.") % view.owner)
    SavedView.objects.filter(pk=view.pk).delete()


@action
def choose_view(*, view: SavedView | None, by, at: datetime) -> None:
    """Open one's list of tickets with this view from now on; None: with the open tickets."""
    must(by, "helpdesk.view_ticket")
    if view is None:
        DefaultView.objects.filter(user=by).delete()
        return
    if not SavedView.objects.filter(Q(owner=by) | Q(is_shared=True), pk=view.pk).exists():
        raise NotAllowed(_("This view belongs to somebody else."))
    DefaultView.objects.update_or_create(user=by, defaults={"view": view})
