"""The only writers of the books: post, settle, undo a settlement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from nazorg.core.actions import action
from nazorg.core.money import ZERO
from nazorg.core.refusals import Refused
from nazorg.ledger.models import Account, Entry, Journal, Line, Match, OpenItem


@dataclass(frozen=True, slots=True)
class Amount:
    """A line to post: debit above zero, credit below."""

    account: Account
    amount: Decimal
    party: object | None = None
    label: str = ""


@action
def post(*, journal: Journal, on: date, reference: str, currency: str, amounts: Sequence[Amount], by, at: datetime) -> Entry:
    """Post a balanced entry in one currency. Permission is judged by the document's action that asks for it."""
    amounts = [one for one in amounts if one.amount]
    if total := sum((one.amount for one in amounts), ZERO):
        raise Refused(_("The entry for %(reference)s does not balance: %(total)s is left over.") % {"reference": reference, "total": total}, code="unbalanced")
    entry = Entry.objects.create(journal=journal, on=on, reference=reference, posted_at=at, posted_by=by)
    Line.objects.bulk_create(
        [Line(entry=entry, account=one.account, party=one.party, amount=one.amount, currency=currency, label=one.label) for one in amounts]
    )
    return entry


@action
def open_item(*, party, currency: str, amount: Decimal, due_on: date) -> OpenItem:
    """Open an item: what a document or payment leaves to be settled."""
    return OpenItem.objects.create(party=party, currency=currency, amount=amount, residual=amount, due_on=due_on)


@action
def settle(*, debit: OpenItem, credit: OpenItem, amount: Decimal | None = None, by, at: datetime) -> Match | None:
    """Let two items settle each other for `amount`, by default as much as both have left; None when that is nothing.

    Locks both items, lower pk first, and sets the `residual` of the objects given to what it has become.
    """
    locked = {item.pk: item for item in OpenItem.objects.select_for_update().filter(pk__in=[debit.pk, credit.pk]).order_by("pk")}
    owed, had = locked[debit.pk], locked[credit.pk]
    if owed.currency != had.currency:
        raise Refused(_("%(one)s and %(other)s cannot settle each other. Choose items in one currency.") % {"one": owed.currency, "other": had.currency})
    most = min(owed.residual, -had.residual)
    if amount is None:
        amount = most
    if amount <= 0 and most <= 0:
        return None
    if not 0 < amount <= most:
        raise Refused(_("At most %(most)s can be settled here.") % {"most": most}, field="amount", code="more_than_left")
    owed.residual -= amount
    had.residual += amount
    OpenItem.objects.bulk_update([owed, had], ["residual"])
    debit.residual, credit.residual = owed.residual, had.residual
    return Match.objects.create(debit=owed, credit=had, amount=amount, at=at, by=by)


@action
def unsettle(*, item: OpenItem, at: datetime) -> list[OpenItem]:
    """Undo all matches of an item; gives the items on the other side, which are open again."""
    matches = list(Match.objects.filter(undone_at=None).filter(debit=item) | Match.objects.filter(undone_at=None).filter(credit=item))
    ids = {m.debit_id for m in matches} | {m.credit_id for m in matches} | {item.pk}
    items = {one.pk: one for one in OpenItem.objects.select_for_update().filter(pk__in=ids).order_by("pk")}
    for match in matches:
        items[match.debit_id].residual += match.amount
        items[match.credit_id].residual -= match.amount
    OpenItem.objects.bulk_update(items.values(), ["residual"])
    Match.objects.filter(pk__in=[m.pk for m in matches]).update(undone_at=at)
    return [one for pk, one in items.items() if pk != item.pk]
