"""What every app of the house derives from, and the loading of each app's events, reactions and channels."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "nazorg.core"
    label = "core"
    verbose_name = _("Core")

    def ready(self):
        autodiscover_modules("events", "reactions", "checks")
