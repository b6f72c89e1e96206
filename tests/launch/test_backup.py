"""Backup and restore through the command, on a database and files as they are in use."""

import psycopg
import pytest

from nazorg.launch.postgres import Cluster

from .conftest import nazorg


@pytest.fixture(scope="module")
def installation(migrated, home):
    """A migrated database with one row of ours, and an upload."""
    with Cluster(home / "postgres") as cluster:
        with psycopg.connect(cluster.url()) as line:
            line.execute("CREATE TABLE letter (words text)")
            line.execute("INSERT INTO letter VALUES ('Beste Ida, één € terug')")
        (home / "uploads" / "2026").mkdir(parents=True)
        (home / "uploads" / "2026" / "kettle.jpg").write_bytes(b"\xff\xd8 a kettle")
        (home / "secret.key").write_text("the first key")
        # Used by us, the server stays up between the commands.
        yield cluster


@pytest.fixture
def file(home, installation):
    target = home / "nazorg.tar"
    done = nazorg(home, "backup", str(target))
    assert done.returncode == 0, done.stderr
    return target


def change(home, cluster):
    with psycopg.connect(cluster.url()) as line:
        line.execute("UPDATE letter SET words = 'changed'")
    (home / "uploads" / "2026" / "kettle.jpg").write_bytes(b"changed")
    (home / "uploads" / "later.txt").write_text("made later")
    (home / "secret.key").write_text("another key")


def state(home, cluster):
    """What a user would miss: the row, the files, the key."""
    with psycopg.connect(cluster.url()) as line:
        row = line.execute("SELECT words FROM letter").fetchone()[0]
    files = {str(p.relative_to(home)): p.read_bytes() for p in (home / "uploads").rglob("*") if p.is_file()}
    return row, files, (home / "secret.key").read_text()


def databases(cluster):
    with psycopg.connect(cluster.url("postgres")) as line:
        return {row[0] for row in line.execute("SELECT datname FROM pg_database")}


def test_a_restore_brings_back_rows_files_and_key(home, installation, file):
    before = state(home, installation)
    assert file.stat().st_mode & 0o777 == 0o600
    change(home, installation)
    assert state(home, installation) != before
    done = nazorg(home, "restore", str(file), "--yes", "--overwrite")
    assert done.returncode == 0, done.stderr
    assert state(home, installation) == before
    assert databases(installation) == {"nazorg", "postgres", "template0", "template1"}
    assert not list(home.glob("restoring-*"))


def test_a_database_that_is_not_empty_is_refused_without_overwrite(home, installation, file):
    before = state(home, installation)
    done = nazorg(home, "restore", str(file), "--yes")
    assert done.returncode == 1
    assert "not empty" in done.stderr
    assert state(home, installation) == before


def test_without_yes_nothing_happens_unless_somebody_agrees(home, installation, file):
    before = state(home, installation)
    done = nazorg(home, "restore", str(file), "--overwrite")
    assert done.returncode == 1
    assert "Nothing was changed." in done.stdout
    assert state(home, installation) == before


@pytest.mark.parametrize("damage", ["cut", "flipped", "other"])
def test_a_damaged_backup_changes_nothing(home, installation, file, damage):
    before = state(home, installation)
    content = bytearray(file.read_bytes())
    if damage == "cut":
        del content[len(content) // 2 :]
    elif damage == "flipped":
        content[len(content) // 2] ^= 0xFF
    else:
        content = b"not a backup at all"
    (home / "damaged.tar").write_bytes(content)
    done = nazorg(home, "restore", str(home / "damaged.tar"), "--yes", "--overwrite")
    assert done.returncode == 1
    assert done.stderr.count("nazorg: ") == 1
    assert "Traceback" not in done.stderr
    assert state(home, installation) == before
    assert databases(installation) == {"nazorg", "postgres", "template0", "template1"}


def test_a_restore_into_a_database_in_use_is_refused(home, installation, file):
    before = state(home, installation)
    with psycopg.connect(installation.url()):
        done = nazorg(home, "restore", str(file), "--yes", "--overwrite")
    assert done.returncode == 1
    assert "Stop Nazorg first" in done.stderr
    assert state(home, installation) == before


def test_a_backup_that_cannot_be_written_says_so(home, installation):
    done = nazorg(home, "backup", str(home / "nowhere" / "nazorg.tar"))
    assert done.returncode == 1
    assert "name a file in a folder that exists" in done.stderr
