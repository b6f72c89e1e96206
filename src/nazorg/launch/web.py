"""The web server's processes: granian, with the application that the supervisor loaded before it forked."""

from __future__ import annotations

import multiprocessing
import os
import signal

from granian import Granian

from nazorg.launch.lifeline import die_with_parent

LONGEST_FAREWELL = 3
"""Seconds that an open stream (live updates of a page) may hold up a stop."""


def run(*, host: str, port: int, processes: int) -> None:
    """Serve until told to stop."""
    master = os.getpid()

    def load(*_target):
        # A worker whose master was killed would keep the port, and nobody could start Nazorg again.
        die_with_parent(master, signal.SIGKILL)
        from nazorg.config.asgi import application

        return application

    # Forked workers share the code that the supervisor has loaded: they start at once and use less memory.
    multiprocessing.set_start_method("fork", force=True)
    Granian(
        "nazorg.config.asgi:application",
        address=host,
        port=port,
        interface="asginl",
        workers=processes,
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=LONGEST_FAREWELL,
        log_level="warning",
    ).serve(target_loader=load, wrap_loader=False)
