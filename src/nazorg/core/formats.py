"""Amounts, quantities and dates as the reader writes them: Dutch as in Belgium, English as in Britain."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from functools import cache

from babel import Locale
from babel.dates import format_date, format_datetime, format_timedelta
from babel.numbers import format_currency, format_decimal, format_percent
from django.utils import timezone, translation

LOCALES = {"nl": "nl_BE", "en": "en_GB", "fr": "fr_BE"}
"""The reader's language decides the locale; a language that is not named here speaks its own default."""
LETTER_BEFORE_DIGIT = re.compile(r"([A-Za-z])(\d)")


@cache
def _parsed(name: str) -> Locale:
    return Locale.parse(name, sep="_")


def locale(language: str | None = None) -> Locale:
    """The locale of a language, by default of the one in force."""
    language = (language or translation.get_language() or "en").split("-")[0]
    return _parsed(LOCALES.get(language, language))


def amount(value: Decimal | int | str | None, currency: str) -> str:
    """`€ 1.234,50` in Dutch, `€1,234.50` in English; a minus stands before the sign. None is an empty string."""
    if value is None or value == "":
        return ""
    value = Decimal(value)
    text = format_currency(abs(value), currency, locale=locale())
    text = LETTER_BEFORE_DIGIT.sub("\\1\xa0\\2", text)  # CHF 49.00: babel leaves out the space that CLDR asks for
    return f"−{text}" if value < 0 else text


def quantity(value: Decimal | int | str | None) -> str:
    """A number without the zeros that say nothing: 3, 2,5, 1.250."""
    if value is None or value == "":
        return ""
    return format_decimal(Decimal(value), format="#,##0.######", locale=locale())


def percent(value: Decimal | int | str | None) -> str:
    """A rate that is written in percents already: 21 → 21%, 5.5 → 5,5%."""
    if value is None or value == "":
        return ""
    return format_percent(Decimal(value) / 100, format=None, locale=locale(), decimal_quantization=False)


def _local(value: dt.date | dt.datetime) -> dt.date | dt.datetime:
    return timezone.localtime(value) if isinstance(value, dt.datetime) and timezone.is_aware(value) else value


def day(value: dt.date | dt.datetime | None) -> str:
    """`9 Nov 2026`; a moment is told by its day here."""
    if not value:
        return ""
    value = _local(value)
    return format_date(value.date() if isinstance(value, dt.datetime) else value, format="d MMM y", locale=locale())


def moment(value: dt.datetime | None) -> str:
    """`9 Nov 2026, 14:30`, in the installation's time zone."""
    if not value:
        return ""
    return f"{day(value)}, {clock(value)}"


def clock(value: dt.datetime) -> str:
    """`14:30`."""
    return format_datetime(_local(value), format="HH:mm", tzinfo=None, locale=locale())


def long_moment(value: dt.datetime | dt.date) -> str:
    """The whole of it, for a tooltip: `Monday 9 November 2026, 14:30`."""
    text = format_date(_local(value), format="EEEE d MMMM y", locale=locale())
    return f"{text}, {clock(value)}" if isinstance(value, dt.datetime) else text


def ago(value: dt.datetime, now: dt.datetime | None = None) -> str:
    """`3 minutes ago`, `in 2 hours`."""
    return format_timedelta(value - (now or timezone.now()), add_direction=True, locale=locale(), threshold=1.1)
