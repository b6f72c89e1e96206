"""The cast at the masters' doors: people with roles, apps that are on, a few customers and products."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal as D

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from nazorg.access.actions import make_token
from nazorg.catalogue import actions as catalogue
from nazorg.catalogue.models import Tax
from nazorg.parties import actions as parties
from nazorg.parties.actions import AddressInput
from nazorg.suite.models import ActiveApp
from nazorg.users.models import User

TODAY = dt.date(2026, 11, 23)
NOW = dt.datetime(2026, 11, 23, 10, tzinfo=dt.UTC)

ROLES = {"nora": "agent", "pim": "agent", "victor": "accountant", "tom": "warehouse", "sam": "sales", "ada": "administrator"}


def somebody(username: str) -> User:
    """One of the cast; Ida has no role: she is a customer who somehow signs in."""
    user, made = User.objects.get_or_create(username=username, defaults={"name": username.capitalize(), "email": f"{username}@example.org"})
    if made and username in ROLES:
        user.groups.add(Group.objects.get(name=ROLES[username]))
    return user


@pytest.fixture
def cast(db):
    """`cast("nora")` is Nora."""
    return somebody


@pytest.fixture
def door(db):
    """`door("nora")` is a browser in which Nora is signed in."""

    def signed_in(username: str) -> Client:
        client = Client()
        client.force_login(somebody(username))
        return client

    return signed_in


@pytest.fixture
def api(db):
    """`api("sam")` is a program that acts as Sam, with every ability of hers."""

    def program(username: str, *abilities: str) -> Client:
        user = somebody(username)
        _token, secret = make_token(user=user, name="test", abilities=list(abilities) or ["*:read", "*:write"], by=user, at=NOW)
        return Client(headers={"authorization": f"Bearer {secret}"})

    return program


@pytest.fixture
def all_apps(db):
    ActiveApp.objects.bulk_create([ActiveApp(slug=slug, activated_at=timezone.now()) for slug in ("invoicing", "sales", "inventory", "helpdesk")])


@pytest.fixture
def ida(db):
    return parties.add(
        name="Ida Claes", email="ida@example.org", phone="0470 12 34 56", addresses=[AddressInput("Kerkstraat 1", "9000", "Gent", "BE")], by=None, at=NOW,
    )


@pytest.fixture
def bakery(db):
    """A company with a contact."""
    company = parties.add(kind="company", name="Bakkerij Peeters", email="info@bakkerij.example", vat_number="BE0123456749", by=None, at=NOW)
    parties.add(name="Bart Peeters", email="bart@bakkerij.example", company=company, by=None, at=NOW)
    return company


@pytest.fixture
def vat(db):
    return Tax.objects.get(name="BE 21%")


@pytest.fixture
def kettle(vat):
    return catalogue.add(code="KET-17", name="Kettle 1.7 l", price=D("40.50"), taxes=[vat], by=None, at=NOW)


@pytest.fixture
def mixer(vat):
    """Tracked by serial number."""
    return catalogue.add(code="MIX-5", name="Mixer 5 l", price=D("288.43"), taxes=[vat], tracking="serial", warranty_months=60, by=None, at=NOW)
