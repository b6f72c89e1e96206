"""`nazorg doctor`: looks at an installation as an experienced friend would, and says what to do."""

from __future__ import annotations

import os
import shutil
import smtplib
import sys
import tempfile
from collections.abc import Iterator

from nazorg.launch import CannotLaunch, ready
from nazorg.launch.database import Database, open_database

LITTLE_SPACE = 1024**3
"""Bytes; PostgreSQL stops when the disk is full."""
SILENT = 60
"""Seconds without a sign of life after which a worker counts as gone; it gives one every ten."""

Finding = tuple[bool | None, str, str]
"""Is it right (None: right, but good to know), what was looked at, and what was found or what to do."""


def doctor() -> int:
    """Check everything; give 1 if something is wrong."""
    wrong = 0
    for right, what, words in _findings():
        wrong += right is False
        mark = {True: "ok", False: "wrong", None: "note"}[right]
        print(f"{mark:6}{what:12}{words}", flush=True)
    print(f"\n{wrong} wrong." if wrong else "\nAll is well.")
    return 1 if wrong else 0


def _findings() -> Iterator[Finding]:
    yield _python()
    home = _home()
    yield home
    if home[0] is False:
        return
    yield _disk()
    try:
        database = open_database()
    except CannotLaunch as reason:
        yield False, "database", str(reason)
        return
    import django

    django.setup()
    yield _database(database)
    pending = _migrations()
    yield pending
    if pending[0]:
        yield _worker()
        yield _jobs()
        yield _audit()
        yield _outbox()
    yield _mail()
    yield _address()


def _python() -> Finding:
    return True, "python", sys.version.split()[0]


def _home() -> Finding:
    folder = ready.home()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True, "home", f"{folder} can be written"
    except OSError as failure:
        return (
            False,
            "home",
            f"{folder} cannot be written ({failure.strerror}). Set NAZORG_HOME to a folder of this account.",
        )


def _disk() -> Finding:
    free = shutil.disk_usage(ready.home()).free
    words = f"{free / 1024**3:.1f} GB free"
    if free < LITTLE_SPACE:
        return False, "disk", f"{words}: make room, or move NAZORG_HOME"
    return True, "disk", words


def _database(database: Database) -> Finding:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        version = cursor.fetchone()[0].split()[0]
        cursor.execute("SELECT pg_size_pretty(pg_database_size(current_database()))")
        size = cursor.fetchone()[0]
        cursor.execute("SELECT extname FROM pg_extension WHERE extname <> 'plpgsql' ORDER BY 1")
        extensions = [row[0] for row in cursor.fetchall()]
        needed = _needed_extensions()
        cursor.execute("SELECT name FROM pg_available_extensions WHERE name = ANY(%s)", [needed])
        unavailable = sorted(set(needed) - {row[0] for row in cursor.fetchall()})
    where = "embedded" if database.cluster else "DATABASE_URL"
    if unavailable:
        return False, "database", (
            f"PostgreSQL {version} lacks {', '.join(unavailable)}. Install them (on Debian: postgresql-contrib), or unset DATABASE_URL."
        )  # fmt: skip
    return True, "database", f"PostgreSQL {version} ({where}), {size}, with {', '.join(extensions) or 'no extensions'}"


def _needed_extensions() -> list[str]:
    """The extensions that the migrations create."""
    from django.contrib.postgres.operations import CreateExtension
    from django.db.migrations.loader import MigrationLoader

    migrations = MigrationLoader(None, ignore_no_migrations=True).disk_migrations.values()
    return sorted(
        {step.name for migration in migrations for step in migration.operations if isinstance(step, CreateExtension)}
    )


def _migrations() -> Finding:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        return False, "migrations", f"{len(waiting)} wait. Run: nazorg migrate"
    return True, "migrations", "all applied"


def _one(query: str, *values):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchone()


def _worker() -> Finding:
    count, age = _one(
        "SELECT count(*) FILTER (WHERE last_heartbeat > now() - make_interval(secs => %s)),"
        " extract(epoch FROM now() - max(last_heartbeat))::int FROM procrastinate_workers",
        SILENT,
    )
    if not count:
        seen = f", the last was seen {age} seconds ago" if age is not None else ""
        return False, "worker", f"none runs{seen}. Start Nazorg with ./run, or a worker alone: nazorg worker"
    return True, "worker", f"{count} running"


def _jobs() -> Finding:
    failed, latest = _one(
        "SELECT count(DISTINCT job.id), max(event.at) FROM procrastinate_jobs job JOIN procrastinate_events event"
        " ON event.job_id = job.id AND event.type = 'failed' WHERE job.status = 'failed' AND job.task_name <> 'audit'"
        " AND event.at > now() - interval '1 day'"
    )
    if failed:
        return (
            False,
            "jobs",
            f"{failed} failed in the last day, the latest at {latest:%H:%M} UTC. The log of ./run says why.",
        )
    waiting = _one(
        "SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at < now())"
    )[0]
    return True, "jobs", f"none failed in the last day, {waiting} waiting"


def _audit() -> Finding:
    found = _one(
        "SELECT job.status::text, event.at FROM procrastinate_jobs job JOIN procrastinate_events event ON event.job_id = job.id"
        " WHERE job.task_name = 'audit' AND job.status IN ('succeeded', 'failed') ORDER BY event.at DESC LIMIT 1"
    )
    if not found:
        return None, "audit", "has not run at night yet. Run it now: nazorg audit"
    status, at = found
    if status == "failed":
        return False, "audit", f"found something wrong on {at:%d %B}. Run: nazorg audit"
    return True, "audit", f"books, shelves and coupons added up on {at:%d %B}"


def _outbox() -> Finding:
    from nazorg.core.outbox import PATIENCE

    waiting, late, given_up = _one(
        "SELECT count(*), count(*) FILTER (WHERE attempts = 0 AND made_at < now() - interval '10 minutes'),"
        " count(*) FILTER (WHERE attempts > %s) FROM core_outgoing WHERE sent_at IS NULL",
        len(PATIENCE),
    )
    if given_up:
        return (
            False,
            "outbox",
            f"{given_up} could not be sent after {len(PATIENCE) + 1} tries. Check the mail settings below.",
        )
    if late:
        return False, "outbox", f"{late} wait for more than 10 minutes: is a worker running?"
    return True, "outbox", f"{waiting} waiting"


def _mail() -> Finding:
    from django.conf import settings

    if not settings.EMAIL_HOST:
        return None, "mail", "none leaves: SMTP_HOST is not set"
    where = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    try:
        with smtplib.SMTP(settings.EMAIL_HOST, settings.EMAIL_PORT, timeout=10) as server:
            if settings.EMAIL_USE_TLS:
                server.starttls()
            if settings.EMAIL_HOST_USER:
                server.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)
    except (OSError, smtplib.SMTPException) as failure:
        return (
            False,
            "mail",
            f"{where} does not take ours: {failure}. Check SMTP_HOST, SMTP_PORT, SMTP_USER, SMTP_PASSWORD, SMTP_TLS.",
        )
    return True, "mail", f"{where} takes ours, from {settings.DEFAULT_FROM_EMAIL}"


def _address() -> Finding:
    from django.conf import settings

    if settings.PUBLIC_URL:
        return True, "address", settings.PUBLIC_URL
    if os.environ.get("HOST", "127.0.0.1") in ("127.0.0.1", "localhost", "::1"):
        return True, "address", "for this machine alone (HOST)"
    return None, "address", "others can reach it, but PUBLIC_URL is not set: links in mail lead nowhere"
