"""What the refund sheet shows: the invoices to choose from, the form for the chosen one, and what would happen."""

from __future__ import annotations

from datetime import date
from functools import cached_property

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.http import QueryDict
from django.utils.translation import gettext as _

from nazorg.core.refusals import Refused
from nazorg.invoicing import actions as invoicing
from nazorg.invoicing import queries as documents
from nazorg.invoicing.models import Document, DocumentLine
from nazorg.services.refund import queries, rules
from nazorg.services.refund.forms import RefundForm

SHOWN = 6
"""Invoices to choose from at once; the rest is found by searching."""


class Sheet:
    """The sheet for a ticket as it stands now, filled in from `data` (what was posted, or the address's parameters).

    `plan` is what would be booked; when there is none, `problems` says why. Reads only.
    """

    def __init__(self, ticket, data: QueryDict, *, today: date, filled_in: bool):
        self.ticket, self.data, self.today = ticket, data, today
        self.text = data.get("q", "")[:80]
        self.invoice = self._invoice(data.get("invoice"))
        self.form = self.plan = None
        self.has_more = False
        self.problems: list[str] = []
        if self.invoice is None:
            self.problems = [self._no_invoice()]
        else:
            # Lines that were typed for another invoice are not lines of this one.
            same = filled_in and data.get("shown") == str(self.invoice.pk)
            self.form = self._form(data if same else None)
            self._plan()

    @cached_property
    def options(self) -> list[Document]:
        """The newest invoices that fit what was searched for; the chosen one is always among them."""
        found = queries.found(self.ticket, self.text) if self.text.strip() else queries.invoices(self.ticket)
        rows = list(_with_words(found)[: SHOWN + 1])
        self.has_more = len(rows) > SHOWN
        rows = rows[:SHOWN]
        if self.invoice is not None and self.invoice.pk not in {one.pk for one in rows}:
            rows[:0] = _with_words(documents.creditable(self.ticket.customer).filter(pk=self.invoice.pk))
        return rows

    @cached_property
    def readiness(self):
        return rules.applies_to(self.ticket)

    @property
    def is_pick(self) -> bool:
        return self.invoice is None

    def _invoice(self, wanted: str | None) -> Document | None:
        """The invoice that was chosen, or the one that fits. Never one of another customer, never a draft."""
        if self.ticket.customer_id is None:
            return None
        if wanted:
            is_number = wanted.isascii() and wanted.isdigit() and len(wanted) < 19
            return documents.creditable(self.ticket.customer).filter(pk=int(wanted)).first() if is_number else None
        return queries.best(self.ticket)[0]

    def _no_invoice(self) -> str:
        if self.data.get("invoice") and self.ticket.customer_id:
            return _("This is not a posted invoice of %s. Choose one of the list.") % self.ticket.customer
        return _("Choose an invoice first.")

    def _form(self, data) -> RefundForm:
        lines = list(self.invoice.lines.select_related("unit", "product", "sold_line").order_by("position", "id"))
        left = documents.left_of_lines(lines)
        methods = {"partial"} if self.invoice.is_paid else {"partial", "full", "full_and_new"}
        method = self.data.get("method")
        first = {
            "reason": self.data.get("reason", self.ticket.title), "on": self.data.get("on") or max(self.today, self.invoice.on).isoformat(),
            "method": method if method in methods else "partial",
        }
        if self.data.get("key"):
            first["key"] = self.data["key"]
        form = RefundForm(data, invoice=self.invoice, lines=lines, left=left, wanted=_wanted(self.ticket, lines), initial=first)
        return form if data is not None else form.filled()

    def _plan(self) -> None:
        if not self.form.is_valid():
            self.problems = [str(sentence) for sentences in self.form.errors.values() for sentence in sentences]
            return
        try:
            self.plan = invoicing.plan_credit(invoice=self.invoice, **self.form.terms())
        except Refused as refusal:
            self.problems = [str(refusal)]


def _with_words(invoices):
    """With `words`: what the first lines are called, to recognise an invoice by."""
    lines = DocumentLine.objects.filter(document=OuterRef("pk")).order_by("position", "id").values("description")[:3]
    return invoices.annotate(words=ArraySubquery(lines))


def _wanted(ticket, lines: list[DocumentLine]) -> set[int]:
    """The lines that the ticket is about: its serial number's, else its product's, else all of them."""
    serial = ticket.serial.strip().lower()
    by_serial = {line.pk for line in lines if serial and line.sold_line is not None and line.sold_line.serial.lower() == serial}
    by_product = {line.pk for line in lines if ticket.product_id and line.product_id == ticket.product_id}
    return by_serial or by_product or {line.pk for line in lines}
