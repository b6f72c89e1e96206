"""Customers: companies, the people who work there, private persons, and their addresses."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Concat, Lower, Upper
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from nazorg.conversation.models import HasThread
from nazorg.parties import countries


class Party(HasThread):
    """A company or a person. A company and its contacts count as one customer: the one that `root` names."""

    class Kind(models.TextChoices):
        COMPANY = "company", _("Company")
        PERSON = "person", _("Person")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.PERSON)
    name = models.CharField(_("name"), max_length=200)
    company = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="contacts", verbose_name=_("company"))
    root = models.ForeignKey("self", models.PROTECT, null=True, editable=False, related_name="members")
    """The customer as whom this party counts: its company, or itself. A trigger sets it, so it cannot be wrong."""
    reference = models.CharField(_("reference"), max_length=60, blank=True)
    """The customer's number in the shop or in the system that an import read."""
    email = models.EmailField(_("e-mail address"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    language = models.CharField(_("language"), max_length=5, choices=[*settings.LANGUAGES, ("fr", _("French")), ("de", _("German"))], default="nl")
    vat_number = models.CharField(_("VAT number"), max_length=20, blank=True)
    is_archived = models.BooleanField(_("archived"), default=False)
    made_at = models.DateTimeField(_("added on"), default=timezone.now, editable=False)
    words = models.GeneratedField(
        expression=Lower(Concat("name", Value(" "), "email", Value(" "), "phone", Value(" "), "reference", Value(" "), "vat_number", output_field=models.TextField())),
        output_field=models.TextField(), db_persist=True,
    )
    """What the search box looks through."""

    class Meta:
        verbose_name, verbose_name_plural = _("customer"), _("customers")
        default_permissions = ()
        permissions = [("view_party", _("See customers")), ("edit_party", _("Add and change customers"))]
        indexes = [
            models.Index(fields=["name", "id"]),
            models.Index(Upper("email"), condition=Q(email__gt=""), name="party_by_email"),
            models.Index(fields=["vat_number"], condition=Q(vat_number__gt=""), name="party_by_vat_number"),
            GinIndex(OpClass("words", "gin_trgm_ops"), name="words_of_parties"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["reference"], condition=Q(reference__gt=""), name="a_reference_names_one_party"),
            models.CheckConstraint(condition=Q(kind="person") | Q(company=None), name="only_a_person_works_at_a_company"),
            models.CheckConstraint(condition=~Q(company=F("id")), name="nobody_is_their_own_company"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("parties:party", args=[self.pk])

    def save(self, *args, **kwargs):
        super().save(*args, **kwargs)
        self.root_id = self.company_id or self.pk  # as the trigger has it

    @property
    def counts_as(self) -> Party:
        """The customer as whom this party counts: documents of any of its members are that customer's."""
        return self.company or self

    @property
    def full_name(self) -> str:
        """`Ida Claes (Bakkerij Claes)`."""
        return f"{self.name} ({self.company.name})" if self.company_id else self.name


class Address(models.Model):
    """Where a party is reached, delivered to or billed."""

    class Use(models.TextChoices):
        MAIN = "main", _("Main")
        INVOICE = "invoice", _("Invoice")
        DELIVERY = "delivery", _("Delivery")

    party = models.ForeignKey(Party, models.CASCADE, related_name="addresses")
    use = models.CharField(_("use"), max_length=10, choices=Use, default=Use.MAIN)
    street = models.CharField(_("street and number"), max_length=200, blank=True)
    postcode = models.CharField(_("postcode"), max_length=16, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    """ISO 3166-1 alpha-2."""

    class Meta:
        ordering = ["id"]
        verbose_name, verbose_name_plural = _("address"), _("addresses")
        default_permissions = ()

    def __str__(self) -> str:
        return ", ".join(part for part in (self.street, f"{self.postcode} {self.city}".strip(), self.country) if part)

    @property
    def country_name(self) -> str:
        return countries.name(self.country)
