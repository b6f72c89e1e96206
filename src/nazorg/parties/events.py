"""What happens to customers."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from nazorg.core.events import Event, event


@event
class PartyAdded(Event):
    sentence = _("{by} added this customer.")
    icon = "user-plus"


@event
class PartyChanged(Event):
    fields: list
    """The names of what changed, as people read them."""
    sentence = _("{by} changed: {fields}.")
    icon = "edit"


@event
class PartyArchived(Event):
    sentence = _("{by} archived this customer.")
    icon = "archive"


@event
class PartyRestored(Event):
    sentence = _("{by} took this customer out of the archive.")
    icon = "arrow-back-up"
