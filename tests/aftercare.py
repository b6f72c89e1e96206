"""Nora and Pim of Aftercare, Ada who runs the house, and Ida's ticket about a kettle."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from nazorg.access.roles import sync_roles
from nazorg.catalogue.models import Product, Unit
from nazorg.entitlements.models import SoldLine
from nazorg.helpdesk import actions
from nazorg.parties.models import Party
from nazorg.suite import actions as suite
from nazorg.users.models import User


def person(username, name, role):
    user = User.objects.create_user(username, email=f"{username}@demo.example", password="a long enough one", name=name)
    user.groups.add(Group.objects.get(name=role))
    return user


@pytest.fixture
def house(db):
    sync_roles()
    suite.activate(slug="helpdesk", by=None, at=timezone.now())


@pytest.fixture
def nora(house):
    return person("nora", "Nora Peeters", "agent")


@pytest.fixture
def pim(house):
    return person("pim", "Pim Jacobs", "agent")


@pytest.fixture
def ada(house):
    return person("ada", "Ada Maes", "administrator")


@pytest.fixture
def team(house, nora):
    made = actions.add_team(name="Aftercare", by=None, at=timezone.now())
    actions.add_member(team=made, user=nora, by=None, at=timezone.now())
    return made


@pytest.fixture
def ticket(team):
    at = timezone.now() - timedelta(days=1)
    shop = Party.objects.create(kind="company", name="Acme BV", email="info@acme.example")
    ida = Party.objects.create(kind="person", name="Ida Claes", company=shop, email="ida@acme.example", phone="+32 470 12 34 56")
    unit = Unit.objects.first() or Unit.objects.create(code="pcs", name="piece")
    kettle = Product.objects.create(code="KET-X2", name="Kettle X2", unit=unit)
    SoldLine.objects.create(
        customer=shop, product=kettle, description="Kettle X2, steel", serial="SN-8841", quantity=1, net=Decimal("106.61"), currency="EUR",
        sold_on=date(2026, 11, 6), delivered_on=date(2026, 11, 9), warranty_until=date(2028, 11, 9),
    )
    return actions.open_ticket(
        title="Kettle leaks", team=team, customer=shop, contact=ida, product=kettle, serial="SN-8841", message="It leaks at the bottom.", by=None, at=at,
    )
