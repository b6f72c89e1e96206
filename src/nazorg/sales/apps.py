from django.utils.translation import gettext_lazy as _

from nazorg.suite.house import HouseApp, MenuItem


class SalesConfig(HouseApp):
    name = "nazorg.sales"
    label = "sales"
    verbose_name = _("Sales")
    slug = "sales"
    switchable = True
    needs = ("invoicing",)
    icon = "shopping-cart"
    summary = _("Quotations and orders, and what of them has been invoiced and delivered.")
    mount = "sales/"
    menu = (MenuItem(_("Orders"), "sales:list", "sales.view_order"),)
    menu_order = 30
