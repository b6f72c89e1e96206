"""A refusal that no page has caught becomes a plain page with its sentence, never a crash."""

from __future__ import annotations

from django.shortcuts import render

from nazorg.core.refusals import NotAllowed, Refused


class RefusalMiddleware:
    """Answers `Refused` with 409 and `NotAllowed` with 403, both with their sentence."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if isinstance(exception, Refused):
            return render(request, "refused.html", {"sentence": exception.sentence}, status=409)
        if isinstance(exception, NotAllowed):
            return render(request, "403.html", {"sentence": exception.sentence}, status=403)
        return None
