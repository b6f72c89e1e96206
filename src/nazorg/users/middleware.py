"""Signs the reader in and speaks their language, whether the view reads from them or not."""

from __future__ import annotations

from django.contrib.auth import get_user
from django.utils import translation
from django.utils.functional import SimpleLazyObject


def _reader(request):
    if not hasattr(request, "_cached_user"):
        request._cached_user = get_user(request)
    return request._cached_user


async def _areader(request):
    from asgiref.sync import sync_to_async

    return await sync_to_async(_reader)(request)


class ReaderMiddleware:
    """`request.user` as Django's own middleware gives it, and the language: the user's, else what the browser asks for."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.user = SimpleLazyObject(lambda: _reader(request))
        request.auser = lambda: _areader(request)
        if request.path.startswith("/static/"):
            return self.get_response(request)
        signed_in = request.session.get("_auth_user_id") is not None
        language = request.user.language if signed_in and request.user.is_authenticated else translation.get_language_from_request(request)
        with translation.override(language):
            request.LANGUAGE_CODE = translation.get_language()
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language())
            return response
