"""The same request twice makes one thing: the key is claimed in the transaction that does the work."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from nazorg.core.actions import action
from nazorg.core.models import IdempotencyKey
from nazorg.core.refusals import Refused


def fingerprint(body) -> str:
    """A hash of what was asked, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(body, sort_keys=True, default=str).encode()).hexdigest()


@action
def once(*, by, key: str | None, scope: str, body, do: Callable[[], object]):
    """Run `do` unless this user's `key` has been used; give what the first run gave (a JSON-able value).

    A second request waits on the unique key until the first commits, then gets its answer. When the first is refused
    or dies its claim is rolled back with it, so a retry does the work. Without a key `do` simply runs.
    Refused with code `key_reused` when the key came with another body or for another thing.
    """
    if not key:
        return do()
    if len(key) > 200:
        raise Refused(_("The idempotency key is longer than 200 characters. Use a UUID."), code="bad_key")
    asked = fingerprint(body)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_idempotencykey (user_id, key, scope, fingerprint, made_at) VALUES (%s, %s, %s, %s, %s) "
            "ON CONFLICT (user_id, key) DO NOTHING",
            [by.pk, key, scope, asked, timezone.now()],
        )
        first = cursor.rowcount == 1
    if first:
        answer = do()
        IdempotencyKey.objects.filter(user=by, key=key).update(answer=answer)
        return answer
    earlier = IdempotencyKey.objects.get(user=by, key=key)
    if (earlier.scope, earlier.fingerprint) != (scope, asked):
        raise Refused(_("This idempotency key was used for another request. Use a new key."), code="key_reused")
    return earlier.answer
