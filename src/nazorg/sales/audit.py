"""Do orders come to what their lines say, and was each confirmed line sold?"""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from nazorg.core.audit import Finding, found


def audit() -> Iterator[Finding]:
    yield from found(
        _("%(number)s comes to %(net)s without tax, its lines to %(lines)s."),
        "SELECT o.number, o.net, coalesce(sum(l.net), 0) AS lines FROM sales_order o LEFT JOIN sales_orderline l ON l.order_id = o.id "
        "GROUP BY o.id HAVING o.net <> coalesce(sum(l.net), 0)",
    )
    yield from found(
        _("%(number)s is confirmed, but its line %(id)s (%(description)s) was never sold."),
        "SELECT o.number, l.id, l.description FROM sales_order o JOIN sales_orderline l ON l.order_id = o.id WHERE o.state = 'confirmed' AND l.sold_line_id IS NULL",
    )
    yield from found(
        _("%(number)s is %(state)s, and yet its line %(id)s is sold."),
        "SELECT o.number, o.state, l.id FROM sales_order o JOIN sales_orderline l ON l.order_id = o.id WHERE o.state <> 'confirmed' AND l.sold_line_id IS NOT NULL",
    )
    yield from found(
        _("The line %(id)s of %(number)s was sold to somebody else."),
        "SELECT o.number, l.id FROM sales_order o JOIN sales_orderline l ON l.order_id = o.id JOIN entitlements_soldline s ON s.id = l.sold_line_id "
        "JOIN parties_party a ON a.id = o.customer_id JOIN parties_party b ON b.id = s.customer_id WHERE a.root_id <> b.root_id",
    )
