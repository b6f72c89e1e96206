"""The frame of every action: keyword arguments only, one transaction, nested actions joining the outer one's."""

from __future__ import annotations

import functools
import inspect

from asgiref.local import Local
from django.db import transaction

_running = Local(thread_critical=True)


def action(function):
    """Make `function` an action: all of it happens, or nothing.

    The outermost action opens the transaction. An action that it calls joins without a savepoint of its own: a refusal
    anywhere undoes the whole, which is what the person who pressed one button expects, and it saves two round trips
    for each nested call.
    """
    kinds = {p.kind for p in inspect.signature(function).parameters.values()}
    if kinds - {inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.VAR_KEYWORD}:
        raise TypeError(f"{function.__qualname__}: an action takes keyword arguments only")

    @functools.wraps(function)
    def run(**kwargs):
        if getattr(_running, "inside", False):
            return function(**kwargs)
        _running.inside = True
        try:
            with transaction.atomic():
                return function(**kwargs)
        finally:
            _running.inside = False

    return run
