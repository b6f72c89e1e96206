"""What a credit would book: read first, shown to whoever presses the button, and booked as it was shown.

`plan` reads and `credit` (actions) books; both come through here, so that a preview cannot differ from the booking.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from nazorg.catalogue.taxes import TaxSum
from nazorg.core import formats
from nazorg.core.money import ZERO, minor_units, rounded
from nazorg.core.refusals import Refused
from nazorg.invoicing.crediting import LineLeft, Taken, TaxLeft, take_all, take_amount, take_quantity, taxes_of
from nazorg.invoicing.lines import MOST_QUANTITY, CreditLine, check_amount, check_number
from nazorg.invoicing.models import Document, DocumentLine
from nazorg.invoicing.queries import left_of_lines, taxes_left
from nazorg.ledger.models import Journal

METHODS = ("partial", "full", "full_and_new")


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """A line that would stand on the credit note."""

    line: DocumentLine
    quantity: Decimal
    """What of the invoice line's quantity it takes; zero when it takes value only."""
    net: Decimal

    def __iter__(self):
        return iter((self.line, self.quantity, self.net))


@dataclass(frozen=True, slots=True)
class CreditPlan:
    """What would be booked. Amounts are positive, in `currency`."""

    invoice: Document
    method: str
    on: date
    reason: str
    journal: Journal
    lines: list[PlannedLine]
    taxes: list[TaxSum]
    net: Decimal
    tax: Decimal
    total: Decimal
    currency: str
    posts: bool
    """Posted at once; otherwise a draft is made."""
    settles: Decimal
    """What it settles of the invoice at once."""
    due_after: Decimal
    """What is left to pay of the invoice then."""
    left_to_credit: Decimal
    """What could still be credited of the invoice then, with tax."""
    makes_new_draft: bool

    @property
    def sentences(self) -> list[str]:
        """What will happen, in the reader's words."""
        amount = lambda value: formats.amount(value, self.currency)  # noqa: E731
        facts = {"total": amount(self.total), "invoice": self.invoice, "day": formats.day(self.on), "settles": amount(self.settles), "due": amount(self.due_after)}
        if self.posts:
            said = [_("Credit note of %(total)s on %(invoice)s, posted on %(day)s.") % facts]
            if self.settles:
                said.append(_("It settles %(settles)s of the invoice; %(due)s stays due.") % facts if self.due_after else _("It settles the invoice: nothing stays due."))
            if rest := self.total - self.settles:
                said.append(_("%s stays open as a credit for the customer.") % amount(rest))
        else:
            said = [_("Draft credit note of %(total)s on %(invoice)s, dated %(day)s.") % facts]
            if self.invoice.open_item.residual == 0:
                said.append(_("The invoice has been paid and stays so: once posted, the credit is open to be paid out or offset."))
            else:
                said.append(_("Nothing is booked until the draft is confirmed."))
        if self.makes_new_draft:
            said.append(_("A new draft invoice with the same lines."))
        said.append(_("%s is left to credit.") % amount(self.left_to_credit) if self.left_to_credit else _("Nothing is left to credit."))
        said.append(_("Stock stays as it is."))
        return said

    @property
    def fingerprint(self) -> str:
        """A hash of all that the booking depends on; the words of the reason are not among it."""
        facts = self.as_json(with_words=False)
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()

    def as_json(self, *, with_words: bool = True) -> dict:
        """The plan as the API shows it; amounts are text."""
        digits = minor_units(self.currency)
        money = lambda value: f"{rounded(value, self.currency):.{digits}f}"  # noqa: E731
        facts = {
            "invoice": self.invoice.pk, "method": self.method, "on": self.on.isoformat(), "journal": self.journal.code, "currency": self.currency,
            "lines": [{"line": one.line.pk, "description": one.line.description, "quantity": f"{one.quantity.normalize():f}", "net": money(one.net)} for one in self.lines],
            "taxes": [{"name": one.tax.name, "rate": f"{one.tax.rate.normalize():f}", "base": money(one.base), "amount": money(one.amount)} for one in self.taxes],
            "net": money(self.net), "tax": money(self.tax), "total": money(self.total), "posts": self.posts, "settles": money(self.settles),
            "due_after": money(self.due_after), "left_to_credit": money(self.left_to_credit), "makes_new_draft": self.makes_new_draft,
        }
        if with_words:
            facts |= {"invoice_number": self.invoice.number, "sentences": self.sentences, "fingerprint": self.fingerprint}
        return facts


def plan(
    *, invoice: Document, method: str, lines: Sequence[CreditLine] | None, on: date, reason: str, journal: Journal | None, today: date | None,
    invoice_lines: list[DocumentLine] | None = None,
) -> CreditPlan:
    """What a credit would book now. Refused when it cannot be."""
    today = today or timezone.localdate()
    _refuse_unless_creditable(invoice, method, on)
    if journal is not None and journal.kind != Journal.Kind.SALES:
        raise Refused(_("%s is no sales journal. Credit notes belong in one.") % journal, field="journal", code="bad_journal")
    if invoice_lines is None:
        invoice_lines = list(invoice.lines.order_by("position", "id"))
    left = left_of_lines(invoice_lines)
    taxes = taxes_left(invoice, left)
    if not any(line.is_creditable for line in left):
        raise Refused(_("%s has been credited in full: nothing is left to credit.") % invoice, field="invoice", code="nothing_left")
    residual = invoice.open_item.residual
    if method != "partial" and residual == 0:
        raise Refused(
            _("%s has been paid, so a credit cannot settle it. Choose “partial”: it makes a draft credit note, and the payment stays where it is.") % invoice,
            field="method", code="paid",
        )
    taken = _take(invoice, method, lines, left)
    sums = taxes_of(taken, left, taxes, invoice.currency)
    net, tax = sum((one.net for one in taken), ZERO), sum((one.amount for one in sums), ZERO)
    posts = method != "partial" and on <= today
    settles = min(residual, net + tax) if posts else ZERO
    by_id = {line.pk: line for line in invoice_lines}
    all_left = sum((line.net_left for line in left), ZERO) + sum((one.amount_left for one in taxes), ZERO)
    return CreditPlan(
        invoice=invoice, method=method, on=on, reason=reason, journal=journal or invoice.journal,
        lines=[PlannedLine(by_id[one.line_id], one.quantity, one.net) for one in taken], taxes=sums, net=net, tax=tax, total=net + tax,
        currency=invoice.currency, posts=posts, settles=settles, due_after=residual - settles, left_to_credit=all_left - net - tax,
        makes_new_draft=method == "full_and_new",
    )


def _refuse_unless_creditable(invoice: Document, method: str, on: date) -> None:
    if method not in METHODS:
        raise Refused(_("“%s” is no way to credit. Choose partial, full, or full and new draft.") % method, field="method", code="bad_method")
    if invoice.is_credit_note:
        raise Refused(_("%s is a credit note. Only an invoice can be credited.") % invoice, field="invoice", code="not_an_invoice")
    if not invoice.is_posted:
        raise Refused(_("%s has not been posted. Change or cancel the draft instead.") % invoice, field="invoice", code="not_posted")
    if on < invoice.on:
        raise Refused(_("A credit note cannot be dated before its invoice, which is of %s.") % formats.day(invoice.on), field="on", code="too_early")
    if on.year > invoice.on.year + 20:
        raise Refused(_("This date is too far away."), field="on", code="too_late")


def _take(invoice: Document, method: str, asked: Sequence[CreditLine] | None, left: list[LineLeft]) -> list[Taken]:
    if asked is None:
        return [take_all(line) for line in left if line.is_creditable or line.quantity_left]
    if method != "partial":
        raise Refused(_("A full credit takes all lines. Choose “partial” to credit some of them."), field="method", code="full_takes_all")
    if not asked:
        raise Refused(_("Choose at least one line to credit."), field="lines", code="no_lines")
    by_id = {line.line_id: line for line in left}
    taken = []
    for one in asked:
        line = by_id.pop(one.line_id, None)
        if line is None:
            raise Refused(_("One of these lines is not on %s, or stands there twice.") % invoice, field="lines", code="foreign_line")
        taken.append(take(line, one, invoice.currency))
    return taken


def take(line: LineLeft, asked: CreditLine, currency: str) -> Taken:
    """What is asked for of a line; refused when there is not that much left."""
    if not line.is_creditable:
        raise Refused(_("Nothing is left to credit of this line."), field="lines", code="nothing_left", line=line.line_id)
    if asked.quantity is not None and asked.amount is not None:
        raise Refused(_("Give a quantity or an amount for a line, not both."), field="lines", code="quantity_or_amount", line=line.line_id)
    if asked.quantity is not None:
        quantity = check_number(asked.quantity, field="lines", most=MOST_QUANTITY, digits=4)
        if quantity > line.quantity_left:
            raise Refused(
                _("%(asked)s is more than the %(left)s that can still be credited of this line.")
                % {"asked": formats.quantity(quantity), "left": formats.quantity(line.quantity_left)},
                field="lines", code="more_than_left", line=line.line_id, left=f"{line.quantity_left.normalize():f}",
            )
        return take_quantity(line, quantity, currency)
    if asked.amount is not None:
        net = check_amount(asked.amount, currency, field="lines")
        if net > line.net_left:
            raise Refused(
                _("%(asked)s is more than the %(left)s that can still be credited of this line.")
                % {"asked": formats.amount(net, currency), "left": formats.amount(line.net_left, currency)},
                field="lines", code="more_than_left", line=line.line_id, left=str(line.net_left),
            )
        return take_amount(line, net)
    return take_all(line)


def taxes_for(invoice: Document, taken: Sequence[Taken], left: list[LineLeft], *, but: Document | None = None) -> list[TaxSum]:
    """The taxes that go back with what is taken of an invoice, not counting the credit note `but`."""
    taxes: list[TaxLeft] = taxes_left(invoice, left, but=but)
    return taxes_of(taken, left, taxes, invoice.currency)
