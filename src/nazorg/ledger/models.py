"""The books: signed, balanced, immutable entries, and the open items that payments and credits settle."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from nazorg.core.money import AmountField, CurrencyField


class Account(models.Model):
    """An account of the chart."""

    class Kind(models.TextChoices):
        RECEIVABLE = "receivable", _("Receivable")
        REVENUE = "revenue", _("Revenue")
        TAX = "tax", _("Tax")
        BANK = "bank", _("Bank and cash")
        EXPENSE = "expense", _("Expense")

    code = models.CharField(_("code"), max_length=12, unique=True)
    name = models.CharField(_("name"), max_length=100)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)

    class Meta:
        ordering = ["code"]
        default_permissions = ()
        permissions = [("view_books", _("See the books")), ("post_entry", _("Post in the books"))]

    def __str__(self) -> str:
        return f"{self.code} {gettext(self.name)}"


class Journal(models.Model):
    """A book of first entry; its prefix begins the numbers of what is posted in it."""

    class Kind(models.TextChoices):
        SALES = "sales", _("Sales")
        BANK = "bank", _("Bank and cash")
        GENERAL = "general", _("General")

    code = models.CharField(_("code"), max_length=8, unique=True)
    name = models.CharField(_("name"), max_length=60)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    account = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, verbose_name=_("account"))
    """Where it books by default: revenue for sales, the bank's account for a bank."""
    invoice_prefix = models.CharField(_("invoice numbers begin with"), max_length=10, default="INV")
    credit_prefix = models.CharField(_("credit note numbers begin with"), max_length=10, default="CN")

    class Meta:
        ordering = ["code"]
        default_permissions = ()
        verbose_name, verbose_name_plural = _("journal"), _("journals")

    def __str__(self) -> str:
        return gettext(self.name) if self.name else ""


class Entry(models.Model):
    """A balanced posting. The database refuses to change or remove it, and to keep one that does not sum to zero."""

    journal = models.ForeignKey(Journal, models.PROTECT)
    on = models.DateField()
    reference = models.CharField(max_length=60)
    """The number of the document that it books."""
    posted_at = models.DateTimeField()
    posted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["on", "id"])]

    def __str__(self) -> str:
        return self.reference


class Line(models.Model):
    """An amount on an account: debit above zero, credit below."""

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="lines")
    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    party = models.ForeignKey("parties.Party", models.PROTECT, null=True, related_name="+")
    amount = AmountField()
    currency = CurrencyField()
    label = models.CharField(max_length=120, blank=True)

    def __str__(self) -> str:
        return f"{self.account_id} {self.amount} {self.currency}"

    @property
    def opposite(self):
        """The amount with its sign turned: how the credit column shows it."""
        return -self.amount


class OpenItem(models.Model):
    """What a customer owes (above zero) or has to get (below) from one document or payment, and what is left of it."""

    party = models.ForeignKey("parties.Party", models.PROTECT, related_name="open_items")
    currency = CurrencyField()
    amount = AmountField()
    residual = AmountField()
    due_on = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["party", "due_on"], condition=~Q(residual=0), name="items_still_open")]
        constraints = [
            models.CheckConstraint(
                condition=Q(residual__gte=0, residual__lte=models.F("amount")) | Q(residual__lte=0, residual__gte=models.F("amount")),
                name="a_residual_lies_between_nothing_and_all",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.residual}/{self.amount} {self.currency}"

    @property
    def is_settled(self) -> bool:
        """Nothing is left, whether by payment, by credit or by both."""
        return self.residual == 0


class Match(models.Model):
    """An amount by which a debit and a credit item settle each other."""

    debit = models.ForeignKey(OpenItem, models.PROTECT, related_name="settled_by")
    credit = models.ForeignKey(OpenItem, models.PROTECT, related_name="settles")
    amount = AmountField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="a_match_settles_something")]

    def __str__(self) -> str:
        return str(self.amount)
