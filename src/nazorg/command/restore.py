"""`nazorg restore`: a backup put in place, all of it or nothing."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

import psycopg
from psycopg import conninfo, sql

from nazorg.command.backup import DUMP, FIRST, FORMAT, KEY, LAST, UPLOADS, follow, postgres_tool, progress_bar
from nazorg.launch import CannotLaunch
from nazorg.launch.database import connect, open_database
from nazorg.launch.postgres import binaries
from nazorg.launch.ready import home


def restore(file: str, *, yes: bool, overwrite: bool) -> int:
    """Replace database and uploads by those of `file`; give the exit code. Raises `CannotLaunch` with a sentence.

    Everything is read beside the present state first; then names are swapped in one transaction of the database. Until
    then a failure, a power cut or a Ctrl-C leaves all as it was.
    """
    first = _read_first(Path(file))
    url = open_database().url
    tables = _tables(url)
    if tables and not overwrite:
        raise CannotLaunch(
            f"The database is not empty ({tables} tables). Back it up, then restore with --overwrite to replace it."
        )
    _must_be_alone(url)
    if not yes and not _agrees(first["made_at"], tables):
        print("Nothing was changed.")
        return 1
    home().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="restoring-", dir=home()) as beside, progress_bar() as bar:
        _unpack(Path(file), Path(beside), bar)
        _put_in_place(url, Path(beside), bar)
    print(f"Restored the state of {first['made_at']}. Start Nazorg with ./run.")
    return 0


def _read_first(file: Path) -> dict:
    try:
        with tarfile.open(file) as archive:
            entry = archive.next()
            if entry is None or entry.name != FIRST:
                raise CannotLaunch(f"{file} is no backup that `nazorg backup` wrote.")
            first = json.load(archive.extractfile(entry))
    except OSError as failure:
        raise CannotLaunch(f"{file} cannot be read: {failure.strerror or failure}.") from None
    except (tarfile.TarError, ValueError):
        raise CannotLaunch(f"{file} is no backup that `nazorg backup` wrote.") from None
    if first["format"] != FORMAT:
        raise CannotLaunch(
            f"{file} was written by another version of Nazorg (format {first['format']}; this one reads {FORMAT})."
        )
    return first


def _tables(url: str) -> int:
    with connect(url) as line:
        return line.execute("SELECT count(*) FROM pg_stat_user_tables").fetchone()[0]


def _must_be_alone(url: str) -> None:
    with connect(url) as line:
        others = line.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        ).fetchone()[0]
    if others:
        raise CannotLaunch(f"The database is in use ({others} connections). Stop Nazorg first.")


def _agrees(made_at: str, tables: int) -> bool:
    print(
        f"This puts the state of {made_at} in place" + (" and deletes everything that is here now." if tables else ".")
    )
    try:
        return input("Go on? Type yes: ").strip().lower() == "yes"
    except EOFError:
        return False


def _unpack(file: Path, beside: Path, bar) -> None:
    """Write everything in `file` into `beside`, and believe it only when it is whole."""
    uploads, last = 0, None
    (beside / "uploads").mkdir()
    task = bar.add_task("Reading", total=file.stat().st_size)
    try:
        with tarfile.open(file) as archive:
            for entry in archive:
                bar.update(task, completed=entry.offset_data)
                name = PurePosixPath(entry.name)
                if not entry.isreg() or name.is_absolute() or ".." in name.parts:
                    raise CannotLaunch(f"{file} holds {entry.name!r}, which no backup holds. Nothing was changed.")
                if entry.name == LAST:
                    last = json.load(archive.extractfile(entry))
                elif entry.name in (DUMP, KEY) or entry.name.startswith(UPLOADS):
                    target = beside / name
                    target.parent.mkdir(parents=True, exist_ok=True)
                    with open(target, "xb") as handle:
                        shutil.copyfileobj(archive.extractfile(entry), handle, 1024**2)
                    target.chmod(0o600 if entry.name == KEY else 0o644)
                    uploads += entry.name.startswith(UPLOADS)
    except (tarfile.TarError, EOFError):
        last = None
    bar.update(task, completed=file.stat().st_size)
    if last is not None:
        with open(beside / DUMP, "rb") as handle:
            whole = hashlib.file_digest(handle, "sha256").hexdigest() == last["sha256"] and uploads == last["uploads"]
    if last is None or not whole:
        raise CannotLaunch(f"{file} is damaged or was cut short. Nothing was changed.")


def _put_in_place(url: str, beside: Path, bar) -> None:
    name = conninfo.conninfo_to_dict(url)["dbname"]
    word = datetime.now(UTC).strftime("%Y%m%d%H%M%S")
    new, former = f"{name}_restoring_{word}", f"{name}_former_{word}"
    with _beside_the_database(url) as line:
        try:
            line.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(new)))
        except psycopg.errors.InsufficientPrivilege:
            raise CannotLaunch(
                "The account of DATABASE_URL may not create databases. Give it that right: ALTER ROLE … CREATEDB"
            ) from None
        try:
            _fill(conninfo.make_conninfo(url, dbname=new), beside / DUMP, bar)
            _swap(line, name, new, former, beside)
        except psycopg.errors.ObjectInUse:
            raise CannotLaunch(
                "Somebody came to use the database meanwhile. Stop Nazorg first. Nothing was changed."
            ) from None
        finally:
            # After the swap the former state, after a failure the half-made one; neither name is of use to anybody.
            for leftover in (new, former):
                line.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(leftover)))


@contextlib.contextmanager
def _beside_the_database(url: str):
    """A connection to another database of the same server: one cannot be renamed while we are in it."""
    with connect(conninfo.make_conninfo(url, dbname="postgres")) as line:
        yield line


def _fill(url: str, dump: Path, bar) -> None:
    listing = subprocess.run(
        [str(binaries() / "pg_restore"), "--list", str(dump)], check=True, capture_output=True, text=True
    )
    task = bar.add_task("Database", total=listing.stdout.count(" TABLE DATA ") or 1)
    follow(
        postgres_tool("pg_restore", url, "--exit-on-error", "--no-owner", "--no-privileges", "--jobs=2", str(dump)),
        r"finished item \d+ TABLE DATA (\S+)",
        lambda _table: bar.advance(task),
    )


def _swap(line: psycopg.Connection, name: str, new: str, former: str, beside: Path) -> None:
    """Give the new state the names of the old: the database's in a transaction, and inside it the folder's, which takes no time."""
    rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
    moved: list[tuple[Path, Path]] = []
    try:
        with line.transaction():
            line.execute(rename.format(sql.Identifier(name), sql.Identifier(former)))
            line.execute(rename.format(sql.Identifier(new), sql.Identifier(name)))
            for part in ("uploads", KEY):
                if not (beside / part).exists():
                    continue
                if (home() / part).exists():
                    os.rename(home() / part, beside / f"{part}.former")
                    moved.append((beside / f"{part}.former", home() / part))
                os.rename(beside / part, home() / part)
                moved.append((home() / part, beside / part))
    except BaseException:
        for now, before in reversed(moved):
            os.rename(now, before)
        raise
