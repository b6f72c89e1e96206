"""What was imported from which file: the runs, what came in by them, and the rows that did not."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from nazorg.core.transitions import Transitions


def _place(run: ImportRun, filename: str) -> str:
    """A name of our own: what somebody called their file is no path here."""
    return f"imports/{uuid.uuid4()}"


class ImportRun(models.Model):
    """One file on its way into the house. It can stop at any moment and go on from where its last chunk was kept."""

    class Kind(models.TextChoices):
        CUSTOMERS = "customers", _("Customers")
        PRODUCTS = "products", _("Products")
        ORDERS = "orders", _("Orders")
        INVOICES = "invoices", _("Invoices")
        DELIVERIES = "deliveries", _("Deliveries")
        TICKETS = "tickets", _("Tickets")
        RETAIL = "retail", _("Shop's invoice lines (Online Retail)")

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("Columns to choose")
        CHECKING = "checking", _("Being checked")
        CHECKED = "checked", _("Checked")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Broken off")

    STEPS = Transitions({
        "uploaded": {"checking", "running"}, "checking": {"checked", "failed", "uploaded"}, "checked": {"uploaded", "checking", "running"},
        "running": {"done", "failed"}, "failed": {"uploaded", "checking", "running"},
    })

    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.UPLOADED)
    file_name = models.CharField(_("file"), max_length=200)
    file = models.FileField(upload_to=_place, max_length=200, blank=True)
    """The file itself when it came through the browser; the command line reads it where it stands."""
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64)
    options = models.JSONField(default=dict)
    """`{"map": {column: field}, "decimal": "," or ".", "days": "dmy" or "mdy"}`."""
    percent = models.PositiveSmallIntegerField(default=0)
    units_done = models.PositiveIntegerField(default=0)
    """How many records of the file are dealt with, for good: a run that broke off goes on behind them."""
    counts = models.JSONField(default=dict)
    """`{"rows", "imported", "there", "refused"}` of the run itself."""
    check_result = models.JSONField(default=dict)
    """The same of the last dry run, with its first problems."""
    report = models.JSONField(default=dict)
    problem = models.TextField(blank=True)
    """Why it broke off."""
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name, verbose_name_plural = _("import"), _("imports")
        default_permissions = ()
        permissions = [("run_import", _("Import customers, products and documents from files"))]
        indexes = [models.Index(fields=["-made_at", "-id"], name="imports_newest_first"), models.Index(fields=["sha256", "kind"], name="imports_of_a_file")]

    def __str__(self) -> str:
        return self.file_name

    def get_absolute_url(self) -> str:
        return reverse("imports:run", args=[self.pk])

    @property
    def is_busy(self) -> bool:
        return self.state in (self.State.CHECKING, self.State.RUNNING)


class ImportedRecord(models.Model):
    """What came in under which number of the other system, so that it comes in once."""

    kind = models.CharField(max_length=12, choices=ImportRun.Kind)
    reference = models.CharField(max_length=200)
    record_id = models.BigIntegerField()
    """The record's id in the table of its kind."""
    run = models.ForeignKey(ImportRun, models.PROTECT, related_name="records")

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["kind", "reference"], name="a_reference_comes_in_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"


class RefusedRow(models.Model):
    """A row that did not come in, as it was, with the sentence that says why: the error file is made of these."""

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="refused_rows")
    row = models.PositiveIntegerField()
    """As the spreadsheet counts; the header is row 1."""
    sentence = models.TextField()
    cells = models.JSONField()
    """Text by column."""

    class Meta:
        ordering = ["row"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["run", "row"], name="a_row_is_refused_once")]

    def __str__(self) -> str:
        return self.sentence
