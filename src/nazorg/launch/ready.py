"""What must be ready before the first page: a database of this version, translations, static files. Each only when stale."""

from __future__ import annotations

import gc
import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[1]
CHECKOUT = SOURCE.parents[1]


def home() -> Path:
    """Where this installation keeps what it owns; as in the settings, without loading Django."""
    return Path(os.environ.get("NAZORG_HOME") or CHECKOUT / "var").resolve()


def stamp(files: Iterable[Path]) -> str:
    """A short word that changes when one of the files does; read from their names, sizes and times, so it takes milliseconds."""
    digest = hashlib.sha256((CHECKOUT / "requirements.txt").read_bytes())
    for file in sorted(files):
        found = file.stat()
        digest.update(f"{file.relative_to(SOURCE)} {found.st_size} {found.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:16]


def code_stamp() -> str:
    """Of all code, not of the migrations alone: roles and other standing rows are brought up to date after `migrate`, too."""
    return stamp(file for pattern in ("**/*.py", "**/*.sql") for file in SOURCE.glob(pattern))


def static_stamp() -> str:
    return stamp(file for file in SOURCE.glob("**/static/**/*") if file.is_file())


# Translations


def compile_translations() -> None:
    """Write the .mo beside each .po that is newer."""
    stale = [po for po in SOURCE.glob("**/locale/*/LC_MESSAGES/*.po") if _older(po.with_suffix(".mo"), po)]
    if not stale:
        return
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    for po in stale:
        with open(po, "rb") as source:
            catalogue = read_po(source, locale=po.parents[1].name)
        half = po.with_name(f"{po.stem}.{os.getpid()}.half")
        with open(half, "wb") as target:
            write_mo(target, catalogue)
        half.replace(po.with_suffix(".mo"))


def _older(made: Path, source: Path) -> bool:
    return not made.exists() or made.stat().st_mtime < source.stat().st_mtime


# Static files


def static_files_are_stale() -> bool:
    try:
        return (home() / "static.stamp").read_text() != static_stamp()
    except FileNotFoundError:
        return True


def collect_static_files() -> None:
    """Gather, hash and compress the static files. Needs Django set up."""
    from django.core.management import call_command

    collected = static_stamp()
    (home() / "static.stamp").unlink(missing_ok=True)
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    (home() / "static.stamp").write_text(collected)


# The database


def migrate() -> None:
    """Bring the database to this version, and note in its comment which version that is. Needs Django set up."""
    from django.core.management import call_command
    from django.db import DatabaseError, connection

    reached = code_stamp()
    gc.disable()  # migrating makes thousands of classes; looking for garbage among them takes a fifth of its time
    try:
        call_command("migrate", interactive=False, verbosity=0)
    finally:
        gc.enable()
    name = connection.ops.quote_name(connection.settings_dict["NAME"])
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"COMMENT ON DATABASE {name} IS 'nazorg {reached}'")
    except DatabaseError:
        pass  # not ours to comment: then `migrate` looks again at each start, which costs a second and no more
