from django.urls import path

from nazorg.invoicing.views import documents, lists, payments

app_name = "invoicing"
urlpatterns = [
    path("invoices/", lists.invoices, name="invoices"),
    path("invoices/new/", documents.new, name="new"),
    path("invoices/new/sums/", documents.preview, name="preview_new"),
    path("invoices/<int:pk>/", documents.invoice, name="invoice"),
    path("invoices/<int:pk>/sums/", documents.preview, name="preview"),
    path("invoices/<int:pk>/credit/", documents.credit, name="credit"),
    path("invoices/<int:pk>/credit/preview/", documents.credit_preview, name="credit_preview"),
    path("credit-notes/", lists.credit_notes, name="credit_notes"),
    path("credit-notes/<int:pk>/", documents.credit_note, name="credit_note"),
    path("documents/<int:pk>/edit/", documents.edit, name="edit"),
    path("documents/<int:pk>/post/", documents.post, name="post"),
    path("documents/<int:pk>/cancel/", documents.cancel, name="cancel"),
    path("documents/<int:pk>/print/", documents.printed, name="print"),
    path("documents/<int:pk>/pay/", payments.register, name="register"),
    path("payments/", lists.payments, name="payments"),
    path("payments/<int:pk>/", payments.payment, name="payment"),
    path("payments/<int:pk>/reverse/", payments.reverse_it, name="reverse"),
    path("open/", lists.open_items, name="open_items"),
    path("customers/<int:pk>/", lists.customer, name="customer"),
    path("customers/<int:pk>/pay/", payments.register_on_account, name="register_on_account"),
    path("customers/<int:pk>/offset/", payments.offset, name="offset"),
    path("books/entries/", lists.entries, name="entries"),
    path("books/trial-balance/", lists.trial_balance, name="trial_balance"),
]
