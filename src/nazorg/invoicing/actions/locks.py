"""Fetching records again, locked. A row that is joined to a locked one comes from before the wait: open items are read after it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from nazorg.core.refusals import Refused
from nazorg.invoicing.models import Document, Payment
from nazorg.ledger.models import OpenItem


def locked_document(pk: int, *related: str) -> Document:
    """The document and then its open item, both locked and as they are now."""
    document = Document.objects.select_for_update(of=("self",)).select_related(*related).get(pk=pk) if related else Document.objects.select_for_update().get(pk=pk)
    return _with_item(document)


def locked_payment(pk: int, *related: str) -> Payment:
    return _with_item(Payment.objects.select_for_update(of=("self",)).select_related("customer", *related).get(pk=pk))


def locked_draft(pk: int, *related: str) -> Document:
    """The document, locked; refused when it is a draft no more."""
    document = Document.objects.select_for_update(of=("self",)).select_related("customer", *related).get(pk=pk)
    if not document.is_draft:
        raise Refused(
            _("%s has been posted and never changes. Credit it instead.") % document if document.is_posted else _("%s is no draft any more.") % document,
            code="not_a_draft",
        )
    return document


def _with_item(record):
    if record.open_item_id:
        record.open_item = OpenItem.objects.select_for_update().get(pk=record.open_item_id)
    return record
