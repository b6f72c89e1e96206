"""The REST API: every app's routers under /api/v1, refusals as problems, an inactive app as if it were not there."""

from __future__ import annotations

import logging
from functools import wraps
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import DataError
from django.http import Http404
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from nazorg import __version__
from nazorg.core.refusals import NotAllowed, Refused
from nazorg.core.rest import problem
from nazorg.suite import queries as suite

log = logging.getLogger(__name__)
DESCRIPTION = """Everything that the pages do, by the same actions and with the same sentences.

Make a token under *My API tokens* (or `nazorg token --user NAME`) and send it as `Authorization: Bearer nz_…`.
Amounts and quantities are decimal numbers as text. A POST that makes something takes an `Idempotency-Key`: the same
key with the same body gives the same answer, with another body it is refused. Problems are RFC 9457
`application/problem+json`: `code` is stable, `detail` is a sentence in the language of `Accept-Language`."""

api = NinjaAPI(title="Nazorg", version=__version__, description=DESCRIPTION, urls_namespace="api", docs_url="/docs", openapi_url="/openapi.json")


def _mount() -> None:
    for config in apps.get_app_configs():
        name = f"{config.name}.api"
        if not config.name.startswith("nazorg.") or config.label == "api" or not find_spec(name):
            continue
        for prefix, router in import_module(name).ROUTERS:
            router.add_decorator(_only_while_active(config.label), mode="view")
            api.add_router(prefix, router)


def _only_while_active(app_label: str):
    def decorate(view):
        @wraps(view)
        def answer(request, *args, **kwargs):
            if not suite.is_active(app_label):
                raise Http404
            return view(request, *args, **kwargs)

        return answer

    return decorate


@api.exception_handler(Refused)
def refused(request, refusal: Refused):
    return problem(409, refusal.code, refusal, field=refusal.field, **refusal.facts)


@api.exception_handler(NotAllowed)
@api.exception_handler(PermissionDenied)
def not_allowed(request, denial):
    return problem(403, "not_allowed", getattr(denial, "sentence", None) or _("You have no right to do this."))


@api.exception_handler(Http404)
def not_found(request, _missing):
    return problem(404, "not_found", _("There is nothing here that you may see."))


@api.exception_handler(AuthenticationError)
def not_signed_in(request, _error):
    answer = problem(401, "not_signed_in", _("Send a valid API token as “Authorization: Bearer nz_…”."))
    answer["WWW-Authenticate"] = "Bearer"
    return answer


@api.exception_handler(ValidationError)
def invalid(request, error: ValidationError):
    errors = [
        {"field": ".".join(str(part) for part in one["loc"][1:] if part != "payload") or str(one["loc"][0]), "message": one["msg"].removeprefix("Value error, ")}
        for one in error.errors
    ]
    first = errors[0]
    return problem(422, "invalid", f"{first['field']}: {first['message']}", field=first["field"], errors=errors)


@api.exception_handler(HttpError)
def http_error(request, error: HttpError):
    return problem(error.status_code, "bad_request" if error.status_code < 500 else "failed", str(error))


@api.exception_handler(SuspiciousOperation)
def suspicious(request, error):
    return problem(413 if type(error).__name__ == "RequestDataTooBig" else 400, "bad_request", _("This request is too large or malformed."))


@api.exception_handler(DataError)
def bad_data(request, error: DataError):
    """What no schema caught and the database would not take: a NUL in a path, a number beyond every column."""
    log.warning("refused by the database: %s", type(error.__cause__).__name__)
    return problem(400, "bad_value", _("A value is out of range or contains characters that cannot be kept."))


_mount()
