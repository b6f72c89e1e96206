"""Loading a file: record by record, each good one kept, each bad one set aside with its sentence, in chunks that stay.

A chunk is one transaction, in which the run also notes how far it is. So a process that is killed loses at most the chunk
it was in, and the next one goes on behind the last that was kept. A dry run is the same inside one transaction that is
taken back.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from nazorg.core.refusals import NotAllowed, Refused

from .importer import Importer, Unit
from .models import ImportedRecord, ImportRun, RefusedRow
from .tables import EXTRA, open_table

CHUNK = 100
"""Records in one transaction."""
FIRST_PROBLEMS = 50


class ElsewhereRefused(Refused):
    """Another process runs this import already; its figures are not ours to touch."""


@dataclass(slots=True)
class Result:
    """What came of a file, in rows; `records` counts what the rows made."""

    rows: int = 0
    imported: int = 0
    there: int = 0
    refused: int = 0
    records: int = 0
    problems: list[dict] = field(default_factory=list)
    """The first refused rows: `{"row", "sentence"}`."""

    def as_dict(self) -> dict:
        return {name: getattr(self, name) for name in ("rows", "imported", "there", "refused", "records")}


class _TakeBack(Exception):
    """Ends a dry run."""


def load_file(
    *, run: ImportRun, path: Path, importer: Importer, dry: bool = False, progress: Callable[[float, Result], None] = lambda _share, _result: None,
    on_row: Callable[[int, str, str], None] = lambda _row, _outcome, _sentence: None, at_end: Callable[[], None] = lambda: None,
) -> Result:
    """Load the whole file. `on_row` is told each row's number, outcome (imported, there, refused) and sentence.

    `at_end` is called when all rows are through, in a dry run before it is taken back: then the refused rows can be read.
    """
    result = Result(**run.counts) if run.counts and not dry else Result()
    with open_table(path) as table:
        work = _Work(run, importer, result, dry, on_row, table.columns)
        try:
            with transaction.atomic() if dry else nullcontext():
                if run._state.adding:
                    run.save()
                for chunk in _chunks(work.behind(importer.units(table), 0 if dry else run.units_done)):
                    work.take(chunk)
                    progress(table.progress(), result)
                at_end()
                if dry:
                    raise _TakeBack
        except _TakeBack:
            pass
    return result


def _chunks(units: Iterator[Unit]) -> Iterator[list[Unit]]:
    while chunk := list(islice(units, CHUNK)):
        yield chunk


class _Work:
    """One pass over a file."""

    def __init__(self, run, importer, result, dry, on_row, columns):
        self.run, self.importer, self.result, self.dry, self.columns = run, importer, result, dry, columns
        self.on_row = on_row
        self.keys: set[str] = set()
        """The numbers met in this file."""

    def behind(self, units: Iterable[Unit], skip: int) -> Iterator[Unit]:
        """The units behind the first `skip`, which an earlier process has dealt with."""
        units = iter(units)
        for unit in islice(units, skip):
            self.keys.add(unit.key)
            for number, _cells in unit.rows:
                self.on_row(number, "there", "")
        return units

    def take(self, chunk: list[Unit]) -> None:
        """All of the chunk, in one transaction."""
        before = self.result.as_dict()
        problems = len(self.result.problems)
        told: list[tuple[int, str, str]] = []
        try:
            with transaction.atomic():
                if not self.dry:
                    self._claim()
                self._load(chunk, told)
                if not self.dry:
                    self.run.units_done += len(chunk)
                    self.run.counts = self.result.as_dict()
                    self.run.save(update_fields=["units_done", "counts"])
        except BaseException:
            for name, value in before.items():
                setattr(self.result, name, value)
            del self.result.problems[problems:]
            raise
        for one in told:
            self.on_row(*one)

    def _claim(self) -> None:
        """Hold the run for this chunk; whoever finds that somebody else went on meanwhile leaves it to them."""
        now = ImportRun.objects.select_for_update().filter(pk=self.run.pk).values_list("units_done", flat=True).first()
        if now != self.run.units_done:
            raise ElsewhereRefused(_("This file is being imported by another process. Wait until that is done."), code="running")

    def _load(self, chunk: list[Unit], told: list) -> None:
        references = [unit.key for unit in chunk if unit.key]
        known = dict(ImportedRecord.objects.filter(kind=self.importer.kind, reference__in=references).values_list("reference", "record_id"))
        known = {**self.importer.there(references), **known}
        for unit in chunk:
            self.result.rows += len(unit.rows)
            if unit.key and unit.key in self.keys:
                self._refuse(unit, _("An earlier row of this file has the number %s as well. Each record has one row.") % unit.key, told)
                continue
            self.keys.add(unit.key)
            if unit.key in known:
                self.result.there += len(unit.rows)
                told += [(number, "there", "") for number, _cells in unit.rows]
                continue
            try:
                with transaction.atomic():
                    record_id = self._load_one(unit)
            except (Refused, NotAllowed, ValidationError, IntegrityError, DataError) as problem:
                self._refuse(unit, _sentence(problem), told)
                continue
            known[unit.key] = record_id
            self.result.imported += len(unit.rows)
            self.result.records += 1
            told += [(number, "imported", "") for number, _cells in unit.rows]

    def _load_one(self, unit: Unit) -> int:
        values = self.importer.read(unit)
        if not unit.key:
            raise Refused(_("This row has no number of the other system, by which it would be known again."), code="no_reference")
        record_id = self.importer.load(values)
        ImportedRecord.objects.create(kind=self.importer.kind, reference=unit.key, record_id=record_id, run=self.run)
        # What the database checks at the end of a transaction it checks now, so that one bad record falls alone.
        connection.check_constraints()
        return record_id

    def _refuse(self, unit: Unit, sentence: str, told: list) -> None:
        self.result.refused += len(unit.rows)
        for number, _cells in unit.rows:
            told.append((number, "refused", sentence))
            if len(self.result.problems) < FIRST_PROBLEMS:
                self.result.problems.append({"row": number, "sentence": sentence})
        RefusedRow.objects.bulk_create(
            [RefusedRow(run=self.run, row=number, sentence=sentence, cells=self._as_it_was(cells)) for number, cells in unit.rows]
        )

    def _as_it_was(self, cells: dict) -> dict[str, str]:
        """The cells as text that this same import reads back to the same values."""
        kept = {column: raw_text(cells.get(column), decimal=self.importer.form.decimal) for column in self.columns}
        if EXTRA in cells:
            kept[EXTRA] = [raw_text(cell, decimal=self.importer.form.decimal) for cell in cells[EXTRA]]
        return json.loads(json.dumps(kept).replace("\\u0000", "\\ufffd"))


def raw_text(cell, *, decimal: str) -> str:
    """A cell as the error file shows it; a number of a workbook with the decimal sign of the import."""
    match cell:
        case None:
            return ""
        case bool():
            return "TRUE" if cell else "FALSE"
        case float():
            text = str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
            return text.replace(".", decimal)
        case datetime():
            return cell.isoformat(sep=" ")
        case date():
            return cell.isoformat()
    return str(cell)


def _sentence(problem: Exception) -> str:
    if isinstance(problem, Refused | NotAllowed):
        return str(problem.sentence)
    if isinstance(problem, ValidationError):
        return " ".join(problem.messages)
    # A guard of the database that no action explains: its name is a sentence of its own.
    name = getattr(getattr(problem.__cause__, "diag", None), "constraint_name", None)
    said = name.replace("_", " ") if name else str(problem).splitlines()[0]
    return _("The database keeps this out: %s.") % said
