"""What other apps show on a customer's page. The page asks; apps above answer, so that imports go downward.

An app's `panels.py` registers a function `(party, user) -> dict | None` and the template that shows what it gave:

    @panel("sales/orders_of_party.html", order=20)
    def orders(party, user):
        return {"orders": …} if may(user, "sales.view_order") else None
"""

from __future__ import annotations

from collections.abc import Callable

from nazorg.suite import queries as suite

_panels: list[tuple[int, str, str, Callable]] = []


def panel(template: str, *, order: int = 50):
    """Register a panel; None from the function leaves it out."""

    def register(function):
        app = function.__module__.split(".")[-2]
        _panels.append((order, app, template, function))
        _panels.sort(key=lambda one: one[0])
        return function

    return register


def panels_of(party, user) -> list[dict]:
    """The panels of active apps: `[{"template": …, **what the function gave}]`."""
    found = []
    for _order, app, template, function in _panels:
        if suite.is_active(app) and (given := function(party, user)) is not None:
            found.append({"template": template, **given})
    return found
