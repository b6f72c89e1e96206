"""The REST API: every app's routers under /api/v1, refusals as problems, an inactive app as if it were not there."""

from __future__ import annotations

import logging
from functools import cached_property, wraps
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.core import exceptions
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import DataError, IntegrityError, OperationalError
from django.http import Http404
from django.urls import path, re_path
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import RedirectView
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.docs import Swagger

from nazorg import __version__
from nazorg.api import problems
from nazorg.api.body import StrictJson, Unreadable
from nazorg.api.schema import Described
from nazorg.core.refusals import NotAllowed, Refused
from nazorg.core.rest import problem
from nazorg.suite import queries as suite

log = logging.getLogger(__name__)
DESCRIPTION = """Everything that the pages do, by the same actions and with the same sentences.

Make a token under *My API tokens* (or `nazorg token --user NAME`) and send it as `Authorization: Bearer nz_…`.
Amounts and quantities are decimal numbers as text. A POST that makes something takes an `Idempotency-Key`: the same
key with the same body gives the same answer, with another body it is refused. Problems are RFC 9457
`application/problem+json`: `code` is stable ([what each means](/api/v1/problems)), `detail` is a sentence in the
language of `Accept-Language`."""


class Docs(Swagger):
    """Swagger's page under our strict policy: own template, scripts and styles from here, no badge from elsewhere."""

    template = "api/docs.html"
    default_settings = {**Swagger.default_settings, "validatorUrl": None, "docExpansion": "none", "tryItOutEnabled": False}


class Shell(NinjaAPI):
    """Ninja, with our schema, our names, and problems also where no operation answers."""

    def get_openapi_schema(self, *, path_prefix=None, path_params=None):
        return Described(self, self.get_root_path(path_params or {}) if path_prefix is None else path_prefix)

    def get_openapi_operation_id(self, operation) -> str:
        view = operation.view_func
        return f"{view.__module__.split('.')[-2]}_{view.__name__}"

    @cached_property
    def query_names(self) -> dict[str, set[str]]:
        """For each operation the query parameters that it knows."""
        return {
            one["operationId"]: {parameter["name"] for parameter in one["parameters"] if parameter["in"] == "query"} for one in self.get_openapi_schema().operations()
        }

    def _get_urls(self) -> list:
        for router in self._get_bound_routers():
            for view in router.path_operations.values():
                view._not_allowed = _other_methods({method for one in view.operations for method in one.methods})
        own = [path("", RedirectView.as_view(url="/api/v1/docs"), name="root"), path("problems", problems.page, name="problems")]
        return [*own, *super()._get_urls(), re_path("", nothing_here)]


api = Shell(
    title="Nazorg", version=__version__, description=DESCRIPTION, urls_namespace="api", docs=Docs(), docs_url="/docs", openapi_url="/openapi.json", parser=StrictJson(),
)


def _mount() -> None:
    for config in apps.get_app_configs():
        name = f"{config.name}.api"
        if not config.name.startswith("nazorg.") or config.label == "api" or not find_spec(name):
            continue
        for prefix, router in import_module(name).ROUTERS:
            router.add_decorator(_at_the_door(config.label), mode="view")
            api.add_router(prefix, router)


def _at_the_door(app_label: str):
    """What is asked before anybody is recognised: is the app there, and does the address make sense?"""

    def decorate(run):
        operation = run.__self__

        @wraps(run)
        def answer(request, *args, **kwargs):
            if not suite.is_active(app_label):
                return not_found(request, None)
            if "\x00" in request.path or any("\x00" in one for values in request.GET.lists() for one in (values[0], *values[1])):
                return problem(422, "invalid", _("Text cannot contain a NUL character."))
            if unknown := request.GET.keys() - api.query_names[api.get_openapi_operation_id(operation)]:
                name = min(unknown)[:60]
                return problem(422, "unknown_parameter", _("There is no parameter “%s” here. The documentation lists those that there are.") % name, field=name)
            return run(request, *args, **kwargs)

        return answer

    return decorate


def _other_methods(allowed: set[str]):
    def answer():
        names = ", ".join(sorted(allowed))
        response = problem(405, "no_such_method", _("This address takes %s only.") % names)
        response["Allow"] = names
        return response

    return answer


@csrf_exempt
def nothing_here(request, **_kwargs):
    """An address under /api/v1 that no operation has."""
    return problem(404, "not_found", _("There is nothing at this address. The documentation at /api/v1/docs lists what there is."))


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
        {"field": ".".join(str(part) for part in one["loc"][1:] if part != "payload")[:200] or str(one["loc"][0]), "message": one["msg"].removeprefix("Value error, ")}
        for one in error.errors[:100]
    ]
    first = errors[0]
    return problem(422, "invalid", f"{first['field']}: {first['message']}", field=first["field"], errors=errors)


@api.exception_handler(exceptions.ValidationError)
def invalid_record(request, error):
    return problem(422, "invalid", " ".join(error.messages))


@api.exception_handler(HttpError)
def http_error(request, error: HttpError):
    if isinstance(error.__cause__, Unreadable):
        return problem(error.__cause__.status, error.__cause__.code, error.__cause__.sentence)
    if error.status_code == 403:
        return problem(403, "csrf", _("Send the CSRF token of the page as X-CSRFToken, or use an API token."))
    return problem(error.status_code, "bad_request" if error.status_code < 500 else "failed", str(error))


@api.exception_handler(SuspiciousOperation)
def suspicious(request, error):
    if isinstance(error, exceptions.RequestDataTooBig):
        return problem(413, "too_large", _("This request is too large. The limit is 5 MB."))
    return problem(400, "bad_request", _("This request is malformed."))


@api.exception_handler(DataError)
def bad_data(request, error: DataError):
    """What no schema caught and the database would not take: a number beyond every column."""
    log.warning("refused by the database: %s", type(error.__cause__).__name__)
    return problem(400, "bad_value", _("A value is out of range or contains characters that cannot be kept."))


@api.exception_handler(IntegrityError)
@api.exception_handler(OperationalError)
def conflict(request, error):
    """Two at once, where no lock stood between them: one has won, the other is told so instead of crashing."""
    log.error("%s %s met another: %s", request.method, request.path, error, exc_info=error)
    return problem(409, "conflict", _("Somebody else changed the same thing at this moment. Look again, then repeat the request with the same key."))


@api.exception_handler(Exception)
def failed(request, error):
    log.error("%s %s failed", request.method, request.path, exc_info=error)
    return problem(500, "failed", _("Something broke on our side, and nothing was changed. The log of the server says more."))


_mount()
