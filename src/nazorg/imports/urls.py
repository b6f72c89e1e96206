from django.urls import path

from nazorg.imports import views

app_name = "imports"
urlpatterns = [
    path("", views.runs, name="runs"),
    path("new/", views.new, name="new"),
    path("<int:pk>/", views.run, name="run"),
    path("<int:pk>/columns/", views.columns, name="columns"),
    path("<int:pk>/start/", views.start, name="start"),
    path("<int:pk>/progress/", views.progress, name="progress"),
    path("<int:pk>/errors/", views.errors, name="errors"),
]
