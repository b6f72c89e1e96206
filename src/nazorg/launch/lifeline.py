"""Processes that end with the one that started them, also when that one was killed (Linux)."""

from __future__ import annotations

import ctypes
import os
import signal

PR_SET_PDEATHSIG = 1


def die_with_parent(parent: int, with_signal: int = signal.SIGTERM) -> None:
    """Ask the kernel to send us `with_signal` when `parent` is gone; leave at once if it already is."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, with_signal, 0, 0, 0)
    if os.getppid() != parent:  # it died between our birth and this line
        os._exit(1)
