from django.urls import path

from nazorg.inventory import views

app_name = "inventory"
urlpatterns = [
    path("", views.listing, name="list"),
    path("new/", views.new, name="new"),
    path("adjustments/", views.adjustments, name="adjustments"),
    path("<int:pk>/", views.delivery, name="delivery"),
    path("<int:pk>/deliver/", views.deliver, name="deliver"),
    path("<int:pk>/cancel/", views.cancel, name="cancel"),
]
