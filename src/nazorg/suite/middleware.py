"""An inactive app has no pages; a locked house has only its billing page and its export."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404
from django.shortcuts import redirect
from django.utils import timezone

from nazorg.suite import queries
from nazorg.suite.house import HouseApp, house_apps


class ActiveAppMiddleware:
    """Answers 404 for the pages of an inactive app, whatever the address."""

    OPEN_WHEN_LOCKED = ("/apps/billing/", "/apps/export/", "/accounts/", "/static/", "/ui/theme/", "/i18n/")

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if settings.PLANS and not request.path.startswith(self.OPEN_WHEN_LOCKED) and queries.is_locked(timezone.now()):
            return self._locked(request)
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        module = getattr(view, "__module__", "")
        config = _owner(module)
        if config is not None and config.slug is not None and config.slug not in queries.active_apps():
            raise Http404
        return None

    def _locked(self, request):
        if request.path.startswith("/api/"):
            from nazorg.core.rest import problem

            return problem(403, "locked", "The trial is over: record a subscription to go on. Nothing was deleted.")
        return redirect("suite:billing")


def _owner(module: str) -> HouseApp | None:
    best = None
    for config in house_apps():
        if module == config.name or module.startswith(config.name + "."):
            best = config if best is None or len(config.name) > len(best.name) else best
    return best
