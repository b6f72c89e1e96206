"""What an app of the house says of itself: its name, its place in the menu, what it needs, where it is mounted."""

from __future__ import annotations

from dataclasses import dataclass

from django.apps import AppConfig, apps
from django.urls import reverse


@dataclass(frozen=True)
class MenuItem:
    """A page in the menu. `ability` is the permission (app.codename) without which it is not shown."""

    label: str
    url_name: str
    ability: str | None = None
    section: str = ""

    @property
    def url(self) -> str:
        return reverse(self.url_name)


class HouseApp(AppConfig):
    """An app with pages, an API and a place in the menu.

    `slug` is the app that people switch on and off at /apps/ (None: always on, such as parties); several Django apps may
    share one, as a service shares its app's. `needs` are slugs that must be active with it.
    """

    slug: str | None = None
    icon = "apps"
    summary = ""
    needs: tuple[str, ...] = ()
    switchable = False
    """Whether /apps/ lists it: exactly one Django app per slug says so."""
    mount: str | None = None
    """The URL prefix of its `urls` module, such as `invoicing/`."""
    menu: tuple[MenuItem, ...] = ()
    menu_order = 50
    default = False

    def __init_subclass__(cls, **kwargs):
        """Only a class with a name of its own is an app: Django takes the default one of all that an `apps.py` imports."""
        super().__init_subclass__(**kwargs)
        cls.default = "name" in cls.__dict__


def house_apps() -> list[HouseApp]:
    """All apps of the house, in the order of their menus."""
    return sorted((c for c in apps.get_app_configs() if isinstance(c, HouseApp)), key=lambda c: c.menu_order)


def switchable_apps() -> dict[str, HouseApp]:
    """The apps that can be switched on and off, by slug."""
    return {config.slug: config for config in house_apps() if config.switchable}


def slug_of(app_label: str) -> str | None:
    """The switchable app that a Django app belongs to, if any."""
    try:
        return getattr(apps.get_app_config(app_label), "slug", None)
    except LookupError:
        return None


def with_needs(slug: str) -> list[str]:
    """The app and everything that it needs, needs first."""
    known, found = switchable_apps(), []

    def add(one: str) -> None:
        if one in found or one not in known:
            return
        for need in known[one].needs:
            add(need)
        found.append(one)

    add(slug)
    return found


def that_need(slug: str) -> list[str]:
    """The apps that cannot be without this one, directly or through others."""
    return [other for other in switchable_apps() if other != slug and slug in with_needs(other)]
