from django.utils.translation import gettext_lazy as _

from nazorg.suite.house import HouseApp, MenuItem


class SuiteConfig(HouseApp):
    name = "nazorg.suite"
    label = "suite"
    verbose_name = _("Settings")
    icon = "settings"
    mount = "apps/"
    menu_order = 90
    menu = (
        MenuItem(_("Apps"), "suite:apps", "suite.switch_app"),
        MenuItem(_("People"), "users:people", "users.manage_user"),
        MenuItem(_("Import"), "imports:runs", "imports.run_import"),
        MenuItem(_("My API tokens"), "access:tokens"),
        MenuItem(_("Sign-in and security"), "account_security"),
    )
