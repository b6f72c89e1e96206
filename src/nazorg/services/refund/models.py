"""A refund: the credit note that a ticket led to, and the invoice drafted in its place if there was one."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from nazorg.core import formats
from nazorg.helpdesk.models import Remedy


class Refund(Remedy):
    """One use of the refund service on one ticket. Who made it, and when, stands in the remedy itself."""

    credit_note = models.OneToOneField("invoicing.Document", models.PROTECT, related_name="refund", verbose_name=_("credit note"))
    new_invoice = models.OneToOneField(
        "invoicing.Document", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("new invoice")
    )
    """The draft that takes the credited invoice's place, when the method asked for one."""

    card = "refund/remedy.html"
    """How a draft stands on its ticket."""

    class Meta:
        verbose_name, verbose_name_plural = _("refund"), _("refunds")
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.credit_note)

    @property
    def document(self):
        """What the remedy gave, as the ticket's card links to it."""
        return self.credit_note

    @property
    def fact(self) -> str:
        """Its sum, and its state unless it is posted."""
        sum_ = formats.amount(self.credit_note.total, self.credit_note.currency)
        return sum_ if self.credit_note.is_posted else f"{sum_} · {self.credit_note.get_state_display()}"
