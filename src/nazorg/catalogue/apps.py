from django.utils.translation import gettext_lazy as _

from nazorg.suite.house import HouseApp, MenuItem


class CatalogueConfig(HouseApp):
    name = "nazorg.catalogue"
    label = "catalogue"
    verbose_name = _("Products")
    icon = "package"
    summary = _("Goods and services, their units, taxes and prices.")
    mount = "products/"
    menu = (
        MenuItem(_("Products"), "catalogue:list", "catalogue.view_product"),
        MenuItem(_("Price lists"), "catalogue:price_lists", "catalogue.view_product"),
        MenuItem(_("Categories"), "catalogue:categories", "catalogue.edit_product", _("Configuration")),
        MenuItem(_("Units"), "catalogue:units", "catalogue.edit_product", _("Configuration")),
        MenuItem(_("Taxes"), "catalogue:taxes", "catalogue.edit_product", _("Configuration")),
    )
    menu_order = 65
