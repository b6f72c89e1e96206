"""The fields of an import: what a column may mean, how its cell is read, and which columns are recognised by their name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from nazorg.core.refusals import Refused

from .cells import as_date, as_decimal, as_moment, as_text, refuse

YES = {"1", "yes", "y", "true", "x", "ja", "j", "waar", "wahr", "oui"}
NO = {"0", "no", "n", "false", "nee", "onwaar", "falsch", "nein", "non"}


@dataclass(frozen=True, slots=True)
class Format:
    """How this file writes numbers and dates, and in which time zone it lives."""

    decimal: str = "."
    days: str = "dmy"
    timezone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Field:
    """Something that a column can hold.

    `kind` is text, number, day, moment, yes_no or choice; `choices` maps the spellings that occur to the value that is kept.
    `synonyms` are further names of the column, in English and Dutch, compared without case, blanks and accents.
    """

    name: str
    label: str
    help: str = ""
    kind: str = "text"
    required: bool = False
    synonyms: tuple[str, ...] = ()
    choices: dict[str, object] | None = None
    max_length: int = 1000

    def read(self, cell, *, row: int, column: str, form: Format):
        """The cell's value; text is "" and everything else None when it is empty. Refused with its place when it cannot be read."""
        place = {"row": row, "column": column, "required": self.required}
        match self.kind:
            case "number":
                return as_decimal(cell, **place, decimal_sign=form.decimal)
            case "day":
                return as_date(cell, **place, order=form.days)
            case "moment":
                return as_moment(cell, **place, timezone=form.timezone, order=form.days)
        text = as_text(cell, **place, max_length=self.max_length)
        if self.kind == "text" or not text:
            return text if self.kind == "text" else None
        known = {**dict.fromkeys(YES, True), **dict.fromkeys(NO, False)} if self.kind == "yes_no" else self.choices
        value = known.get(text.casefold())
        if value is None:
            raise refuse(
                _("“%(text)s” is not known here. Use one of: %(choices)s.") % {"text": text[:40], "choices": ", ".join(list(known)[:12])},
                row=row, column=column, code="bad_choice",
            )
        return value


def plain_name(name: str) -> str:
    """A column's name as it is compared: “E-mail adres” and “email_adres” are one."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    return re.sub(r"[^a-z0-9]", "", letters)


def automatic_map(columns: Sequence[str], fields: Sequence[Field]) -> dict[str, str]:
    """The columns that are recognised: `{column: field}`. Each field takes one column, its own name before a synonym."""
    found: dict[str, str] = {}
    by_name = {plain_name(column): column for column in reversed(columns)}
    taken: set[str] = set()
    for names in (lambda f: (f.name,), lambda f: (str(f.label), *f.synonyms)):
        for field in fields:
            if field.name in found.values():
                continue
            for name in names(field):
                column = by_name.get(plain_name(name))
                if column is not None and column not in taken:
                    found[column] = field.name
                    taken.add(column)
                    break
    return {column: found[column] for column in columns if column in found}


def checked_map(given: dict[str, str], columns: Sequence[str], fields: Sequence[Field]) -> dict[str, str]:
    """The map if it fits: each column is there, each field is known and named once, and what is required is named."""
    known = {field.name: field for field in fields}
    for column, name in given.items():
        if column not in columns:
            raise Refused(_("The file has no column “%(column)s”. It has: %(all)s.") % {"column": column, "all": ", ".join(columns)}, field="map", code="no_column")
        if name not in known:
            raise Refused(_("“%(name)s” is not a field here. The fields: %(all)s.") % {"name": name, "all": ", ".join(known)}, field="map", code="no_field")
    names = list(given.values())
    if double := next((name for name in names if names.count(name) > 1), None):
        columns_of_it = ", ".join(f"“{column}”" for column, name in given.items() if name == double)
        raise Refused(_("%(columns)s are both mapped to “%(field)s”. Choose one.") % {"columns": columns_of_it, "field": known[double].label}, field="map", code="double_field")
    if missing := [field for field in fields if field.required and field.name not in names]:
        raise Refused(
            _("No column gives: %s. Say which one does.") % ", ".join(str(field.label) for field in missing),
            field="map", code="missing_field", fields=[field.name for field in missing],
        )
    return given


_POINT = re.compile(r"[+-]?\d{1,3}(,\d{3})+\.\d+|[+-]?\d*\.(\d{1,2}|\d{4,})")
_COMMA = re.compile(r"[+-]?\d{1,3}(\.\d{3})+,\d+|[+-]?\d*,(\d{1,2}|\d{4,})")
_DAY = re.compile(r"\s*(\d{1,2})[/.-](\d{1,2})[/.-]\d{4}\b")


def detected(rows: Sequence[dict], mapped: dict[str, str], fields: Sequence[Field], *, delimiter: str | None) -> dict[str, str]:
    """How the file seems to write numbers and days, from its first rows: `{"decimal": …, "days": …}`.

    Only a guess: a cell that does not fit is refused later, never read as something else in silence.
    """
    kinds = {column: next(f.kind for f in fields if f.name == name) for column, name in mapped.items()}
    point = comma = 0
    month_first = False
    for cells in rows:
        for column, kind in kinds.items():
            cell = cells.get(column)
            if not isinstance(cell, str):
                continue
            if kind == "number":
                point += bool(_POINT.fullmatch(cell.strip()))
                comma += bool(_COMMA.fullmatch(cell.strip()))
            elif kind in ("day", "moment") and (day := _DAY.match(cell)):
                month_first = month_first or int(day[2]) > 12
    if comma == point:  # none in sight: a spreadsheet that writes semicolons lives where the comma stands before the cents
        comma += delimiter == ";"
    decimal = "," if comma > point else "."
    return {"decimal": decimal, "days": "mdy" if month_first else "dmy"}
