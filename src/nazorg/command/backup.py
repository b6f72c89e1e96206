"""`nazorg backup`: the database and the uploads in one tar file, whole or not at all."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import subprocess
import tarfile
import tempfile
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from psycopg import conninfo
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from nazorg.launch import CannotLaunch
from nazorg.launch.database import connect, open_database
from nazorg.launch.postgres import binaries
from nazorg.launch.ready import home

FORMAT = 1
FIRST, DUMP, KEY, UPLOADS, LAST = "nazorg.json", "database.dump", "secret.key", "uploads/", "complete.json"
"""What a backup holds, in this order. The last one tells a whole file from one that was cut short."""


def backup(file: str) -> None:
    """Write `file`; what stood there before is replaced at the end. Raises `CannotLaunch` with a sentence."""
    target = Path(file).resolve()
    if target.is_dir() or not target.parent.is_dir():
        raise CannotLaunch(f"{target} cannot be written: name a file in a folder that exists.")
    url = open_database().url
    made_at = datetime.now(UTC)
    with tempfile.TemporaryDirectory(prefix=f".{target.name}.", dir=target.parent) as beside, progress_bar() as bar:
        dump = Path(beside) / DUMP
        _dump(url, dump, bar)
        # Uploads after the database: each file that a row of the dump names is there by now.
        half = Path(beside) / "half"
        with tarfile.open(half, "w") as archive:
            os.chmod(half, 0o600)  # it holds everything
            _add(archive, FIRST, {"format": FORMAT, "made_at": made_at.isoformat(timespec="seconds")})
            archive.add(dump, DUMP, recursive=False)
            if (home() / KEY).exists():
                archive.add(home() / KEY, KEY, recursive=False)
            uploads = _add_uploads(archive, bar)
            with open(dump, "rb") as handle:
                digest = hashlib.file_digest(handle, "sha256").hexdigest()
            _add(archive, LAST, {"uploads": uploads, "sha256": digest})
        with open(half, "rb") as handle:
            os.fsync(handle.fileno())
        half.replace(target)
    size = target.stat().st_size
    print(
        f"Wrote {target} ({size / 1024**2:.1f} MB). Keep it safe: it holds all data and the key of this installation."
    )


@contextmanager
def progress_bar():
    """A bar for what takes long, on stderr."""
    columns = TextColumn("{task.description:22}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn()
    with Progress(*columns, console=Console(stderr=True)) as bar:
        yield bar


def postgres_tool(name: str, url: str, *arguments: str) -> subprocess.Popen:
    """Start pg_dump or the like on the database of `url`; its password goes by the environment, where nobody else sees it."""
    parts = conninfo.conninfo_to_dict(url)
    secret = {"PGPASSWORD": parts.pop("password")} if parts.get("password") else {}
    return subprocess.Popen(
        [str(binaries() / name), f"--dbname={conninfo.make_conninfo('', **parts)}", "--verbose", *arguments],
        env={**os.environ, **secret, "LC_ALL": "C.UTF-8"}, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def follow(tool: subprocess.Popen, pattern: str, step) -> None:
    """Call `step(table)` for each line of the tool's that matches `pattern`; raise `CannotLaunch` with its words if it fails."""
    said = []
    for line in tool.stderr:
        if found := re.search(pattern, line):
            step(found[1])
        if "error:" in line or "detail:" in line or "hint:" in line:
            said.append(line.strip())
    if tool.wait():
        raise CannotLaunch("\n".join(said) or f"{tool.args[0]} ended with code {tool.returncode}.")


def _dump(url: str, dump: Path, bar: Progress) -> None:
    with connect(url) as line:
        rows = line.execute(
            "SELECT schemaname || '.' || relname, pg_table_size(relid) FROM pg_stat_user_tables"
        ).fetchall()
    sizes = dict(rows)
    task = bar.add_task("Database", total=sum(sizes.values()) or 1)
    before = None

    def step(table):
        nonlocal before
        bar.advance(task, sizes.get(before, 0))
        before = table

    follow(
        postgres_tool("pg_dump", url, "--format=custom", f"--file={dump}"), r'dumping contents of table "(.+)"', step
    )
    bar.update(task, completed=sum(sizes.values()) or 1)


def _add(archive: tarfile.TarFile, name: str, content: dict) -> None:
    text = json.dumps(content).encode()
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(text), 0o600
    archive.addfile(entry, io.BytesIO(text))


def _add_uploads(archive: tarfile.TarFile, bar: Progress) -> int:
    folder = home() / "uploads"
    files = [file for file in sorted(folder.rglob("*")) if file.is_file()]
    added = 0
    for file in bar.track(files, description="Uploads") if files else []:
        try:
            archive.add(file, UPLOADS + str(file.relative_to(folder)), recursive=False)
            added += 1
        except FileNotFoundError:
            pass  # deleted meanwhile, with the row that named it
    return added
