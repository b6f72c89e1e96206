"""The database of this installation: the one that DATABASE_URL names, or else the embedded one, started or adopted."""

from __future__ import annotations

import atexit
import contextlib
import os
from dataclasses import dataclass

import psycopg

from nazorg.launch import CannotLaunch
from nazorg.launch.postgres import Cluster
from nazorg.launch.ready import code_stamp, home

OLDEST = 15
"""The oldest PostgreSQL that works, by its major number."""


@dataclass
class Database:
    """A database that answers, is new enough, and exists."""

    url: str
    cluster: Cluster | None
    """The embedded cluster, or None when DATABASE_URL names another server."""
    is_up_to_date: bool
    """Has this very code migrated it?"""
    was_signed_in_to: bool
    """Has anybody ever signed in?"""


def embedded() -> Cluster:
    """The cluster of this installation, not yet started."""
    return Cluster(home() / "postgres")


def open_database() -> Database:
    """Find or start the database, check it, and put its address into DATABASE_URL for Django and for child processes.

    The embedded cluster is used until this process ends. Raises `CannotLaunch` with a sentence.
    """
    cluster = None
    url = os.environ.get("DATABASE_URL")
    if not url:
        cluster = embedded().start()
        atexit.register(cluster.release)
        url = cluster.url()
        _create_if_missing(cluster)
    with connect(url) as line:
        found = line.info.server_version // 10000
        if found < OLDEST:
            raise CannotLaunch(
                f"This is PostgreSQL {found}; Nazorg needs {OLDEST} or later. Upgrade it, or unset DATABASE_URL."
            )
        comment = line.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"
        ).fetchone()[0]
        signed_in = bool(
            line.execute("SELECT to_regclass('users_user')").fetchone()[0]
            and line.execute("SELECT EXISTS (SELECT FROM users_user WHERE last_login IS NOT NULL)").fetchone()[0]
        )
    os.environ["DATABASE_URL"] = url
    return Database(url, cluster, comment == f"nazorg {code_stamp()}", signed_in)


def connect(url: str, **options) -> psycopg.Connection:
    """A connection, or a sentence about why there is none."""
    try:
        return psycopg.connect(url, connect_timeout=10, autocommit=True, **options)
    except psycopg.OperationalError as failure:
        said = str(failure).strip().splitlines()[-1]
        raise CannotLaunch(
            f"The database cannot be reached: {said}. Check DATABASE_URL and that PostgreSQL runs."
        ) from None
    except psycopg.ProgrammingError as failure:
        raise CannotLaunch(f"DATABASE_URL is not an address of a PostgreSQL database: {failure}") from None


def _create_if_missing(cluster: Cluster) -> None:
    with connect(cluster.url("postgres")) as line:
        if not line.execute("SELECT FROM pg_database WHERE datname = 'nazorg'").fetchone():
            # Another process may be first.
            with contextlib.suppress(psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
                line.execute("CREATE DATABASE nazorg")
