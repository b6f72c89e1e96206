"""The ticket page and its parts; included by `helpdesk/urls.py`."""

from django.urls import path

from nazorg.helpdesk.views import ticket

urlpatterns = [
    path("tickets/<int:number>/", ticket.page, name="ticket"),
    path("tickets/<int:number>/change/", ticket.change, name="ticket-change"),
    path("tickets/<int:number>/write/", ticket.write, name="ticket-write"),
    path("tickets/<int:number>/draft/", ticket.draft, name="ticket-draft"),
    path("tickets/<int:number>/thread/", ticket.thread, name="ticket-thread"),
    path("tickets/<int:number>/here/", ticket.here, name="ticket-here"),
    path("tickets/<int:number>/services/", ticket.services, name="ticket-services"),
    path("tickets/<int:number>/around/", ticket.around, name="ticket-around"),
    path("tickets/<int:number>/neighbours/", ticket.neighbours, name="ticket-neighbours"),
    path("tickets/<int:number>/followers/", ticket.followers, name="ticket-followers"),
]
