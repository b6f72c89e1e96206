"""Was no more given for anything than was sold?"""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from nazorg.core.audit import Finding, found


def audit() -> Iterator[Finding]:
    yield from found(
        _("Sold line %(id)s (%(description)s): %(given_quantity)s and %(given_net)s were given by its own count, %(quantity)s and %(net)s by its allocations."),
        "SELECT s.id, s.description, s.given_quantity, s.given_net, coalesce(a.quantity, 0) AS quantity, coalesce(a.net, 0) AS net "
        "FROM entitlements_soldline s LEFT JOIN (SELECT sold_line_id, sum(quantity) AS quantity, sum(net) AS net "
        "FROM entitlements_allocation GROUP BY 1) a ON a.sold_line_id = s.id "
        "WHERE (s.given_quantity, s.given_net) IS DISTINCT FROM (coalesce(a.quantity, 0), coalesce(a.net, 0))",
    )
    yield from found(
        _("Sold line %(id)s (%(description)s): more was given than was sold."),
        "SELECT id, description FROM entitlements_soldline WHERE given_quantity NOT BETWEEN 0 AND quantity OR given_net NOT BETWEEN 0 AND net + goodwill_net",
    )
