"""`nazorg serve`: makes everything ready, starts web server and worker, watches over them, and stops them together."""

from __future__ import annotations

import contextlib
import errno
import gc
import http.client
import io
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from nazorg.launch import CannotLaunch, ready
from nazorg.launch.database import Database, open_database
from nazorg.launch.forks import HEARD, ask_child, fork

PATIENCE = 6
"""Seconds that a process gets to stop before it is killed."""


def serve(*, host: str, port: int, processes: int = 2, demo: bool = False) -> int:
    """Run Nazorg until it is told to stop; give the exit code. Raises `CannotLaunch` with a sentence."""
    _must_be_free(host, port)
    ready.home().mkdir(parents=True, exist_ok=True)
    database = open_database()
    ready.compile_translations()
    _load_django()
    first_step = _make_ready(database, demo)
    gc.freeze()  # what is loaded by now is shared by the children; without this the collector would copy it page by page
    signal.pthread_sigmask(signal.SIG_BLOCK, HEARD)

    from nazorg.launch import web, worker

    household = Household(database, answers=lambda: _answers(_as_typed(host).strip("[]"), port))
    household.add("web server", lambda: web.run(host=host, port=port, processes=processes))
    household.add("worker", worker.run)
    try:
        return household.watch(greet=lambda: _greet(host, port, first_step))
    finally:
        household.stop()
        if database.cluster:
            database.cluster.release()


# Making ready


def _must_be_free(host: str, port: int) -> None:
    """Ask for the port before anything is started: an answer in a sentence, at once."""
    try:
        family, kind, protocol, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror:
        raise CannotLaunch(
            f"There is no address {host}. Set HOST to an address of this machine, such as 127.0.0.1."
        ) from None
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
            probe.listen(1)
        except OSError as failure:
            if failure.errno == errno.EADDRINUSE:
                why = f"Port {port} is taken, perhaps by a Nazorg that runs already. Stop that, or choose another: PORT={port + 1} ./run"
            elif failure.errno == errno.EACCES:
                why = f"Port {port} may be used by root alone. Choose one above 1023: PORT=8000 ./run"
            else:
                why = f"{host}:{port} cannot be used: {failure.strerror}. Set HOST to an address of this machine."
            raise CannotLaunch(why) from None


def _load_django() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nazorg.config.settings")
    django.setup()


def _make_ready(database: Database, demo: bool) -> dict:
    """Do what is stale, in child processes; give the first step of somebody who sees Nazorg for the first time."""

    def prepare() -> dict:
        if not database.is_up_to_date:
            ready.migrate()
        if demo:
            return {"password": _load_demo()}
        if not database.was_signed_in_to:
            from nazorg.users import actions

            return {"link": actions.first_administrator_link()}
        return {}

    waiting = []
    if ready.static_files_are_stale():
        _say("Collecting static files …")
        waiting.append(ask_child(ready.collect_static_files))
    if demo or not (database.is_up_to_date and database.was_signed_in_to):
        if not database.is_up_to_date:
            _say("Bringing the database up to date …")
        waiting.append(ask_child(prepare))
    answers = [wait() for wait in waiting]
    return answers[-1] or {} if answers else {}


def _load_demo() -> str:
    """Load the demo shop, unless it is there, and give the password that its whole cast shares."""
    from django.core.management import call_command, get_commands

    if "demo" not in get_commands():
        raise CannotLaunch("This Nazorg has no demo shop.")
    return str(call_command("demo", stdout=io.StringIO())).strip()


def _say(sentence: str) -> None:
    print(sentence, flush=True)


def _greet(host: str, port: int, first_step: dict) -> None:
    address = os.environ.get("PUBLIC_URL", "").rstrip("/") or f"http://{_as_typed(host)}:{port}"
    _say(f"\nNazorg runs at {address}")
    if password := first_step.get("password"):
        _say(f"Sign in as nora (agent), victor (accountant), ada (administrator) … with the demo password: {password}")
    elif link := first_step.get("link"):
        _say(
            f"First step: make the first administrator, by this link (it works once):\n  {address if link.startswith('/') else ''}{link}"
        )
    _say("Stop it with Ctrl-C.\n")


def _as_typed(host: str) -> str:
    """An address that a browser on this machine can open."""
    if host in ("0.0.0.0", "::", ""):
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


# Watching over the processes


@dataclass
class Member:
    """A process that must always run."""

    name: str
    run: Callable[[], object]
    process: int = 0
    started: float = 0
    failures: int = 0
    due: float = 0
    """When to start it again, after it failed."""


@dataclass
class Household:
    """The processes of one installation: all of them run, or none."""

    database: Database
    answers: Callable[[], bool]
    """Can somebody get a page?"""
    members: list[Member] = field(default_factory=list)

    def add(self, name: str, run: Callable[[], object]) -> None:
        self.members.append(Member(name, run))
        self._start(self.members[-1])

    def watch(self, *, greet: Callable[[], None]) -> int:
        """Wait until told to stop; start again what ends by itself. `greet` is called once, when the first page can come."""
        greeted = False
        while True:
            heard = signal.sigtimedwait(HEARD, 1 if greeted else 0.05)
            if heard and heard.si_signo == signal.SIGCHLD:
                self._bury()
            elif heard:
                return 0
            if not greeted and self.answers():
                greeted = True
                greet()
            if self.database.cluster and greeted and not self.database.cluster.answers():
                print("PostgreSQL is gone; starting it again.", file=sys.stderr, flush=True)
                self.database.cluster.start()
            for member in self.members:
                if not member.process and time.monotonic() >= member.due:
                    self._start(member)

    def stop(self) -> None:
        """Tell all to stop, kill what does not, and leave none."""
        running = {member.process for member in self.members if member.process}
        for process in running:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGTERM)
        end = time.monotonic() + PATIENCE
        while running:
            if time.monotonic() > end:
                for process in running:
                    with contextlib.suppress(ProcessLookupError):
                        os.killpg(process, signal.SIGKILL)
            for process in list(running):
                if os.waitpid(process, os.WNOHANG)[0]:
                    running.discard(process)
            time.sleep(0.01)

    def _start(self, member: Member) -> None:
        member.process, member.started = fork(member.run), time.monotonic()

    def _bury(self) -> None:
        """Take note of each child that ended; PostgreSQL and its keeper may be among them."""
        while True:
            try:
                process, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not process:
                return
            for member in self.members:
                if member.process == process:
                    self._note_end(member, os.waitstatus_to_exitcode(status))

    def _note_end(self, member: Member, code: int) -> None:
        # What ran for a minute had started well: count its failures afresh.
        member.failures = 1 if time.monotonic() - member.started > 60 else member.failures + 1
        member.process, member.due = 0, time.monotonic() + min(0.25 * 2**member.failures, 30)
        how = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
        print(f"The {member.name} {how}; starting it again.", file=sys.stderr, flush=True)
        if member.failures >= 5 and member.name == "web server":
            raise CannotLaunch("The web server does not stay up; what it said stands above.")


def _answers(host: str, port: int) -> bool:
    """Does a page come? A redirect or an error page counts: the server speaks."""
    line = http.client.HTTPConnection(host, port, timeout=5)
    try:
        line.request("GET", "/")
        return line.getresponse().status > 0
    except OSError:
        return False
    finally:
        line.close()
