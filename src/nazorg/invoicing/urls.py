from django.urls import path

from nazorg.invoicing.views import documents

app_name = "invoicing"
urlpatterns = [
    path("invoices/<int:pk>/", documents.invoice, name="invoice"),
    path("credit-notes/<int:pk>/", documents.credit_note, name="credit_note"),
    path("payments/<int:pk>/", documents.payment, name="payment"),
]
