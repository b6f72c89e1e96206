"""`nazorg serve`: from nothing to a page and back, whatever ends it."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager

import psycopg
import pytest

from nazorg.launch.postgres import Cluster

from .conftest import environment, free_port, nazorg, processes_in, wait_until


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
        wait_until(lambda: "Nazorg runs at" in (home / "said").read_text() or process.poll() is not None, seconds=60)
        assert process.poll() is None, (home / "said").read_text()
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=15)


def status(address: str) -> int:
    try:
        return urllib.request.urlopen(address, timeout=10).status
    except urllib.error.HTTPError as answer:
        return answer.code


def test_a_first_start_says_where_and_how_and_ctrl_c_stops_all(home):
    with served(home) as process:
        assert status(process.address) == 200
        said = (home / "said").read_text()
        assert process.address in said
        assert "make the first administrator" in said
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=15) == 0
        assert time.monotonic() - began < 4
    wait_until(lambda: not processes_in(home), seconds=3)


def test_a_second_start_has_nothing_left_to_do(home):
    with served(home) as process:
        assert status(process.address) == 200
        assert "up to date …" not in (home / "said").read_text()
        assert "static files …" not in (home / "said").read_text()


def test_kill_9_leaves_no_process_and_loses_no_acknowledged_insert(home):
    acknowledged = []
    with served(home) as process, psycopg.connect(Cluster(home / "postgres").url(), autocommit=True) as line:
        line.execute("CREATE TABLE kept (number int)")
        with pytest.raises(psycopg.Error):
            for number in range(1_000_000):
                line.execute("INSERT INTO kept VALUES (%s)", [number])
                acknowledged.append(number)
                if number == 300:
                    process.kill()
        process.wait()
        wait_until(lambda: not processes_in(home), seconds=8)
    assert len(acknowledged) > 300
    with Cluster(home / "postgres") as cluster, psycopg.connect(cluster.url()) as line:
        kept = {row[0] for row in line.execute("SELECT number FROM kept")}
        line.execute("DROP TABLE kept")
    assert not set(acknowledged) - kept


def test_a_web_server_and_a_database_that_were_killed_come_back(home):
    with served(home) as process:
        cluster = Cluster(home / "postgres")
        server = cluster.postmaster()
        os.kill(server, signal.SIGKILL)
        wait_until(lambda: cluster.postmaster() not in (None, server) and cluster.answers())
        children = subprocess.run(
            ["pgrep", "-P", str(process.pid), "-f", "nazorg.command serve"], check=True, capture_output=True, text=True
        )
        for child in children.stdout.split():
            os.kill(int(child), signal.SIGKILL)
        wait_until(lambda: _answers(process.address), seconds=20)


def _answers(address: str) -> bool:
    try:
        return status(address) == 200
    except OSError:
        return False


def test_a_taken_port_is_said_at_once(home):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = nazorg(home, "serve", PORT=str(port))
    assert done.returncode == 1
    assert done.stderr.startswith(f"nazorg: Port {port} is taken")
    assert "Traceback" not in done.stderr


def test_a_database_that_does_not_answer_is_said_in_a_sentence(home):
    done = nazorg(home, "serve", PORT=str(free_port()), DATABASE_URL=f"postgresql://nora:secret@127.0.0.1:{free_port()}/nazorg")
    assert done.returncode == 1
    assert done.stderr.startswith("nazorg: The database cannot be reached")
    assert "secret" not in done.stderr
    assert "Traceback" not in done.stderr
