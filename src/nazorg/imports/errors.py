"""The error file: the rows that did not come in, as they were, each with its sentence, ready to be mended and imported again."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from django.utils.translation import gettext as _

from .models import ImportRun
from .tables import EXTRA


class _Echo:
    """A file that hands back what is written."""

    def write(self, text: str) -> str:
        return text


def error_lines(run: ImportRun) -> Iterator[str]:
    """The lines of the .csv, the one that makes spreadsheets read UTF-8 first."""
    writer = csv.writer(_Echo(), delimiter=run.options.get("delimiter") or ",")
    columns: list[str] | None = None
    for refused in run.refused_rows.order_by("row").iterator(chunk_size=500):
        if columns is None:
            columns = [column for column in run.options.get("columns") or refused.cells if column != EXTRA]
            problem = _problem_column(columns)
            yield "\ufeff" + writer.writerow([*columns, problem])
        yield writer.writerow([*(refused.cells.get(column, "") for column in columns), refused.sentence, *refused.cells.get(EXTRA, [])])


def _problem_column(columns: list[str]) -> str:
    """A heading that the file does not have yet, since a mended error file may fail once more."""
    name, number = _("What is wrong"), 2
    while name in columns:
        name, number = f"{_('What is wrong')} {number}", number + 1
    return name
