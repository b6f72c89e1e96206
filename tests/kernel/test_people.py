"""Invitations, roles, tokens and the way in."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from nazorg.access.actions import make_token, withdraw_token
from nazorg.access.models import ApiToken
from nazorg.access.roles import ROLES, abilities_by_role
from nazorg.access.rules import may
from nazorg.core.refusals import NotAllowed, Refused
from nazorg.users import actions
from nazorg.users.models import User

from .conftest import PASSWORD, somebody

pytestmark = pytest.mark.django_db


def test_every_role_exists_with_the_abilities_that_the_apps_give_it(desk):
    groups = {group.name: {f"{p.content_type.app_label}.{p.codename}" for p in group.permissions.select_related("content_type")} for group in Group.objects.all()}
    for role in ROLES:
        assert abilities_by_role()[role.name] <= groups[role.name]
    assert "users.manage_user" in groups["administrator"]


def test_an_invited_person_chooses_a_password_and_is_in(client, ada):
    invitation, secret = actions.invite(email="New@Example.com", name="New One", roles=Group.objects.filter(name="agent"), by=ada, at=timezone.now())
    page = client.get(f"/people/welcome/{secret}/")
    assert page.status_code == 200
    answer = client.post(f"/people/welcome/{secret}/", {"username": "newone", "password": "correct horse battery"})
    assert answer.status_code == 302
    user = User.objects.get(username="newone")
    assert [group.name for group in user.groups.all()] == ["agent"]
    assert client.get("/people/me/").status_code == 200
    assert client.get(f"/people/welcome/{secret}/").status_code == 410


def test_an_invitation_ends_after_seven_days_and_by_withdrawal(ada):
    long_ago = timezone.now() - timedelta(days=8)
    _invitation, old = actions.invite(email="a@example.com", name="A", roles=[], by=ada, at=long_ago)
    with pytest.raises(Refused):
        actions.accept(secret=old, username="aaa", password="correct horse battery", at=timezone.now())
    _invitation, first = actions.invite(email="b@example.com", name="B", roles=[], by=ada, at=timezone.now())
    actions.invite(email="b@example.com", name="B", roles=[], by=ada, at=timezone.now())
    with pytest.raises(Refused):
        actions.accept(secret=first, username="bbb", password="correct horse battery", at=timezone.now())
    assert User.objects.count() == 1


def test_an_agent_invites_nobody(client, nora):
    with pytest.raises(NotAllowed):
        actions.invite(email="x@example.com", name="X", roles=[], by=nora, at=timezone.now())
    client.force_login(nora)
    assert client.get("/people/").status_code == 403


def test_the_last_administrator_stays_one(ada):
    with pytest.raises(Refused):
        actions.set_roles(user=ada, roles=[], is_active=True, by=ada, at=timezone.now())
    assert may(User.objects.get(pk=ada.pk), "users.manage_user")


def test_who_may_no_longer_sign_in_is_signed_out_at_once(client, ada, nora):
    client.force_login(nora)
    assert client.get("/people/me/").status_code == 200
    actions.set_roles(user=nora, roles=[], is_active=False, by=ada, at=timezone.now())
    assert client.get("/people/me/").status_code == 302


def test_sign_in_by_name_and_by_address(client, nora):
    for login in ("nora", "nora@example.com"):
        answer = client.post("/accounts/login/", {"login": login, "password": PASSWORD})
        assert answer.status_code == 302, login
        client.logout()
    assert client.post("/accounts/login/", {"login": "nora", "password": "wrong wrong wrong"}).status_code == 200
    assert client.get("/accounts/signup/").status_code == 200
    assert client.post("/accounts/signup/", {"email": "z@example.com", "username": "zed", "password1": "correct horse battery"}).status_code == 200
    assert not User.objects.filter(username="zed").exists()


@pytest.mark.parametrize("address", ["/accounts/login/", "/account/security/", "/accounts/2fa/totp/activate/", "/accounts/2fa/webauthn/add/", "/accounts/password/change/", "/people/me/", "/access/tokens/"])
def test_the_pages_of_sign_in_answer(client, nora, address):
    if "login" not in address:
        client.post("/accounts/login/", {"login": "nora", "password": PASSWORD})
        client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert client.get(address).status_code == 200


def test_the_language_follows_the_reader(client, nora):
    assert client.get("/accounts/login/", headers={"accept-language": "nl-BE,nl;q=0.9"}).headers["Content-Language"] == "nl"
    client.force_login(nora)
    assert client.get("/people/me/", headers={"accept-language": "nl"}).headers["Content-Language"] == "en"
    client.post("/i18n/language/", {"language": "nl", "next": "https://elsewhere.example/"})
    assert client.get("/people/me/").headers["Content-Language"] == "nl"


def test_a_token_acts_as_its_owner_within_its_abilities_until_withdrawn(client, desk, nora):
    token, secret = make_token(user=nora, name="report", abilities=["*:read"], by=nora, at=timezone.now())
    assert secret not in str(ApiToken.objects.values().get())
    headers = {"authorization": f"Bearer {secret}"}
    assert client.get("/api/v1/tickets", headers=headers).status_code == 200
    refused = client.post("/api/v1/tickets", {}, content_type="application/json", headers=headers)
    assert (refused.status_code, refused.headers["Content-Type"], refused.json()["code"]) == (403, "application/problem+json", "not_allowed")
    withdraw_token(token=token, by=nora, at=timezone.now())
    assert client.get("/api/v1/tickets", headers=headers).status_code == 401


def test_an_expired_token_and_an_inactive_owner_are_strangers(client, desk, nora):
    now = timezone.now()
    _token, secret = make_token(user=nora, name="old", abilities=["*:read"], expires_at=now + timedelta(seconds=1), by=nora, at=now)
    ApiToken.objects.update(expires_at=now - timedelta(seconds=1))
    headers = {"authorization": f"Bearer {secret}"}
    assert client.get("/api/v1/tickets", headers=headers).status_code == 401
    ApiToken.objects.update(expires_at=None)
    assert client.get("/api/v1/tickets", headers=headers).status_code == 200
    User.objects.filter(pk=nora.pk).update(is_active=False)
    assert client.get("/api/v1/tickets", headers=headers).status_code == 401


def test_the_first_administrator_lets_themselves_in_by_a_link(client):
    path = actions.first_administrator_link()
    answer = client.post(path, {"name": "Ada", "email": "ada@example.com", "username": "ada", "password": "correct horse battery"})
    assert answer.status_code == 302
    assert may(User.objects.get(username="ada"), "suite.switch_app")
    assert actions.first_administrator_link() is None


def test_nobody_reads_another_persons_account_page(client, nora):
    other = somebody("pim", "agent")
    client.force_login(nora)
    assert client.get(f"/people/{other.pk}/").status_code == 403
