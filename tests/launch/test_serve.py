"""`nazorg serve`: whatever ends it, or keeps it from starting, loses nothing and says why."""

import os
import signal
import socket
import subprocess

import psycopg
import pytest

from nazorg.launch.postgres import Cluster

from .conftest import answers, free_port, nazorg, processes_in, served, wait_until


def test_kill_9_leaves_no_process_and_loses_no_acknowledged_insert(migrated, home):
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


def test_a_web_server_and_a_database_that_were_killed_come_back(migrated, home):
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
        wait_until(lambda: answers(process.address), seconds=20)


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
