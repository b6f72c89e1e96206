"""What happens to deliveries."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from nazorg.core.events import Event, event


@event
class DeliveryPlanned(Event):
    lines: int
    sentence = _("{by} planned this delivery.")
    icon = "truck-delivery"


@event
class GoodsDelivered(Event):
    """The goods reached the customer: warranty runs."""

    sentence = _("{by} recorded that this was delivered.")
    icon = "circle-check"


@event
class DeliveryCancelled(Event):
    sentence = _("{by} cancelled this delivery.")
    icon = "ban"
