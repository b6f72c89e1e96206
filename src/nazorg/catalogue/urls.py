from django.urls import path

from nazorg.catalogue import tables, views

app_name = "catalogue"
urlpatterns = [
    path("", views.listing, name="list"),
    path("new/", views.new, name="new"),
    path("find/", views.lookup, name="lookup"),
    path("<int:pk>/", views.product, name="product"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/archive/", views.archive, name="archive"),
    path("prices/", views.price_lists, name="price_lists"),
    path("prices/<int:pk>/", views.price_list, name="price_list"),
    path("prices/<int:pk>/remove/", views.remove_price_list, name="remove_price_list"),
    path("categories/", tables.table, {"name": "categories"}, name="categories"),
    path("units/", tables.table, {"name": "units"}, name="units"),
    path("taxes/", tables.table, {"name": "taxes"}, name="taxes"),
    path("<slug:name>/<int:pk>/", tables.table, name="table_row"),
    path("<slug:name>/<int:pk>/remove/", tables.remove, name="remove_row"),
]
