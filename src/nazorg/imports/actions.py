"""From a file to a run: taken in, its columns chosen, checked, carried out."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.files import File
from django.db import connection
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from nazorg.access.rules import must
from nazorg.core.actions import action
from nazorg.core.refusals import Refused
from nazorg.suite.house import switchable_apps
from nazorg.suite.queries import active_apps

from .engine import ElsewhereRefused, Result, load_file
from .fields import Format, automatic_map, checked_map, detected
from .importer import Importer
from .kinds import KINDS
from .models import ImportRun
from .tables import Table, open_table

LIMIT = settings.ATTACHMENT_LIMIT
"""Bytes of a file that comes through the browser: 25 MB, as for any file."""
LIMIT_UNPACKED = 8 * LIMIT
SAMPLE = 200
"""Rows from which the way of writing numbers and dates is guessed."""

State = ImportRun.State


def sha256_of(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


# The command line -------------------------------------------------------------------------------------------------------

def options_for(table: Table, kind: str, *, given: dict[str, str] | None = None, decimal: str | None = None, days: str | None = None) -> dict:
    """The run's options for this table: what is given, the rest by the columns' names and the first rows. Refused when it does not fit."""
    fields = KINDS[kind].fields
    automatic = automatic_map(table.columns, fields)
    given = given or {}
    mapped = {column: name for column, name in automatic.items() if column not in given and name not in given.values()} | given
    mapped = {column: name for column, name in mapped.items() if name}  # `--map column=` leaves a column out
    checked_map(mapped, table.columns, fields)
    guess = _guess(table, mapped, fields)
    return _options(table, mapped, decimal or guess["decimal"], days or guess["days"])


def _options(table: Table, mapped: dict[str, str], decimal: str, days: str) -> dict:
    ordered = {column: mapped[column] for column in table.columns if column in mapped}
    return {"map": ordered, "decimal": decimal, "days": days, "columns": list(table.columns), "delimiter": table.delimiter}


def _guess(table: Table, mapped: dict[str, str], fields) -> dict[str, str]:
    rows = []
    for _number, cells in table:
        rows.append(cells)
        if len(rows) == SAMPLE:
            break
    table.close()
    return detected(rows, mapped, fields, delimiter=table.delimiter)


@action
def begin(*, kind: str, path: Path, options: dict, by, at: datetime) -> ImportRun:
    """The run of a file that the command line names: the one that broke off, if this very file is on its way already."""
    must(by, "imports.run_import")
    sha256 = sha256_of(path)
    open_runs = ImportRun.objects.filter(kind=kind, sha256=sha256, file="", state__in=[State.RUNNING, State.FAILED])
    for run in open_runs.order_by("-pk"):
        if run.options == options:
            run.state = State.RUNNING
            run.save(update_fields=["state"])
            return run
    return ImportRun.objects.create(**_of_file(kind, path, sha256, options, by, at))


def unsaved(*, kind: str, path: Path, options: dict, by, at: datetime) -> ImportRun:
    """A run for a dry run, which leaves no trace."""
    return ImportRun(**_of_file(kind, path, sha256_of(path), options, by, at))


def _of_file(kind, path, sha256, options, by, at) -> dict:
    return {
        "kind": kind, "state": State.RUNNING, "file_name": path.name[:200], "size": path.stat().st_size, "sha256": sha256, "options": options,
        "made_by": by, "made_at": at, "started_at": at,
    }


def importer_of(run: ImportRun) -> Importer:
    """The importer with this run's columns and formats. Records are dated by when the run was made, however often it was resumed."""
    form = Format(decimal=run.options["decimal"], days=run.options["days"], timezone=settings.TIME_ZONE)
    return KINDS[run.kind](mapped=run.options["map"], form=form, by=run.made_by, at=run.made_at)


@action
def finish(*, run: ImportRun, report: dict, new: int, at: datetime) -> None:
    """The file is through. A run that found all of it there, as an earlier one had left it, leaves no trace."""
    run.state, run.report, run.percent, run.problem, run.finished_at = State.DONE, report, 100, "", at
    run.save(update_fields=["state", "report", "percent", "problem", "finished_at"])
    earlier = ImportRun.objects.filter(kind=run.kind, sha256=run.sha256, state=State.DONE, pk__lt=run.pk)
    if not new and not run.file and not run.records.exists() and any(one.options == run.options for one in earlier):
        run.delete()


@action
def break_off(*, run: ImportRun, sentence: str, at: datetime) -> None:
    """It cannot go on; what came in stays, and it can be started again."""
    run.state, run.problem, run.finished_at = State.FAILED, str(sentence)[:2000], at
    run.save(update_fields=["state", "problem", "finished_at"])


# The browser ------------------------------------------------------------------------------------------------------------

def not_switched_on(kind: str) -> str:
    """The name of the app that this kind needs and that is switched off; "" when it is on."""
    slug = KINDS[kind].app
    return "" if slug is None or slug in active_apps() else str(switchable_apps()[slug].verbose_name)


@action
def upload(*, kind: str, file: File, by, at: datetime) -> ImportRun:
    """Take a file in. Refused when it is too large, or when there is no table to be read in it."""
    must(by, "imports.run_import")
    if kind not in KINDS:
        raise Refused(_("Choose what the file holds."), field="kind", code="bad_kind")
    if off := not_switched_on(kind):
        raise Refused(_("%(kind)s are kept by the app %(app)s, which is switched off. Switch it on first, at Apps.") % {"kind": KINDS[kind].label, "app": off}, field="kind", code="app_off")
    name = (file.name or "file").replace("\\", "/").rpartition("/")[2].replace("\x00", "")[-200:]
    if file.size > LIMIT:
        raise Refused(
            _("“%(name)s” is larger than %(limit)d MB. Split it, or ask whoever runs this server for `nazorg import %(kind)s`, which knows no limit.")
            % {"name": name, "limit": LIMIT // 2**20, "kind": kind},
            field="file", code="file_too_large",
        )
    run = ImportRun(kind=kind, file_name=name, size=file.size, made_by=by, made_at=at)
    run.file.save(name, file, save=False)
    try:
        path = Path(run.file.path)
        run.sha256 = sha256_of(path)
        with open_table(path, max_bytes=LIMIT_UNPACKED) as table:
            fields = KINDS[kind].fields
            mapped = automatic_map(table.columns, fields)
            guess = _guess(table, mapped, fields)
            run.options = _options(table, mapped, guess["decimal"], guess["days"]) | {"kind_of_file": table.kind, "encoding": table.encoding}
        run.save()
    except Refused as refusal:
        run.file.delete(save=False)
        # It was kept under a name of our own, which says nothing to whoever sent it.
        raise Refused(str(refusal).replace(Path(run.file.name or path).name, f"“{name}”").replace(path.name, f"“{name}”"), field="file", code=refusal.code) from None
    except BaseException:
        run.file.delete(save=False)
        raise
    return run


@action
def choose(*, run: ImportRun, mapped: dict[str, str], decimal: str, days: str, by, at: datetime) -> ImportRun:
    """Say which column is which field and how numbers and days are written; then the file is checked by a job."""
    must(by, "imports.run_import")
    run = ImportRun.objects.select_for_update().get(pk=run.pk)
    checked_map(mapped, run.options["columns"], KINDS[run.kind].fields)
    if decimal not in (",", ".") or days not in ("dmy", "mdy"):
        raise Refused(_("Choose how numbers and dates are written."), field="decimal", code="bad_format")
    if run.units_done:
        raise Refused(_("A part of this file has come in already. Let it go on, or upload the file again."), code="begun")
    ImportRun.STEPS.step(run, State.CHECKING)
    run.options = run.options | {"map": mapped, "decimal": decimal, "days": days}
    run.percent, run.check_result, run.problem = 0, {}, ""
    run.save()
    _enqueue("check", run)
    return run


@action
def start(*, run: ImportRun, by, at: datetime) -> ImportRun:
    """Import the file for good, by a job. Also starts one again that broke off."""
    must(by, "imports.run_import")
    run = ImportRun.objects.select_for_update().get(pk=run.pk)
    ImportRun.STEPS.step(run, State.RUNNING)
    run.percent, run.problem, run.started_at, run.finished_at = 0, "", run.started_at or at, None
    run.save()
    _enqueue("carry_out", run)
    return run


def _enqueue(task: str, run: ImportRun) -> None:
    from . import tasks  # which know this module

    getattr(tasks, task).configure(lock=f"import-{run.pk}").defer(run_id=run.pk)


# Done by jobs -----------------------------------------------------------------------------------------------------------

def check(run: ImportRun) -> None:
    """Try the whole file in a transaction that is taken back, and keep what came of it."""
    if run.state != State.CHECKING:
        return
    outside = _OutsidePercent(run)
    try:
        result = _guarded(run, lambda: load_file(run=run, path=Path(run.file.path), importer=importer_of(run), dry=True, progress=outside))
    finally:
        outside.close()
    if result is not None:
        ImportRun.objects.filter(pk=run.pk, state=State.CHECKING).update(
            state=State.CHECKED, percent=100, check_result=result.as_dict() | {"problems": result.problems},
        )


def carry_out(run: ImportRun) -> None:
    """Import the file, from where it stands."""
    if run.state != State.RUNNING:
        return
    result = _guarded(run, lambda: load_file(run=run, path=Path(run.file.path), importer=importer_of(run), progress=_inside_percent(run)))
    if result is not None:
        finish(run=run, report=result.as_dict(), new=result.imported, at=timezone.now())
        # Of no more use, and full of people's names: what did not come in stands in the refused rows.
        run.file.delete(save=True)


def _guarded(run: ImportRun, work: Callable[[], Result]) -> Result | None:
    """Do it in the language of who asked; what stops it is kept as its sentence."""
    with translation.override(run.made_by.language if run.made_by else settings.LANGUAGE_CODE):
        try:
            return work()
        except ElsewhereRefused:
            return None
        except Refused as refusal:
            break_off(run=run, sentence=str(refusal), at=timezone.now())
            return None
        except Exception:
            break_off(run=run, sentence=_("Something went wrong that should not. What came in stays; the log of the server says more."), at=timezone.now())
            raise


def _inside_percent(run: ImportRun):
    def tell(share: float, _result: Result) -> None:
        ImportRun.objects.filter(pk=run.pk).update(percent=round(100 * share))

    return tell


class _OutsidePercent:
    """Tells how far a dry run is over a connection of its own: what its transaction writes nobody sees."""

    def __init__(self, run: ImportRun):
        self.run, self.connection, self.told = run, None, 0.0

    def __call__(self, share: float, _result: Result) -> None:
        if time.monotonic() - self.told < 0.5:
            return
        self.told = time.monotonic()
        self.connection = self.connection or connection.copy()
        with self.connection.cursor() as cursor:
            cursor.execute("UPDATE imports_importrun SET percent = %s WHERE id = %s", [round(100 * share), self.run.pk])

    def close(self) -> None:
        if self.connection is not None:
            self.connection.close()
