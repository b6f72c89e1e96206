from django.urls import path

from nazorg.users import views

app_name = "users"
urlpatterns = [
    path("", views.people, name="people"),
    path("me/", views.profile, name="profile"),
    path("invite/", views.invite, name="invite"),
    path("invitations/<int:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("welcome/<str:secret>/", views.accept, name="accept"),
    path("<int:pk>/", views.person, name="user"),
]
