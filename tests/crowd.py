"""Many at once: real threads, each with a database connection of its own, let go by a barrier."""

from __future__ import annotations

import threading
from collections.abc import Callable

from django.db import connection


def all_at_once(count: int, do: Callable[[int], object]) -> list:
    """What each of `count` threads got from `do(number)`, or the exception that it raised, in their order."""
    barrier, results = threading.Barrier(count, timeout=60), [None] * count

    def run(number: int) -> None:
        try:
            connection.ensure_connection()
            barrier.wait()
            results[number] = do(number)
        except Exception as failure:  # noqa: BLE001 - the test looks at what it was
            results[number] = failure
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[number]) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return results
