"""The embedded PostgreSQL: one server however many ask, gone with the last of them, and never two on one folder."""

import os
import signal
import subprocess
import sys
import threading

import psycopg
import pytest

from nazorg.launch import CannotLaunch
from nazorg.launch.postgres import Cluster

from .conftest import environment, processes_in, wait_until

USER = """
import sys
from nazorg.launch.postgres import Cluster
cluster = Cluster(sys.argv[1]).start()
print(cluster.postmaster(), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def cluster(home):
    with Cluster(home / "pg") as running:
        yield running


def another_user(cluster) -> tuple[subprocess.Popen, int]:
    """A process that uses the cluster, and the server's process id that it sees."""
    user = subprocess.Popen(
        [sys.executable, "-c", USER, str(cluster.folder)],
        env=environment(cluster.folder), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    return user, int(user.stdout.readline())


def is_gone(process: int) -> bool:
    try:
        with open(f"/proc/{process}/stat") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] == "Z"
    except FileNotFoundError:
        return True


def test_a_second_process_adopts_the_server_and_the_last_one_stops_it(home):
    first = Cluster(home / "pg").start()
    server = first.postmaster()
    second, seen = another_user(first)
    assert seen == server
    first.release()
    assert first.answers()
    second.communicate()
    wait_until(lambda: is_gone(server))
    assert not first.answers()
    wait_until(lambda: not processes_in(first.folder))


def test_a_user_that_is_killed_leaves_nothing_behind(home):
    cluster = Cluster(home / "pg")
    user, server = another_user(cluster)
    user.kill()
    user.wait()
    wait_until(lambda: not processes_in(home))
    assert is_gone(server)


def test_twenty_that_start_at_once_share_one_server(home):
    clusters = [Cluster(home / "pg") for _ in range(20)]
    threads = [threading.Thread(target=cluster.start) for cluster in clusters]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({cluster.postmaster() for cluster in clusters}) == 1
    for cluster in clusters:
        assert cluster.answers()
        cluster.release()
    assert not clusters[0].answers()


def test_a_stale_postmaster_pid_that_names_another_program_does_not_fool_it(home):
    with Cluster(home / "pg") as cluster:
        words = (cluster.data / "postmaster.pid").read_text().split("\n")
    (cluster.data / "postmaster.pid").write_text("\n".join([str(os.getpid()), *words[1:]]))
    assert cluster.postmaster() is None
    with cluster:
        assert cluster.answers()
        assert cluster.postmaster() != os.getpid()


def test_a_killed_server_starts_again_and_has_lost_no_acknowledged_insert(cluster):
    with psycopg.connect(cluster.url("postgres"), autocommit=True) as line:
        line.execute("CREATE TABLE IF NOT EXISTS kept (number int)")
        line.execute("TRUNCATE kept")
    for number in range(5):
        acknowledged = number * 200
        with psycopg.connect(cluster.url("postgres"), autocommit=True) as line:
            for insert in range(acknowledged, acknowledged + 200):
                line.execute("INSERT INTO kept VALUES (%s)", [insert])
            os.kill(cluster.postmaster(), signal.SIGKILL)
        wait_until(lambda: not cluster.answers())
        cluster.start()
        with psycopg.connect(cluster.url("postgres")) as line:
            assert line.execute("SELECT count(DISTINCT number) FROM kept").fetchone()[0] == acknowledged + 200


def test_a_live_server_whose_socket_is_hidden_is_refused_and_not_doubled(cluster):
    server = cluster.postmaster()
    (cluster.sockets / ".s.PGSQL.5432").rename(cluster.folder / "hidden")
    with pytest.raises(CannotLaunch, match="does not answer"):
        Cluster(cluster.folder).start(patience=0.5)
    assert not is_gone(server)
    (cluster.folder / "hidden").rename(cluster.sockets / ".s.PGSQL.5432")
    assert cluster.answers()


def test_a_folder_that_is_no_cluster_is_left_alone(home):
    (home / "other" / "data").mkdir(parents=True)
    (home / "other" / "data" / "thesis.txt").write_text("years of work")
    with pytest.raises(CannotLaunch, match="not empty"):
        Cluster(home / "other").start()
    assert (home / "other" / "data" / "thesis.txt").read_text() == "years of work"


def test_a_long_path_gets_a_short_socket(home):
    with Cluster(home / ("long-" * 20) / "pg", durable=False, remove=True) as cluster:
        assert cluster.answers()
        assert cluster.sockets.stat().st_mode & 0o777 == 0o700
    assert not cluster.sockets.exists()


def test_a_throw_away_cluster_is_thrown_away(home):
    with Cluster(home / "thrown", durable=False, remove=True) as cluster:
        assert cluster.folder.exists()
    assert not cluster.folder.exists()
    wait_until(lambda: not processes_in(cluster.folder))
