from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _

from nazorg.suite.house import HouseApp, MenuItem


class PartiesConfig(HouseApp):
    name = "nazorg.parties"
    label = "parties"
    verbose_name = _("Customers")
    icon = "users"
    summary = _("Companies, the people who work there, private persons and their addresses.")
    mount = "customers/"
    menu = (MenuItem(_("Customers"), "parties:list", "parties.view_party"),)
    menu_order = 60

    def ready(self):
        autodiscover_modules("panels")
