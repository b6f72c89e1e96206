"""The component library and the shell of every page."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "nazorg.ui"
    label = "ui"
