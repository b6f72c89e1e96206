"""An installation of its own for each module that asks, and an end for everything that it started."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from nazorg.launch.postgres import Cluster
from nazorg.launch.throwaway import PRISTINE, migrated_cluster

SOURCE = Path(__file__).parents[2] / "src"


@pytest.fixture(scope="module")
def home():
    """A folder that also the account `nobody` may enter, which runs PostgreSQL for root where namespaces are barred."""
    folder = Path(tempfile.mkdtemp(prefix="nazorg-launch-"))
    folder.chmod(0o755)
    yield folder
    for process in processes_in(folder):
        os.kill(process, signal.SIGKILL)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def migrated(home):
    """`home` with a database that somebody has used before: migrated, by a copy of the one that tests start from."""
    (home / "postgres").mkdir()
    subprocess.run(["cp", "-a", str(migrated_cluster()), str(home / "postgres" / "data")], check=True)
    with Cluster(home / "postgres") as cluster, psycopg.connect(cluster.url("postgres"), autocommit=True) as line:
        line.execute(f"ALTER DATABASE {PRISTINE} RENAME TO nazorg")
    return home


def processes_in(folder: Path) -> list[int]:
    """Every living process that works in `folder` or was told of it in its environment or command line."""
    found = []
    for process in Path("/proc").iterdir():
        if not process.name.isdigit() or int(process.name) == os.getpid():
            continue
        try:
            words = (process / "environ").read_bytes() + (process / "cmdline").read_bytes()
            if str(folder).encode() in words or str((process / "cwd").readlink()).startswith(str(folder)):
                found.append(int(process.name))
        except OSError:
            continue
    return found


def wait_until(true, *, seconds: float = 10) -> None:
    """Wait until `true()`; fail when that takes too long."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"waited {seconds} seconds in vain"
        time.sleep(0.02)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment(home: Path, **more: str) -> dict[str, str]:
    """That of somebody who uses `home`, and nothing of this test run's."""
    ours = {"DATABASE_URL", "DJANGO_SETTINGS_MODULE", "SECRET_KEY", "PYTHONDONTWRITEBYTECODE"}
    kept = {k: v for k, v in os.environ.items() if k not in ours and not k.startswith(("NAZORG_", "PYTEST_"))}
    return {**kept, "PYTHONPATH": str(SOURCE), "NAZORG_HOME": str(home), **more}


def nazorg(home: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess:
    """Run the command and wait for it; stdin is closed."""
    return subprocess.run(
        [sys.executable, "-m", "nazorg.command", *arguments],
        env=environment(home, **more), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


@contextmanager
def served(home, **more):
    """Nazorg at an address that answers; ended by Ctrl-C unless it has ended before."""
    port = free_port()
    with open(home / "said", "w") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "nazorg.command", "serve"],
            env=environment(home, PORT=str(port), **more), stdin=subprocess.DEVNULL, stdout=said, stderr=said,
        )  # fmt: skip
    process.address = f"http://127.0.0.1:{port}"
    try:
        wait_until(lambda: "Nazorg runs at" in (home / "said").read_text() or process.poll() is not None, seconds=180)
        assert process.poll() is None, (home / "said").read_text()
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=15)


def answers(address: str) -> bool:
    """Does a page come from there, after whatever redirect?"""
    try:
        return urllib.request.urlopen(address, timeout=10).status == 200
    except OSError:
        return False
