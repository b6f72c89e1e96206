"""Loads a person together with what their roles allow: one query a request."""

from __future__ import annotations

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import Permission
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Value
from django.db.models.functions import Concat

from nazorg.users.models import User


def with_abilities(users=None):
    """Users with `abilities_`: the list of `app.codename` that their roles give them."""
    through = (
        Permission.objects.filter(group__user=OuterRef("pk"))
        .annotate(code=Concat("content_type__app_label", Value("."), "codename"))
        .order_by()
        .values("code")
        .distinct()
    )
    return (User.objects.all() if users is None else users).annotate(abilities_=ArraySubquery(through))


class Backend(ModelBackend):
    """Django's own backend, with permissions from roles only (none per user) and fetched with the user."""

    def get_user(self, user_id):
        user = with_abilities().filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None

    def get_user_permissions(self, user_obj, obj=None):
        return set()

    def get_all_permissions(self, user_obj, obj=None):
        if not user_obj.is_active or user_obj.is_anonymous or obj is not None:
            return set()
        if user_obj.is_superuser:
            return super().get_all_permissions(user_obj)
        if not hasattr(user_obj, "abilities_"):
            user_obj.abilities_ = with_abilities().values_list("abilities_", flat=True).get(pk=user_obj.pk)
        return set(user_obj.abilities_)


class SignIn(AuthenticationBackend):
    """allauth's ways in, and nothing more: without this each “may not” would ask it for permissions by two queries."""

    def get_all_permissions(self, user_obj, obj=None):
        return set()
