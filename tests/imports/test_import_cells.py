"""What one cell means: codes that Excel made numbers of, figures with either decimal sign, days and moments."""

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nazorg.core.refusals import Refused
from nazorg.imports.cells import as_date, as_decimal, as_moment, as_text

HERE = {"row": 7, "column": "Price"}
LONDON = ZoneInfo("Europe/London")


@pytest.mark.parametrize("cell, text", [
    (22423.0, "22423"), (22423, "22423"), ("22423", "22423"), ("  85123A ", "85123A"), (None, ""), ("   ", ""),
    (2.5, "2.5"), (True, "TRUE"), (dt.datetime(2011, 5, 31, 8, 3), "2011-05-31 08:03:00"), ("two\nlines", "two\nlines"),
])
def test_text(cell, text):
    assert as_text(cell, **HERE) == text


@pytest.mark.parametrize("cell, options, code", [
    ("", {"required": True}, "missing"), (None, {"required": True}, "missing"), ("abcdef", {"max_length": 5}, "too_long"),
    ("a\x00b", {}, "control_character"), ("a\x1bb", {}, "control_character"), ("x" * 40_000, {}, "too_long"),
])
def test_text_that_is_refused(cell, options, code):
    with pytest.raises(Refused) as refused:
        as_text(cell, **HERE, **options)
    assert refused.value.code == code
    assert str(refused.value).startswith("Row 7, column “Price”:")
    assert refused.value.field == "Price"


@pytest.mark.parametrize("cell, sign, number", [
    ("1,234.50", ".", "1234.50"), ("1.234,50", ",", "1234.50"), ("1234.5", ".", "1234.5"), ("-6", ".", "-6"),
    ("1 234 567,8", ",", "1234567.8"), ("1\u00a0234,5", ",", "1234.5"), ("1'234.5", ".", "1234.5"), (".5", ".", "0.5"),
    ("\N{MINUS SIGN}3", ".", "-3"), (2.55, ".", "2.55"), (1e-05, ".", "0.00001"), (12, ",", "12"), (Decimal("1.10"), ",", "1.10"),
    ("  7 ", ".", "7"), ("", ".", None), (None, ".", None),
])
def test_decimal(cell, sign, number):
    assert as_decimal(cell, **HERE, decimal_sign=sign) == (None if number is None else Decimal(number))


@pytest.mark.parametrize("cell, sign", [
    ("1,5", "."), ("1.5", ","), ("1.234,50", "."), ("12,34,567", "."), ("1,234 567", "."), ("abc", "."), ("NaN", "."),
    ("1e5", "."), ("5.", "."), ("--5", "."), ("٣", "."), (True, "."), (float("nan"), "."), (float("inf"), "."),
    ("9" * 16, "."), (1e300, "."), ("1234567,", ","), (dt.date(2011, 1, 1), "."),
])
def test_decimal_that_is_refused(cell, sign):
    with pytest.raises(Refused, match="Row 7, column “Price”:"):
        as_decimal(cell, **HERE, decimal_sign=sign)


@given(st.decimals(-10**12, 10**12, places=4))
def test_every_figure_comes_back_whichever_way_it_is_written(number):
    english = f"{number:,.4f}"
    dutch = english.translate(str.maketrans(",.", ".,"))
    assert as_decimal(english, **HERE) == as_decimal(dutch, **HERE, decimal_sign=",") == number


@pytest.mark.parametrize("cell, order, day", [
    ("2011-05-31", "dmy", (2011, 5, 31)), ("31/05/2011", "dmy", (2011, 5, 31)), ("5/31/2011", "mdy", (2011, 5, 31)),
    ("31.5.2011", "dmy", (2011, 5, 31)), ("2011-05-31 00:00:00", "dmy", (2011, 5, 31)),
    (dt.datetime(2011, 5, 31, 8, 3), "dmy", (2011, 5, 31)), (dt.date(2011, 5, 31), "dmy", (2011, 5, 31)),
])
def test_date(cell, order, day):
    assert as_date(cell, **HERE, order=order) == dt.date(*day)


@pytest.mark.parametrize("cell", ["31/02/2011", "5/31/2011", "31/5/11", "soon", 40694, "2011-05-31 14:00", "0000-01-01"])
def test_date_that_is_refused(cell):
    with pytest.raises(Refused, match="is not a date"):
        as_date(cell, **HERE)


@pytest.mark.parametrize("cell, moment", [
    ("2011-05-31 08:03:00", dt.datetime(2011, 5, 31, 8, 3, tzinfo=LONDON)),
    ("2011-05-31T08:03", dt.datetime(2011, 5, 31, 8, 3, tzinfo=LONDON)),
    ("31/05/2011 8:03", dt.datetime(2011, 5, 31, 8, 3, tzinfo=LONDON)),
    ("2011-05-31", dt.datetime(2011, 5, 31, tzinfo=LONDON)),
    ("2011-05-31T07:03:00Z", dt.datetime(2011, 5, 31, 7, 3, tzinfo=dt.UTC)),
    ("2011-05-31 09:03:00.25+02:00", dt.datetime(2011, 5, 31, 7, 3, 0, 250000, tzinfo=dt.UTC)),
    (dt.datetime(2011, 5, 31, 8, 3), dt.datetime(2011, 5, 31, 8, 3, tzinfo=LONDON)),
])
def test_moment(cell, moment):
    assert as_moment(cell, **HERE, timezone="Europe/London") == moment


@pytest.mark.parametrize("cell", ["2011-05-31 25:00", "2011-13-01 08:00", "08:00", 40694.5, "2011-05-31 08:00 +99:99", "x y"])
def test_moment_that_is_refused(cell):
    with pytest.raises(Refused, match="is not a date with its time"):
        as_moment(cell, **HERE, timezone="Europe/London")
