"""May this person do that to this document?"""

from __future__ import annotations

from nazorg.access.rules import may
from nazorg.invoicing.models import Document


def ability_to_edit(document: Document) -> str:
    """Who credits also writes, confirms and cancels the credit note; an invoice asks for its own abilities."""
    return "invoicing.credit_document" if document.is_credit_note else "invoicing.edit_document"


def ability_to_post(document: Document) -> str:
    return "invoicing.credit_document" if document.is_credit_note else "invoicing.post_document"


def may_edit(user, document: Document) -> bool:
    return may(user, ability_to_edit(document))


def may_post(user, document: Document) -> bool:
    return may(user, ability_to_post(document))


def may_credit(user, invoice: Document | None = None) -> bool:
    return may(user, "invoicing.credit_document")


def may_register_payment(user) -> bool:
    return may(user, "invoicing.register_payment")
