"""The living page of components and the reader's choice of theme."""

from django.urls import path

from nazorg.ui import views

app_name = "ui"
urlpatterns = [
    path("", views.gallery, name="gallery"),
    path("sheet/", views.gallery_sheet, name="gallery-sheet"),
    path("lookup/", views.gallery_lookup, name="gallery-lookup"),
    path("move/", views.gallery_move, name="gallery-move"),
    path("theme/", views.theme, name="theme"),
]
