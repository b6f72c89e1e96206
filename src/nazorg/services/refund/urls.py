from django.urls import path

from nazorg.services.refund import views

app_name = "refund"
urlpatterns = [
    path("tickets/<int:number>/", views.refunds, name="refunds"),
    path("tickets/<int:number>/new/", views.sheet, name="sheet"),
    path("tickets/<int:number>/new/preview/", views.preview, name="preview"),
    path("<int:pk>/lines/", views.lines, name="lines"),
    path("<int:pk>/confirm/", views.confirm, name="confirm"),
    path("<int:pk>/cancel/", views.cancel, name="cancel"),
]
