"""What a customer bought, on their page."""

from __future__ import annotations

from nazorg.entitlements import queries
from nazorg.parties.queries import panel

SHOWN = 10


@panel("entitlements/bought.html", order=10)
def bought(party, user) -> dict:
    rows = list(queries.of_customer(party)[: SHOWN + 1])
    return {"lines": rows[:SHOWN], "more": len(rows) > SHOWN}
