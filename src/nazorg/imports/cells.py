"""What one cell of an imported table means: text, a number, a day, a moment. A cell that cannot be read is refused with its place.

A cell comes from a text file as `str`, from Excel as `str`, `int`, `float`, `bool`, `date` or `datetime`, or is None when
it is empty. Every converter takes the cell, `row` (as the spreadsheet counts, the header being row 1) and `column`, and
answers None for an empty cell unless `required`.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from functools import cache
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from nazorg.core.refusals import Refused

MAX_TEXT = 32_767
"""The longest text that a cell of Excel holds; whoever needs less passes `max_length`."""

# Tab, line feed and carriage return are text; the other control characters are not, and PostgreSQL takes no NUL at all.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SPACES_IN_NUMBERS = "\u0020\u00a0\u2009\u202f'\u2019"
_MAX_WHOLE_DIGITS = 15


def refuse(sentence: str, *, row: int, column: str, code: str) -> Refused:
    """The refusal of one cell: its place first, then what is wrong with it."""
    where = _("Row %(row)d, column “%(column)s”:") % {"row": row, "column": column}
    return Refused(f"{where} {sentence}", field=column, code=code, row=row, column=column)


def _shown(value) -> str:
    """The cell as the sentence quotes it: short, and with nothing that a terminal would obey."""
    text = _CONTROL.sub("\N{REPLACEMENT CHARACTER}", str(value)).strip()
    return text if len(text) <= 40 else text[:39] + "…"


def _is_empty(value) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _missing(row: int, column: str) -> Refused:
    return refuse(_("the cell is empty, and it is needed."), row=row, column=column, code="missing")


def as_text(value, *, row: int, column: str, required: bool = False, max_length: int = MAX_TEXT) -> str:
    """The cell as text without blanks at its ends; a number that Excel made of a code is the code again (22423.0 → "22423").

    An empty cell is "" here, since text has no other nothing.
    """
    if value is None:
        text = ""
    elif isinstance(value, str):
        text = value.strip()
    elif isinstance(value, bool):
        text = "TRUE" if value else "FALSE"
    elif isinstance(value, float):
        text = str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    elif isinstance(value, dt.datetime):
        text = value.isoformat(sep=" ")
    else:
        text = str(value)
    if required and not text:
        raise _missing(row, column)
    if len(text) > max_length:
        raise refuse(
            _("“%(text)s” has %(length)d characters; %(limit)d is the most.")
            % {"text": _shown(text), "length": len(text), "limit": max_length},
            row=row, column=column, code="too_long",
        )
    if _CONTROL.search(text):
        raise refuse(
            _("“%(text)s” holds a control character, which is no text.") % {"text": _shown(text)},
            row=row, column=column, code="control_character",
        )
    return text


@cache
def _number_shape(decimal_sign: str) -> re.Pattern:
    group = re.escape("," if decimal_sign == "." else ".") + _SPACES_IN_NUMBERS
    # The back reference asks for one grouping sign throughout: 1.234 567 is a typing error, not a number.
    return re.compile(
        rf"([+-]?)([0-9]{{1,3}}([{group}])[0-9]{{3}}(?:\3[0-9]{{3}})*|[0-9]+)?(?:{re.escape(decimal_sign)}([0-9]+))?"
    )


def as_decimal(
    value, *, row: int, column: str, decimal_sign: str = ".", required: bool = False
) -> Decimal | None:
    """The cell as an exact number. In text, `decimal_sign` ("." or ",") is the sign before the decimals.

    The other sign, a blank or an apostrophe may part the thousands, in groups of three only: with a decimal point
    "1,5" is refused instead of read as fifteen.
    """
    if decimal_sign not in (".", ","):
        raise ValueError("the decimal sign is a point or a comma")
    if _is_empty(value):
        if required:
            raise _missing(row, column)
        return None
    number = None
    if isinstance(value, Decimal):
        number = value
    elif isinstance(value, int | float) and not isinstance(value, bool):
        # repr gives the shortest digits that mean this float, which are the ones that Excel shows: 2.55, not 2.54999….
        number = Decimal(repr(value))
    elif isinstance(value, str):
        found = _number_shape(decimal_sign).fullmatch(value.strip().replace("\N{MINUS SIGN}", "-"))
        if found:
            sign, whole, _group, fraction = found.groups()
            if whole or fraction:
                digits = "".join(filter(str.isdigit, whole or "0"))
                number = Decimal(f"{sign}{digits}.{fraction}" if fraction else f"{sign}{digits}")
    if number is None or not number.is_finite():
        raise refuse(
            _("“%(text)s” is not a number. Write it with the decimal sign “%(sign)s”, such as %(example)s.")
            % {"text": _shown(value), "sign": decimal_sign, "example": f"1234{decimal_sign}50"},
            row=row, column=column, code="not_a_number",
        )
    if number.adjusted() >= _MAX_WHOLE_DIGITS:
        raise refuse(
            _("%(text)s is larger than any figure that can be kept.") % {"text": _shown(value)},
            row=row, column=column, code="too_large",
        )
    return number


_ISO_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_LOCAL_DATE = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6})\d*)?)?\s*(Z|[+-]\d{2}:?\d{2})?")


def _date_in(text: str, order: str) -> dt.date | None:
    try:
        if found := _ISO_DATE.fullmatch(text):
            return dt.date(*map(int, found.groups()))
        if found := _LOCAL_DATE.fullmatch(text):
            first, second, year = map(int, found.groups())
            return dt.date(year, second, first) if order == "dmy" else dt.date(year, first, second)
    except ValueError:
        pass
    return None


def _check_order(order: str) -> None:
    if order not in ("dmy", "mdy"):
        raise ValueError("the order of a date is dmy or mdy")


def as_date(value, *, row: int, column: str, order: str = "dmy", required: bool = False) -> dt.date | None:
    """The cell as a day: Excel's own date, 2011-05-31, or 31/05/2011 (05/31/2011 with `order="mdy"`)."""
    _check_order(order)
    if _is_empty(value):
        if required:
            raise _missing(row, column)
        return None
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    day = None
    if isinstance(value, str):
        # Exports often write a day as its midnight; an hour other than that is not dropped in silence.
        text, _blank, clock = value.strip().replace("T", " ").partition(" ")
        if not clock.strip("0:.Z "):
            day = _date_in(text, order)
    if day is None:
        raise refuse(
            _("“%(text)s” is not a date. Write it like 2011-05-31, or give the cell a date format.")
            % {"text": _shown(value)},
            row=row, column=column, code="not_a_date",
        )
    return day


def as_moment(
    value, *, row: int, column: str, timezone: str | dt.tzinfo, order: str = "dmy", required: bool = False
) -> dt.datetime | None:
    """The cell as a moment with its time zone: one without an offset is local to `timezone`.

    A day without an hour is its midnight. When clocks go back an hour occurs twice; the first is meant.
    """
    _check_order(order)
    if _is_empty(value):
        if required:
            raise _missing(row, column)
        return None
    zone = ZoneInfo(timezone) if isinstance(timezone, str) else timezone
    moment = None
    if isinstance(value, dt.datetime):
        moment = value
    elif isinstance(value, dt.date):
        moment = dt.datetime.combine(value, dt.time())
    elif isinstance(value, str):
        text, _blank, clock = value.strip().replace("T", " ", 1).partition(" ")
        day = _date_in(text, order)
        time = _TIME.fullmatch(clock.strip() or "00:00")
        if day and time:
            hour, minute, second, fraction, offset = time.groups()
            try:
                moment = dt.datetime.combine(
                    day, dt.time(int(hour), int(minute), int(second or 0), int((fraction or "0").ljust(6, "0")))
                )
                if offset:
                    zone_of_cell = dt.UTC if offset == "Z" else dt.datetime.strptime(offset, "%z").tzinfo
                    moment = moment.replace(tzinfo=zone_of_cell)
            except ValueError:
                moment = None
    if moment is None:
        raise refuse(
            _("“%(text)s” is not a date with its time. Write it like 2011-05-31 14:05, or give the cell a date format.")
            % {"text": _shown(value)},
            row=row, column=column, code="not_a_moment",
        )
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)
