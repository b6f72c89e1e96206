"""Apps that the house has a place for but that this version does not contain: listed, so that nobody looks in vain."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class PlannedApp:
    slug: str
    verbose_name: str
    icon: str
    summary: str
    needs: tuple[str, ...] = ()


PLANNED = [
    PlannedApp("repairs", _("Repairs"), "tools", _("Repair orders with parts, warranty and quotation."), ("inventory",)),
    PlannedApp("fieldservice", _("Field service"), "map-pin", _("Visits to customers: planning, worksheets, signatures.")),
    PlannedApp("shop", _("Website shop"), "building-store", _("Catalogue, cart and checkout for customers."), ("sales",)),
]
