"""What each code of a problem means: the sentences are read from the refusals in the code, so none is missing or stale."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

from django.apps import apps
from django.shortcuts import render
from django.utils.translation import gettext, gettext_noop

OF_THE_SHELL = {
    "not_signed_in": gettext_noop("There is no valid token: it is misspelt, withdrawn or expired."),
    "not_allowed": gettext_noop("The person may not do this, or the token lacks the ability for this section."),
    "not_found": gettext_noop("There is no such record that this person may see. What others own is told the same as what nobody has."),
    "no_such_method": gettext_noop("This address does not take this method; the header Allow names those that it takes."),
    "invalid": gettext_noop("A field is missing, unknown or malformed. `facts.errors` lists them all."),
    "unknown_parameter": gettext_noop("The address has a parameter that this operation does not know: a filter that was lost would show too much."),
    "not_json": gettext_noop("The body was not sent as application/json."),
    "broken_json": gettext_noop("The body is not valid JSON in UTF-8."),
    "too_deep": gettext_noop("The body is nested too deeply."),
    "too_large": gettext_noop("The request is larger than 5 MB."),
    "bad_request": gettext_noop("The request is malformed."),
    "bad_value": gettext_noop("A value is out of range or contains characters that cannot be kept."),
    "csrf": gettext_noop("A signed-in page sent this without its CSRF token. Programs use an API token instead."),
    "conflict": gettext_noop("Somebody else changed the same thing at this moment. Look again, then repeat the request with the same key."),
    "locked": gettext_noop("The plan of this installation has ended; nothing was deleted."),
    "failed": gettext_noop("Something broke on our side. Nothing was changed."),
    "refused": gettext_noop("A rule said no; the sentence says why."),
}


@cache
def sentences_by_code() -> dict[str, list[str]]:
    """Each code with the (untranslated) sentences that are told with it."""
    found: dict[str, set[str]] = {code: set() for code in OF_THE_SHELL}
    roots = [Path(config.path) for config in apps.get_app_configs() if config.name.startswith("nazorg.")]
    for file in sorted({file for root in roots for file in root.rglob("*.py")}):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == "Refused" and node.args:
                code = next((k.value.value for k in node.keywords if k.arg == "code" and isinstance(k.value, ast.Constant)), None)
                if code:
                    found.setdefault(code, set()).update(_sentences(node.args[0]))
    return {code: sorted(found[code]) for code in [*OF_THE_SHELL, *sorted(found.keys() - OF_THE_SHELL.keys())]}


def _sentences(node: ast.expr) -> list[str]:
    """The texts that are given to gettext in an expression."""
    return [
        call.args[0].value
        for call in ast.walk(node)
        if isinstance(call, ast.Call) and call.args and isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str)
        and getattr(call.func, "id", "") in ("_", "gettext", "ngettext")
    ]  # fmt: skip


def page(request):
    """/api/v1/problems: a table with an anchor per code."""
    rows = [
        (code, gettext(OF_THE_SHELL[code]) if code in OF_THE_SHELL else "", [gettext(one).replace("%%", "%") for one in sentences])
        for code, sentences in sentences_by_code().items()
    ]
    return render(request, "api/problems.html", {"rows": rows})
