from django.urls import path

from nazorg.suite import views

app_name = "suite"
urlpatterns = [
    path("", views.apps, name="apps"),
    path("<slug:slug>/activate/", views.activate, name="activate"),
    path("<slug:slug>/deactivate/", views.deactivate, name="deactivate"),
    path("billing/", views.billing, name="billing"),
    path("export/", views.export, name="export"),
]
