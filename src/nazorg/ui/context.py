"""What every template may ask about the house: `house.menu`, `house.theme`, `house.layout`, …, each worked out when first asked."""

from __future__ import annotations

from functools import cached_property
from importlib.metadata import PackageNotFoundError, version

from django.conf import settings
from django.utils.translation import get_language, get_language_info

THEMES = ("auto", "light", "dark")
RAILS = ("auto", "wide", "narrow")


class House:
    """The shell's facts for one request."""

    def __init__(self, request):
        self.request = request

    @cached_property
    def menu(self) -> list[dict]:
        """The sections that this reader may see: `[{label, icon, url, active, items: [{label, url, active, section}]}]`."""
        from nazorg.suite.queries import menu_for

        return menu_for(self.request)

    @cached_property
    def here(self) -> dict | None:
        """The menu's section that this page is in."""
        return next((section for section in self.menu if section.get("active")), None)

    @cached_property
    def theme(self) -> str:
        """`auto`, `light` or `dark`: read from a cookie on the server, so that the first paint is right."""
        return self._choice("theme", THEMES)

    @cached_property
    def rail(self) -> str:
        return self._choice("rail", RAILS)

    def _choice(self, cookie: str, known: tuple[str, ...]) -> str:
        chosen = self.request.COOKIES.get(cookie, "")
        return chosen if chosen in known else known[0]

    @cached_property
    def languages(self) -> list[dict]:
        """The languages of the interface, each by its own name."""
        return [{"code": code, "name": get_language_info(code)["name_local"].capitalize(), "active": code == get_language()}
                for code, _name in settings.LANGUAGES]

    @cached_property
    def in_sheet(self) -> bool:
        """Whether htmx asked for a piece of this page: the sheet, the sheet again with its errors, or its outcome alone."""
        asked = self.request.headers
        return asked.get("HX-Request") == "true" and "HX-Boosted" not in asked and "HX-History-Restore-Request" not in asked

    @property
    def layout(self) -> str:
        """What a sheet's template extends: the bare sheet for htmx, a whole page otherwise."""
        return "ui/sheet_fragment.html" if self.in_sheet else "ui/sheet_page.html"

    @cached_property
    def version(self) -> str:
        try:
            return version("nazorg")
        except PackageNotFoundError:
            return ""


def house(request) -> dict:
    return {"house": House(request)}
