"""Invoices, credit notes and payments: what customers owe, what they get back, and the money that came and went.

An invoice and a credit note are one kind of record, a `Document`, with positive amounts; its `kind` says which way they
count. Once posted neither it nor its lines change: the database refuses (see migrations/0002_guards).
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from nazorg.catalogue.taxes import Priced, TaxFacts
from nazorg.conversation.models import HasThread
from nazorg.core.money import AmountField, CurrencyField, Money, PriceField, QuantityField
from nazorg.core.transitions import Transitions


class PaymentTerm(models.Model):
    """How long a customer may take to pay."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    days = models.PositiveSmallIntegerField(_("days"), default=0)

    class Meta:
        ordering = ["days", "name"]
        default_permissions = ()
        verbose_name, verbose_name_plural = _("payment term"), _("payment terms")

    def __str__(self) -> str:
        return gettext(self.name) if self.name else ""


class Document(HasThread):
    """An invoice or a credit note. Both have positive amounts; a credit note's count the other way in the books."""

    class Kind(models.TextChoices):
        INVOICE = "invoice", _("Invoice")
        CREDIT_NOTE = "credit_note", _("Credit note")

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        POSTED = "posted", _("Posted")
        CANCELLED = "cancelled", _("Cancelled")

    STEPS = Transitions({"draft": {"posted", "cancelled"}})

    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    number = models.CharField(_("number"), max_length=40, null=True, blank=True, unique=True)
    """Given when it is posted, so that the series has no gap; such as INV/2026/00012. An import keeps the source's."""
    customer = models.ForeignKey("parties.Party", models.PROTECT, related_name="documents", verbose_name=_("customer"))
    contact = models.ForeignKey("parties.Party", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("contact"))
    currency = CurrencyField(_("currency"), default=settings.BOOKS_CURRENCY)
    on = models.DateField(_("date"))
    due_on = models.DateField(_("due date"), null=True, blank=True)
    payment_term = models.ForeignKey(PaymentTerm, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("payment term"))
    journal = models.ForeignKey("ledger.Journal", models.PROTECT, related_name="+", verbose_name=_("journal"))
    reference = models.CharField(_("reference"), max_length=400, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    """Why something is credited; empty on an invoice."""
    origin = models.CharField(_("origin"), max_length=60, blank=True)
    """The number of the order or other record that it bills."""
    credits = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="credit_notes", verbose_name=_("credits"))
    """The invoice that a credit note credits. Only an import may not know it."""
    replaces = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="replaced_by", verbose_name=_("replaces"))
    """The invoice that was credited in full and is billed anew by this one."""
    source = models.CharField(max_length=20, blank=True)
    """"import" when another system wrote it."""
    net = AmountField(_("without tax"), default=0)
    tax = AmountField(_("tax"), default=0)
    total = AmountField(_("total"), default=0)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    posted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    posted_at = models.DateTimeField(null=True)
    entry = models.OneToOneField("ledger.Entry", models.PROTECT, null=True, related_name="document")
    open_item = models.OneToOneField("ledger.OpenItem", models.PROTECT, null=True, related_name="document")

    class Meta:
        verbose_name, verbose_name_plural = _("document"), _("documents")
        default_permissions = ()
        permissions = [
            ("view_document", _("See invoices, credit notes and payments")),
            ("edit_document", _("Make and change draft invoices")),
            ("post_document", _("Post invoices")),
            ("credit_document", _("Credit invoices")),
            ("register_payment", _("Register and reverse payments")),
        ]
        indexes = [
            models.Index(fields=["kind", "-on", "-id"], name="documents_newest_first"),
            models.Index(fields=["customer", "kind", "-on", "-id"], name="documents_of_a_customer"),
            models.Index(fields=["kind"], condition=Q(state="draft"), name="documents_still_drafts"),
            models.Index(fields=["origin"], condition=Q(origin__gt=""), name="documents_by_origin"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="invoice", credits=None) | Q(kind="credit_note", credits__isnull=False) | Q(kind="credit_note", source="import"),
                name="a_credit_note_credits_an_invoice",
            ),
            models.CheckConstraint(
                condition=~Q(state="posted") | Q(number__gt="", entry__isnull=False, open_item__isnull=False, posted_at__isnull=False, due_on__isnull=False),
                name="a_posted_document_is_numbered_and_booked",
            ),
            models.CheckConstraint(condition=Q(state="posted") | Q(number=None, entry=None, open_item=None), name="only_a_posted_document_is_numbered"),
            models.CheckConstraint(condition=Q(net__gte=0, tax__gte=0, total=F("net") + F("tax")), name="a_total_is_net_and_tax"),
        ]

    def __str__(self) -> str:
        if self.number:
            return self.number
        if self.state == self.State.CANCELLED:
            return str(_("Cancelled draft %d") % (self.pk or 0))
        return str((_("Draft credit note %d") if self.is_credit_note else _("Draft invoice %d")) % (self.pk or 0))

    def get_absolute_url(self) -> str:
        return reverse("invoicing:credit_note" if self.is_credit_note else "invoicing:invoice", args=[self.pk])

    @property
    def is_credit_note(self) -> bool:
        return self.kind == self.Kind.CREDIT_NOTE

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT

    @property
    def is_posted(self) -> bool:
        return self.state == self.State.POSTED

    @property
    def amount_due(self):
        """What is left to pay of an invoice, or to give of a credit note; zero unless posted."""
        return abs(self.open_item.residual) if self.is_posted else 0 * self.total

    @property
    def is_paid(self) -> bool:
        """Posted and nothing left to pay: by payment, by credit or by both."""
        return self.is_posted and self.open_item.residual == 0

    @property
    def money(self) -> Money:
        return Money(self.total, self.currency)

    @property
    def payment_state(self) -> str:
        """draft, cancelled, open, overdue, partial, paid (money settled some of it) or settled (credits alone did)."""
        if not self.is_posted:
            return self.state
        item = self.open_item
        if item.residual == 0:
            return "paid" if self._was_paid() else "settled"
        if abs(item.residual) < abs(item.amount):
            return "partial"
        if not self.is_credit_note and self.due_on < timezone.localdate():
            return "overdue"
        return "open"

    @property
    def payment_state_label(self):
        return PAYMENT_STATES[self.payment_state]

    def _was_paid(self) -> bool:
        if not hasattr(self, "was_paid"):  # lists annotate it: see queries.with_payment_state
            from nazorg.invoicing.queries import was_paid

            self.was_paid = was_paid(self)
        return self.was_paid


PAYMENT_STATES = {
    "draft": _("Draft"), "cancelled": _("Cancelled"), "open": pgettext_lazy("amount", "Open"), "overdue": _("Overdue"),
    "partial": _("Partly paid"), "paid": _("Paid"), "settled": _("Settled"),
}


class _OfKind(models.Manager):
    def __init__(self, kind: str):
        super().__init__()
        self.kind = kind

    def get_queryset(self):
        return super().get_queryset().filter(kind=self.kind)


class Invoice(Document):
    """The documents that are invoices."""

    objects = _OfKind("invoice")

    class Meta:
        proxy = True
        default_permissions = ()
        verbose_name, verbose_name_plural = _("invoice"), _("invoices")


class CreditNote(Document):
    """The documents that are credit notes."""

    objects = _OfKind("credit_note")

    class Meta:
        proxy = True
        default_permissions = ()
        verbose_name, verbose_name_plural = _("credit note"), _("credit notes")


class DocumentLine(models.Model):
    """A line with the taxes as they were when it was written. A credit note's line names the invoice line it credits."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="lines")
    position = models.PositiveIntegerField(default=0)
    product = models.ForeignKey("catalogue.Product", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("product"))
    description = models.CharField(_("description"), max_length=300)
    quantity = QuantityField(_("quantity"))
    unit = models.ForeignKey("catalogue.Unit", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("unit"))
    price = PriceField(_("price"))
    discount = models.DecimalField(_("discount in %"), max_digits=7, decimal_places=4, default=0)
    taxes = models.JSONField(default=list, blank=True)
    """A list of `catalogue.taxes.TaxFacts.as_json()`."""
    net = AmountField(_("without tax"))
    sold_line = models.ForeignKey("entitlements.SoldLine", models.PROTECT, null=True, blank=True, related_name="document_lines")
    credits = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="credited_by")
    credited_quantity = QuantityField(default=0)
    """How much of the credited line's quantity this takes: none when only a part of its value is credited."""

    class Meta:
        ordering = ["position", "id"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="a_line_has_a_quantity"),
            models.CheckConstraint(condition=Q(price__gte=0, net__gte=0), name="a_line_is_not_negative"),
            models.CheckConstraint(condition=Q(discount__gte=0, discount__lte=100), name="a_discount_is_a_percentage"),
            models.CheckConstraint(condition=Q(credited_quantity__gte=0) & (Q(credits__isnull=False) | Q(credited_quantity=0)), name="a_credited_quantity_credits_a_line"),
        ]

    def __str__(self) -> str:
        return self.description

    @property
    def tax_facts(self) -> tuple[TaxFacts, ...]:
        return tuple(TaxFacts.from_json(one) for one in self.taxes)

    @property
    def priced(self) -> Priced:
        return Priced(self.quantity, self.price, self.discount, self.tax_facts)


class DocumentTax(models.Model):
    """A tax over a document, with the facts of that day: what the tax table says later does not matter."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="tax_sums")
    tax_id = models.BigIntegerField()
    """The catalogue's tax, not as a foreign key: a tax that was charged may be removed."""
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=10)
    rate = models.DecimalField(max_digits=9, decimal_places=4)
    category = models.CharField(max_length=2)
    included = models.BooleanField(default=False)
    base = AmountField()
    amount = AmountField()

    class Meta:
        ordering = ["id"]
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=Q(base__gte=0, amount__gte=0), name="a_charged_tax_is_not_negative")]

    def __str__(self) -> str:
        return self.name

    @property
    def facts(self) -> TaxFacts:
        return TaxFacts(self.tax_id, self.name, self.kind, self.rate.normalize(), self.category, self.included)


class Payment(HasThread):
    """Money that came in from a customer or went out to one. It is never changed; a wrong one is reversed."""

    class Direction(models.TextChoices):
        IN = "in", _("Received")
        OUT = "out", _("Paid out")

    class State(models.TextChoices):
        POSTED = "posted", _("Posted")
        REVERSED = "reversed", _("Reversed")

    STEPS = Transitions({"posted": {"reversed"}})

    number = models.CharField(_("number"), max_length=40, unique=True)
    customer = models.ForeignKey("parties.Party", models.PROTECT, related_name="payments", verbose_name=_("customer"))
    direction = models.CharField(_("direction"), max_length=3, choices=Direction)
    amount = AmountField(_("amount"))
    currency = CurrencyField(_("currency"))
    on = models.DateField(_("date"))
    journal = models.ForeignKey("ledger.Journal", models.PROTECT, related_name="+", verbose_name=_("journal"))
    reference = models.CharField(_("reference"), max_length=200, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.POSTED)
    entry = models.OneToOneField("ledger.Entry", models.PROTECT, related_name="payment")
    open_item = models.OneToOneField("ledger.OpenItem", models.PROTECT, related_name="payment")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    reversed_on = models.DateField(null=True)
    reversal = models.OneToOneField("ledger.Entry", models.PROTECT, null=True, related_name="reversed_payment")
    """The entry that took it back."""

    class Meta:
        verbose_name, verbose_name_plural = _("payment"), _("payments")
        default_permissions = ()
        indexes = [models.Index(fields=["-on", "-id"], name="payments_newest_first"), models.Index(fields=["customer", "-on"], name="payments_of_a_customer")]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="a_payment_moves_money"),
            models.CheckConstraint(
                condition=Q(state="posted", reversal=None, reversed_on=None) | Q(state="reversed", reversal__isnull=False, reversed_on__isnull=False),
                name="a_reversed_payment_has_its_reversal",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("invoicing:payment", args=[self.pk])

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)

    @property
    def amount_left(self):
        """What of it has not settled anything yet."""
        return abs(self.open_item.residual)
