"""The countries as the shop wrote them, as ISO 3166-1 alpha-2."""

from __future__ import annotations

from functools import cache

from babel import Locale

_AS_THE_SHOP_SAYS = {"EIRE": "IE", "RSA": "ZA", "USA": "US", "Czech Republic": "CZ", "Hong Kong": "HK", "Korea": "KR", "Macedonia": "MK"}


@cache
def _by_name() -> dict[str, str]:
    names = {name.casefold(): code for code, name in Locale("en").territories.items() if len(code) == 2 and code.isalpha()}
    return names | {name.casefold(): code for name, code in _AS_THE_SHOP_SAYS.items()}


def country_code(name: str) -> str:
    """Its two letters; "" for what is no country, such as “European Community”, “Channel Islands” and “Unspecified”."""
    return _by_name().get(name.strip().casefold(), "")
