from django.utils.translation import gettext_lazy as _

from nazorg.suite.house import HouseApp, MenuItem


class InvoicingConfig(HouseApp):
    name = "nazorg.invoicing"
    label = "invoicing"
    verbose_name = _("Invoicing")
    slug = "invoicing"
    switchable = True
    icon = "file-invoice"
    summary = _("Invoices, credit notes and payments, and the books behind them.")
    mount = "invoicing/"
    menu_order = 40
    menu = (
        MenuItem(_("Invoices"), "invoicing:invoices", "invoicing.view_document"),
        MenuItem(_("Credit notes"), "invoicing:credit_notes", "invoicing.view_document"),
        MenuItem(_("Payments"), "invoicing:payments", "invoicing.view_document"),
        MenuItem(_("Open amounts"), "invoicing:open_items", "invoicing.view_document"),
        MenuItem(_("Entries"), "invoicing:entries", "ledger.view_books", _("Books")),
        MenuItem(_("Trial balance"), "invoicing:trial_balance", "ledger.view_books", _("Books")),
    )
