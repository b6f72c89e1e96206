from django.utils.translation import gettext_lazy as _

from nazorg.suite.house import HouseApp, MenuItem


class InventoryConfig(HouseApp):
    name = "nazorg.inventory"
    label = "inventory"
    verbose_name = _("Inventory")
    slug = "inventory"
    switchable = True
    icon = "building-warehouse"
    summary = _("What was delivered to whom, with serial numbers, and adjustments of the stock.")
    mount = "inventory/"
    menu = (
        MenuItem(_("Deliveries"), "inventory:list", "inventory.view_delivery"),
        MenuItem(_("Stock adjustments"), "inventory:adjustments", "inventory.view_delivery"),
    )
    menu_order = 40
