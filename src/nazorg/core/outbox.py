"""What leaves the house: written with the decision, sent after the commit, at least once, under a stable id."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from nazorg.core.models import Outgoing

log = logging.getLogger(__name__)
PATIENCE = [1, 5, 15, 60, 240, 1440]
"""Minutes until the next try after a failure; after the last one the row stays, to be seen and sent by hand."""
LEASE = timedelta(minutes=10)
"""How long a sender may take before somebody else tries."""
_channels: dict[str, Callable[[uuid.UUID, dict], None]] = {}


def channel(name: str):
    """Register the function that sends what `put` writes for `name`; it raises when it could not send."""

    def register(send):
        _channels[name] = send
        return send

    return register


def put(channel: str, payload: dict, *, at) -> uuid.UUID:
    """Write something to be sent; the id is stable, so that a receiver can tell a repetition."""
    row = Outgoing.objects.create(id=uuid.uuid4(), channel=channel, payload=payload, made_at=at, due_at=at)
    return row.id


def send_due(limit: int = 100) -> int:
    """Send what is due and say how many went. Safe to run in several workers at once.

    Each row is leased first and sent outside any transaction: no lock is held while the network is slow, and a crash
    between sending and marking repeats the sending after the lease; it never loses it.
    """
    sent = 0
    for _turn in range(limit):
        row = _lease()
        if row is None:
            break
        try:
            _channels[row.channel](row.id, row.payload)
        except Exception as failure:  # noqa: BLE001 - whatever went wrong outside, the row waits for its next turn
            log.warning("outbox %s %s: %s", row.channel, row.id, type(failure).__name__)
            wait = PATIENCE[min(row.attempts, len(PATIENCE)) - 1]
            Outgoing.objects.filter(pk=row.pk).update(failure=str(failure)[:2000], due_at=timezone.now() + timedelta(minutes=wait))
        else:
            Outgoing.objects.filter(pk=row.pk).update(failure="", sent_at=timezone.now())
            sent += 1
    return sent


@transaction.atomic
def _lease() -> Outgoing | None:
    now = timezone.now()
    row = (
        Outgoing.objects.select_for_update(skip_locked=True)
        .filter(sent_at=None, due_at__lte=now, attempts__lte=len(PATIENCE))
        .order_by("due_at")
        .first()
    )
    if row is not None:
        row.attempts, row.due_at = row.attempts + 1, now + LEASE
        row.save(update_fields=["attempts", "due_at"])
    return row
