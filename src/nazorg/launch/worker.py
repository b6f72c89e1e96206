"""The worker process: runs the jobs that pages and clocks leave in the database's queue."""

from __future__ import annotations

import asyncio
import logging

LONGEST_FAREWELL = 3
"""Seconds that a running job gets to end when told to stop; one that does not is started again later."""


def run(*, at_once: int = 4) -> None:
    """Work until told to stop. Needs Django set up."""
    from procrastinate.contrib.django import app

    logging.getLogger("procrastinate").setLevel(logging.WARNING)

    async def work() -> None:
        with app.replace_connector(app.connector.get_worker_connector()) as working:
            async with working.open_async():
                await working.run_worker_async(
                    name="nazorg", concurrency=at_once, shutdown_graceful_timeout=LONGEST_FAREWELL
                )

    asyncio.run(work())
