"""What one kind of import is: its fields, how rows become records, and what was there before.

A kind is a class in `kinds/`, derived from `Importer`: it names its `fields` and its `key`, and its `load` makes one record
of a row (or of all rows of one document) through the apps' actions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from nazorg.core.refusals import Refused

from .cells import as_text
from .fields import Field, Format
from .tables import EXTRA, Table


@dataclass(slots=True)
class Unit:
    """The rows that make one record: one, or all of a document's. Cells are raw."""

    key: str
    """The record's number in the other system, "" when its cell is empty or cannot be read."""
    rows: list[tuple[int, dict]] = field(default_factory=list)


class Importer:
    """One kind of import."""

    do_not_call_in_templates = True
    app: str | None = None
    """The app that must be switched on for it; without one it is always there."""
    kind: str
    label: str
    help: str = ""
    fields: tuple[Field, ...]
    key: str
    """The field with the other system's number, by which a record comes in once."""
    groups = False
    """Whether rows with the same key make one record together."""
    head: tuple[str, ...] = ()
    """When it groups: the fields that belong to the whole document. Its first row that fills one says it; another value is refused."""

    def __init__(self, *, mapped: dict[str, str], form: Format, by, at: datetime):
        self.mapped, self.form, self.by, self.at = mapped, form, by, at
        by_name = {f.name: f for f in self.fields}
        self._columns = [(column, by_name[name]) for column, name in mapped.items()]
        self._key_column = next((column for column, name in mapped.items() if name == self.key), None)

    def there(self, references: list[str]) -> dict[str, int]:
        """Which of these numbers the house knows already, however they came in: `{reference: record id}`."""
        raise NotImplementedError

    def load(self, rows: list[dict]) -> int:
        """Make the record of these rows (their values by field) and give its id. Refused when a rule says no."""
        raise NotImplementedError

    def units(self, table: Table) -> Iterator[Unit]:
        """The table's rows, record by record. A document's rows may stand apart: each is given when its last row has come."""
        if not self.groups:
            for number, cells in table:
                yield Unit(self._key_of(cells), [(number, cells)])
            return
        waiting: dict[str, Unit] = {}
        rows_of = Counter(self._key_of(cells) for _number, cells in table)
        for number, cells in table:
            key = self._key_of(cells)
            if not key:
                yield Unit("", [(number, cells)])
                continue
            unit = waiting.setdefault(key, Unit(key))
            unit.rows.append((number, cells))
            if len(unit.rows) == rows_of[key]:
                yield waiting.pop(key)

    def _key_of(self, cells: dict) -> str:
        try:
            return as_text(cells.get(self._key_column), row=0, column="", max_length=200)
        except Refused:
            return ""

    def read(self, unit: Unit) -> list[dict]:
        """The values of a unit's rows, by field; what no column gives is "" for a text and None for the rest."""
        found = [self._read_row(number, cells) for number, cells in unit.rows]
        for name in self.head if len(found) > 1 else ():
            self._agree(name, found, unit)
        return found

    def _read_row(self, number: int, cells: dict) -> dict:
        if EXTRA in cells:
            raise Refused(
                _("Row %(row)d has more cells than the header has columns. Is a cell with a separator in it not quoted?") % {"row": number},
                code="too_many_cells",
            )
        values = {f.name: "" if f.kind == "text" else None for f in self.fields}
        for column, f in self._columns:
            values[f.name] = f.read(cells.get(column), row=number, column=column, form=self.form)
        return values

    def _agree(self, name: str, found: list[dict], unit: Unit) -> None:
        first = None
        for values, (number, _cells) in zip(found, unit.rows, strict=True):
            value = values[name]
            if value in ("", None):
                continue
            if first is None:
                first = value
            elif value != first:
                label = next(f.label for f in self.fields if f.name == name)
                raise Refused(
                    _("Row %(row)d says “%(value)s” for “%(field)s”, an earlier row of %(key)s says “%(first)s”. Make them alike.")
                    % {"row": number, "value": value, "field": label, "key": unit.key, "first": first},
                    code="rows_differ",
                )
        if first is not None:
            found[0][name] = first


def first_of(choices: Iterable, sentence: str, *, field: str | None = None):
    """The one record among `choices`; Refused with the sentence when there is none or more than one."""
    found = list(choices[:2])
    if len(found) != 1:
        raise Refused(sentence, field=field, code="not_found" if not found else "not_one")
    return found[0]
