"""Which apps are active, what the menu shows, and whether the plan has locked the house."""

from __future__ import annotations

from datetime import date, datetime

from asgiref.local import Local
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.db.models import Q

from nazorg.suite.house import house_apps, slug_of
from nazorg.suite.models import ActiveApp, Subscription, Trial

_seen = Local()


def active_apps() -> frozenset[str]:
    """The slugs of the active apps: asked once per request."""
    known = getattr(_seen, "active", None)
    if known is None:
        known = frozenset(ActiveApp.objects.values_list("slug", flat=True))
        if getattr(_seen, "in_request", False):
            _seen.active = known
    return known


def forget_active_apps(**_signal) -> None:
    _seen.active = None


def _request_begins(**_signal) -> None:
    _seen.active, _seen.in_request = None, True


def _request_ends(**_signal) -> None:
    _seen.active, _seen.in_request = None, False


request_started.connect(_request_begins, dispatch_uid="suite.request_begins")
request_finished.connect(_request_ends, dispatch_uid="suite.request_ends")


def is_active(app_label: str) -> bool:
    """Whether the Django app's pages, permissions and API exist at this moment."""
    slug = slug_of(app_label)
    return slug is None or slug in active_apps()


def menu_for(request) -> list[dict]:
    """The menu as this reader may see it: `[{label, icon, items: [{label, url, active, section}]}]`."""
    from nazorg.access.rules import may  # access stands beside suite and asks it back which apps are active

    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    here = request.path
    sections = []
    for config in house_apps():
        if not config.menu or not is_active(config.label):
            continue
        items = [
            {"label": item.label, "url": item.url, "section": item.section}
            for item in config.menu
            if item.ability is None or may(user, item.ability)
        ]
        if not items:
            continue
        best = max((i["url"] for i in items if here.startswith(i["url"])), key=len, default=None)
        for item in items:
            item["active"] = item["url"] == best
        sections.append({"label": config.verbose_name, "icon": config.icon, "items": items, "active": best is not None, "url": items[0]["url"]})
    return sections


def trial() -> Trial | None:
    return Trial.objects.first()


def subscription(on: date) -> Subscription | None:
    """The subscription in force on a day."""
    return Subscription.objects.filter(starts_on__lte=on).filter(Q(ends_on=None) | Q(ends_on__gte=on)).first()


def is_locked(at: datetime) -> bool:
    """Whether a plan has closed the house: two apps or more, the trial over and no subscription. Never without a plan."""
    if not settings.PLANS or len(active_apps()) < 2:
        return False
    running = trial()
    return running is not None and running.ends_at <= at and subscription(at.date()) is None


