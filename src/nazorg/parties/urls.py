from django.urls import path

from nazorg.parties import views

app_name = "parties"
urlpatterns = [
    path("", views.listing, name="list"),
    path("new/", views.new, name="new"),
    path("find/", views.lookup, name="lookup"),
    path("find/companies/", views.lookup, {"kind": "company"}, name="lookup_company"),
    path("find/people/", views.lookup, {"kind": "person"}, name="lookup_person"),
    path("<int:pk>/", views.party, name="party"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/archive/", views.archive, name="archive"),
]
