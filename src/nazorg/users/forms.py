"""Forms about people."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _

from nazorg.access.roles import ROLES, label_of


class RoleChoice(forms.ModelMultipleChoiceField):
    """Ticks for roles, by the names that people know."""

    def __init__(self, **options):
        super().__init__(Group.objects.order_by("pk"), widget=forms.CheckboxSelectMultiple, required=False, label=_("Roles"), **options)

    def label_from_instance(self, group):
        about = next((role.description for role in ROLES if role.name == group.name), "")
        return f"{label_of(group.name)}: {about}" if about else label_of(group.name)


class InviteForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    email = forms.EmailField(label=_("E-mail address"))
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    roles = RoleChoice()


class PersonForm(forms.Form):
    roles = RoleChoice()
    is_active = forms.BooleanField(label=_("May sign in"), required=False)


class AcceptForm(forms.Form):
    username = forms.CharField(label=_("User name"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}))
    password = forms.CharField(
        label=_("Password"), help_text=_("At least 10 characters."), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )


class SetUpForm(AcceptForm):
    name = forms.CharField(label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = forms.EmailField(label=_("E-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    field_order = ["name", "email", "username", "password"]


class ProfileForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    job_title = forms.CharField(label=_("Job title"), max_length=80, required=False)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
