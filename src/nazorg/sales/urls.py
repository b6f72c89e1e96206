from django.urls import path

from nazorg.sales import views

app_name = "sales"
urlpatterns = [
    path("", views.listing, name="list"),
    path("new/", views.new, name="new"),
    path("<int:pk>/", views.order, name="order"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/confirm/", views.confirm, name="confirm"),
    path("<int:pk>/cancel/", views.cancel, name="cancel"),
    path("<int:pk>/invoice/", views.invoice, name="invoice"),
    path("<int:pk>/deliver/", views.deliver, name="deliver"),
]
