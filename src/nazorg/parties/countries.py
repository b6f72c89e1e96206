"""The countries of the world in the reader's language, those nearby first."""

from __future__ import annotations

from functools import cache

from babel import Locale
from babel.core import get_global

from nazorg.core import formats

NEARBY = ("BE", "NL", "FR", "DE", "LU")


@cache
def codes() -> frozenset[str]:
    """The ISO 3166-1 alpha-2 codes of countries that have a currency of theirs in use."""
    return frozenset(code for code in get_global("territory_currencies") if len(code) == 2 and code.isalpha() and code not in ("EU", "ZZ", "QO"))


def name(code: str) -> str:
    return formats.locale().territories.get(code, code)


def choices() -> list[tuple[str, str]]:
    """For a select: nothing, the countries nearby, then all by name."""
    return [("", "–"), *_choices(str(formats.locale()))]


@cache
def _choices(locale: str) -> list[tuple[str, str]]:
    names = Locale.parse(locale).territories
    rest = sorted((code for code in codes() if code not in NEARBY), key=lambda code: names.get(code, code))
    return [(code, names.get(code, code)) for code in (*NEARBY, *rest)]
