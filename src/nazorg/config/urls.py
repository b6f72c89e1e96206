"""Every page has its app: what an app mounts stands in its `apps.py`."""

from __future__ import annotations

from importlib.util import find_spec

from django.urls import include, path
from django.views.generic import RedirectView

from nazorg.api.shell import api
from nazorg.suite.house import house_apps
from nazorg.users import views as people

urlpatterns = [
    path("", people.home, name="home"),
    path("accounts/", include("allauth.urls")),
    path("account/security/", people.security, name="account_security"),
    path("people/", include("nazorg.users.urls")),
    path("i18n/language/", people.set_language, name="set_language"),
    path("ui/", include("nazorg.ui.urls")),
    path("api/v1/", api.urls),
    path("api/", RedirectView.as_view(url="/api/v1/docs"), name="api_docs"),
    path("favicon.ico", RedirectView.as_view(url="/static/ui/favicon.svg", permanent=True)),
]
for config in house_apps():
    if config.mount is not None and find_spec(f"{config.name}.urls"):
        urlpatterns.append(path(config.mount, include(f"{config.name}.urls")))

