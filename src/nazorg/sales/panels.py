"""A customer's orders on their page."""

from __future__ import annotations

from nazorg.access.rules import may
from nazorg.parties.queries import panel
from nazorg.sales import queries

SHOWN = 5


@panel("sales/orders_of_party.html", order=20)
def orders(party, user) -> dict | None:
    if not may(user, "sales.view_order"):
        return None
    rows = list(queries.of_customer(party)[: SHOWN + 1])
    return {"orders": rows[:SHOWN], "more": len(rows) > SHOWN, "may_edit": may(user, "sales.edit_order")}
