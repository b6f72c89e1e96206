"""Does every contact count as its company?"""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from nazorg.core.audit import Finding, found


def audit() -> Iterator[Finding]:
    yield from found(
        _("%(name)s (customer %(id)s) counts as customer %(root_id)s, not as %(right)s."),
        'SELECT id, name, root_id, coalesce(company_id, id) AS "right" FROM parties_party WHERE root_id IS DISTINCT FROM coalesce(company_id, id)',
    )
    yield from found(
        _("%(name)s (customer %(id)s) is a contact of %(company)s, which is not a company."),
        "SELECT p.id, p.name, c.name AS company FROM parties_party p JOIN parties_party c ON c.id = p.company_id WHERE c.kind <> 'company' OR c.company_id IS NOT NULL",
    )
