"""The `nazorg` command as somebody meets it who does not know it yet."""

import pytest

from .conftest import nazorg


@pytest.mark.parametrize("command", ["serve", "worker", "migrate", "demo", "import", "token", "audit", "backup", "restore", "doctor"])
def test_each_command_explains_itself_and_starts_nothing(home, command):
    done = nazorg(home, command, "--help")
    assert done.returncode == 0, done.stderr
    assert f"usage: nazorg {command}" in done.stdout
    assert not (home / "postgres" / "data" / "postmaster.pid").exists()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["serve", "--port", "70000"], "is not a port"),
        (["serve", "--processes", "0"], "is not a whole number above 0"),
        (["backup"], "required: FILE"),
        (["destroy"], "invalid choice: 'destroy'"),
    ],
)
def test_a_mistyped_command_is_refused_in_words(home, arguments, sentence):
    done = nazorg(home, *arguments)
    assert done.returncode == 2
    assert sentence in done.stderr


def test_migrate_has_nothing_to_do_twice(migrated):
    for _time in range(2):
        done = nazorg(migrated, "migrate")
        assert (done.returncode, done.stdout) == (0, "The database is up to date.\n"), done.stderr


def test_the_doctor_finds_that_no_worker_runs(migrated):
    done = nazorg(migrated, "doctor")
    assert done.returncode == 1
    found = {line.split()[1]: line for line in done.stdout.splitlines() if line[:6].strip()}
    assert found["worker"].startswith("wrong")
    assert "./run" in found["worker"]
    for what in ("home", "disk", "database", "migrations", "jobs", "outbox"):
        assert found[what].startswith("ok"), found[what]


def test_the_doctor_says_that_the_database_does_not_answer(home):
    done = nazorg(home, "doctor", DATABASE_URL="postgresql://127.0.0.1:1/nazorg")
    assert done.returncode == 1
    assert "The database cannot be reached" in done.stdout
