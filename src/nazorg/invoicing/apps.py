from django.utils.translation import gettext_lazy as _

from nazorg.suite.house import HouseApp


class InvoicingConfig(HouseApp):
    name = "nazorg.invoicing"
    label = "invoicing"
    verbose_name = _("Invoicing")
    slug = "invoicing"
    switchable = True
    icon = "file-invoice"
    summary = _("Invoices, credit notes and payments, and the books behind them.")
    mount = "invoicing/"
    menu_order = 30
