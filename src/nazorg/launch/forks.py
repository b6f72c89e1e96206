"""Child processes made by forking: they share what is loaded, and end with their parent."""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from collections.abc import Callable

from nazorg.launch import CannotLaunch
from nazorg.launch.lifeline import die_with_parent

HEARD = {signal.SIGINT, signal.SIGTERM, signal.SIGCHLD}
if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # nohup
    HEARD.add(signal.SIGHUP)
"""What the supervisor waits for; its children hear these again in the usual way."""


def fork(run: Callable[[], object], *, detached: bool = True) -> int:
    """Run `run` in a child process and give its id. Detached, a Ctrl-C in the terminal does not reach it: its parent tells it."""
    sys.stdout.flush()
    sys.stderr.flush()
    parent = os.getpid()
    if child := os.fork():
        return child
    code = 1
    try:
        for heard in HEARD:
            signal.signal(heard, signal.default_int_handler if heard == signal.SIGINT else signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, HEARD)
        if detached:
            os.setsid()
        die_with_parent(parent)
        run()
        code = 0
    except KeyboardInterrupt:
        code = 130
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else 0
    except CannotLaunch as reason:
        print(f"nazorg: {reason}", file=sys.stderr)
    except BaseException:  # noqa: BLE001 - the child must never return into its parent's code
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def ask_child(ask: Callable[[], object]) -> Callable[[], object]:
    """Run `ask` in a child, beside us and with no connection or thread of ours; calling the result waits for its answer.

    The answer must be JSON-able. When the child fails, what went wrong stands on stderr and SystemExit is raised with its code.
    """
    reading, writing = os.pipe()

    def tell():
        answer = json.dumps(ask()).encode()
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(answer)

    child = fork(tell, detached=False)
    os.close(writing)

    def wait():
        with os.fdopen(reading, "rb") as pipe:
            answer = pipe.read()
        if code := os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]):
            raise SystemExit(code if code > 0 else 128 - code)
        return json.loads(answer)

    return wait
