"""A PostgreSQL for one test run: up in a fraction of a second, already migrated, gone without a trace when the run ends.

Migrating takes longer than most tests, so a migrated cluster is kept in the temporary folder and copied for each run. It
is made again when a migration or a requirement changes.
"""

from __future__ import annotations

import atexit
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from nazorg.launch.postgres import Cluster, Lock, binaries
from nazorg.launch.ready import CHECKOUT, SOURCE

PRISTINE = "pristine"
"""The migrated database in the cluster, from which each test database is copied."""
KEPT = 4
"""How many migrated clusters stay: people switch between branches."""


def cluster_of_this_run() -> Cluster:
    """Start the cluster of this test run, or adopt it in a process that the run started (xdist).

    The folder also holds the run's NAZORG_HOME; it is removed with the last process of the run, however that ends.
    """
    if folder := os.environ.get("NAZORG_TEST_RUN"):
        return _use(Path(folder))
    folder = Path(tempfile.mkdtemp(prefix="nazorg-test-"))
    folder.chmod(0o755)  # PostgreSQL may run as another account; its own folders inside are closed to everybody else
    os.environ["NAZORG_TEST_RUN"] = str(folder)
    try:
        if migrated := migrated_cluster():
            subprocess.run(["cp", "-a", "--reflink=auto", str(migrated), str(folder / "data")], check=True)
            os.environ["NAZORG_TEST_TEMPLATE"] = PRISTINE
        return _use(folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _use(folder: Path) -> Cluster:
    cluster = Cluster(folder, durable=False, remove=True).start()
    atexit.register(cluster.release)
    os.environ["NAZORG_HOME"] = str(folder / "home")
    return cluster


def migrated_cluster() -> Path | None:
    """The data folder of a stopped cluster with the database `PRISTINE`; None if the migrations do not run."""
    cache = Path(tempfile.gettempdir()) / f"nazorg-tests-{os.geteuid()}"
    cache.mkdir(mode=0o755, exist_ok=True)
    if cache.lstat().st_uid != os.geteuid():
        return None  # somebody else made it: nothing in it is ours to trust
    made = cache / _word_for_the_schema()
    (cache / "lock").touch()
    with Lock(cache / "lock") as lock:
        lock.take()
        if not made.exists():
            _make(made)
        if not made.exists():
            return None
        made.touch()
        for old in sorted((p for p in cache.iterdir() if p.is_dir()), key=lambda p: p.stat().st_mtime)[:-KEPT]:
            shutil.rmtree(old, ignore_errors=True)
    return made / "data"


def _word_for_the_schema() -> str:
    digest = hashlib.sha256((CHECKOUT / "requirements.txt").read_bytes())
    digest.update(f"{binaries()} {sys.version}".encode())
    for file in sorted(SOURCE.glob("**/migrations/**/*")):
        if file.suffix in {".py", ".sql"}:
            digest.update(str(file.relative_to(SOURCE)).encode() + file.read_bytes())
    return digest.hexdigest()[:16]


def _make(made: Path) -> None:
    half = Path(tempfile.mkdtemp(prefix="half-", dir=made.parent))
    half.chmod(0o755)
    with Cluster(half, durable=False) as cluster:
        subprocess.run(
            [str(binaries() / "createdb"), "-h", str(cluster.sockets), "-U", "postgres", PRISTINE],
            check=True,
            capture_output=True,
        )
        done = subprocess.run(
            [sys.executable, "-m", "django", "migrate", "--verbosity=0"],
            check=False, capture_output=True, text=True,
            env={
                **os.environ, "PYTHONPATH": str(SOURCE.parent), "DJANGO_SETTINGS_MODULE": "nazorg.config.settings",
                "DATABASE_URL": cluster.url(PRISTINE), "NAZORG_HOME": str(half / "home"), "SECRET_KEY": "tests",
            },
        )  # fmt: skip
    if done.returncode:
        # Django will run into the same error where pytest can show it.
        print("The migrations do not run:", *done.stderr.strip().splitlines()[-1:], file=sys.stderr)
        shutil.rmtree(half)
    else:
        half.rename(made)
