from django.utils.translation import gettext_lazy as _

from nazorg.helpdesk.services import Service


class RefundConfig(Service):
    name = "nazorg.services.refund"
    label = "refund"
    verbose_name = _("Refunds")
    slug = "invoicing"
    service_slug = "refund"
    button = _("Refund")
    icon = service_icon = "receipt-refund"
    service_order = 10
    summary = _("Credit a posted invoice, in part or in full, from the ticket.")
    needs = ("helpdesk", "invoicing")
    mount = "refunds/"
