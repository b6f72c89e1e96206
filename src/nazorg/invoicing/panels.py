"""A customer's invoices and balance on their page."""

from __future__ import annotations

from nazorg.access.rules import may
from nazorg.invoicing import queries, rules
from nazorg.invoicing.views.lists import toned
from nazorg.parties.queries import panel

SHOWN = 5


@panel("invoicing/documents_of_party.html", order=30)
def documents(party, user) -> dict | None:
    if not may(user, "invoicing.view_document"):
        return None
    rows = queries.with_payment_state(queries.visible_to(user).filter(customer__root=party.root_id)).order_by("-on", "-id")
    found = [toned(one) for one in rows[: SHOWN + 1]]
    return {"documents": found[:SHOWN], "more": len(found) > SHOWN, "balances": queries.balances(party), "may_edit": may(user, "invoicing.edit_document"), "may_pay": rules.may_register_payment(user)}
