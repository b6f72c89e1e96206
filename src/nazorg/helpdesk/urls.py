"""The list, the board, new tickets and the configuration; the ticket's own page has its routes in `ticket_urls`."""

from django.urls import include, path

from nazorg.helpdesk.views import board, configuration, lookups, teams, tickets

app_name = "helpdesk"
urlpatterns = [
    path("tickets/", tickets.listing, name="tickets"),
    path("tickets/new/", tickets.new, name="new"),
    path("tickets/bulk/", tickets.bulk, name="bulk"),
    path("views/save/", tickets.save_view, name="save_view"),
    path("views/<int:pk>/delete/", tickets.delete_view, name="delete_view"),
    path("views/<int:pk>/choose/", tickets.choose_view, name="choose_view"),
    path("views/none/choose/", tickets.choose_view, name="choose_no_view"),
    path("board/", board.board, name="board"),
    path("board/<int:number>/move/", board.move, name="card"),
    path("find/customers/", lookups.customers, name="customers"),
    path("find/contacts/", lookups.contacts, name="contacts"),
    path("find/products/", lookups.products, name="products"),
    path("teams/", teams.listing, name="teams"),
    path("teams/new/", teams.new, name="new_team"),
    path("teams/<int:pk>/", teams.team, name="team"),
    path("teams/<int:pk>/archive/", teams.archive, name="archive_team"),
    path("teams/<int:pk>/members/", teams.members, name="team_members"),
    path("teams/<int:pk>/stages/", teams.stages, name="team_stages"),
    path("teams/<int:pk>/services/<slug:slug>/", teams.service, name="team_service"),
    path("teams/<int:pk>/services/<slug:slug>/settings/", teams.service_settings, name="team_service_settings"),
    path("tags/", configuration.tags, name="tags"),
    path("types/", configuration.types, name="types"),
    path("", include("nazorg.helpdesk.ticket_urls")),
]
