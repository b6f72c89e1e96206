"""Files of threads, as downloads."""

from django.urls import path

from nazorg.conversation import views

app_name = "conversation"
urlpatterns = [
    path("files/<int:pk>/<path:name>", views.download, name="attachment"),
]
