"""Document numbers without a gap or a double: a row per series and year, taken last inside the posting transaction."""

from __future__ import annotations

from datetime import date

from django.db import connection


def take(prefix: str, on: date) -> str:
    """The next number of the series, such as INV/2026/00012.

    Locks the series until the transaction ends, so take it last: others who post wait for this one. A rollback gives
    the number back, which is why there is no gap.
    """
    return take_many(prefix, on, 1)[0]


def take_many(prefix: str, on: date, count: int) -> list[str]:
    """The next `count` numbers of the series, in order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_series (prefix, year, last) VALUES (%s, %s, %s) "
            "ON CONFLICT (prefix, year) DO UPDATE SET last = core_series.last + excluded.last RETURNING last",
            [prefix, on.year, count],
        )
        last = cursor.fetchone()[0]
    return [f"{prefix}/{on.year}/{number:05d}" for number in range(last - count + 1, last + 1)]
