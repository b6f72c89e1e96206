"""All that changes documents and payments. Lock order: sold lines, invoice, credit note, number series last."""

from nazorg.invoicing.actions.credit import Credited, credit, plan_credit
from nazorg.invoicing.actions.drafts import cancel, change, change_lines, draft_invoice
from nazorg.invoicing.actions.payments import register_payment, reverse_payment, settle
from nazorg.invoicing.actions.posting import post
from nazorg.invoicing.lines import CreditLine, LineChange, LineInput
from nazorg.invoicing.plans import CreditPlan

__all__ = [
    "CreditLine", "CreditPlan", "Credited", "LineChange", "LineInput", "cancel", "change", "change_lines", "credit", "draft_invoice",
    "plan_credit", "post", "register_payment", "reverse_payment", "settle",
]
