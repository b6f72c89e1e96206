"""Was nothing delivered twice, and does a warranty run from each delivery?"""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from nazorg.core.audit import Finding, found


def audit() -> Iterator[Finding]:
    yield from found(
        _("“%(description)s” (sold line %(id)s): %(delivered)s delivered or on their way, %(quantity)s sold."),
        "SELECT s.id, s.description, s.quantity, sum(l.quantity) AS delivered FROM inventory_deliveryline l JOIN inventory_delivery d ON d.id = l.delivery_id "
        "AND d.state <> 'cancelled' JOIN entitlements_soldline s ON s.id = l.sold_line_id GROUP BY s.id HAVING sum(l.quantity) > s.quantity",
    )
    yield from found(
        _("%(number)s was delivered, but “%(description)s” (sold line %(id)s) does not know it."),
        "SELECT d.number, s.id, s.description FROM inventory_delivery d JOIN inventory_deliveryline l ON l.delivery_id = d.id "
        "JOIN entitlements_soldline s ON s.id = l.sold_line_id WHERE d.state = 'done' AND s.delivered_on IS NULL",
    )
    yield from found(
        _("%(number)s went to somebody else than “%(description)s” (sold line %(id)s) was sold to."),
        "SELECT d.number, s.id, s.description FROM inventory_delivery d JOIN inventory_deliveryline l ON l.delivery_id = d.id "
        "JOIN entitlements_soldline s ON s.id = l.sold_line_id JOIN parties_party a ON a.id = d.customer_id JOIN parties_party b ON b.id = s.customer_id "
        "WHERE a.root_id <> b.root_id",
    )
