"""The services of the design that have no app in this version yet: named, and never offered."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class PlannedService:
    """What the team's settings say of a service that cannot be switched on."""

    service_slug: str
    title: str
    summary: str
    service_icon: str
    service_order: int
    is_available = False


PLANNED = (
    PlannedService("coupon", _("Coupons"), _("Send a discount code from a ticket."), "discount-2", 20),
    PlannedService("goods_return", _("Returns"), _("Take delivered goods back."), "package-import", 30),
    PlannedService("repair", _("Repairs"), _("Open a repair for the customer's product."), "tool", 40),
    PlannedService("field_task", _("Field service"), _("Plan a visit by a technician."), "map-pin", 50),
)
"""An app under `services/` with the same slug takes the place of its entry."""
