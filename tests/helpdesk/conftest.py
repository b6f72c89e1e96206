"""The people around a ticket: Nora and Pim answer, Ada runs the house, Lena leads, Victor keeps the books, Ida buys."""

from types import SimpleNamespace

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from nazorg.access.actions import make_token
from nazorg.access.roles import sync_roles
from nazorg.helpdesk import actions
from nazorg.helpdesk.models import Team, Ticket
from nazorg.parties.models import Party
from nazorg.suite.models import ActiveApp
from nazorg.suite.queries import forget_active_apps
from nazorg.users.models import User


def person(name: str, *roles: str) -> User:
    user = User.objects.create_user(username=name.lower(), email=f"{name.lower()}@example.org", name=name)
    user.groups.set(Group.objects.filter(name__in=roles))
    return User.objects.get(pk=user.pk)


def make_house() -> SimpleNamespace:
    """Support is for every agent, Legal for its members (Pim) and administrators (Ada)."""
    sync_roles()
    ActiveApp.objects.bulk_create([ActiveApp(slug="helpdesk", activated_at=timezone.now())], ignore_conflicts=True)
    forget_active_apps()
    house = SimpleNamespace(
        nora=person("Nora", "agent"), pim=person("Pim", "agent"), lena=person("Lena", "team_lead"), ada=person("Ada", "administrator"), victor=person("Victor", "accountant"),
    )
    at = timezone.now()
    house.support = actions.add_team(name="Support", email="support@example.org", by=None, at=at)
    house.legal = actions.add_team(name="Legal", visibility=Team.Visibility.MEMBERS, members=[house.pim], by=None, at=at)
    house.acme = Party.objects.create(kind="company", name="Acme BV", email="info@acme.example")
    house.ida = Party.objects.create(name="Ida de Vries", email="ida@acme.example", company=house.acme)
    house.kettle = actions.open_ticket(title="Kettle leaks", team=house.support, customer=house.ida, message="It drips on the wasmachines.", by=None, at=at)
    house.secret = actions.open_ticket(title="Summons", team=house.legal, customer=house.ida, message="See you in court.", by=None, at=at)
    return house


@pytest.fixture
def house(db):
    return make_house()


@pytest.fixture
def busy_house(transactional_db):
    """The house in committed transactions, for what happens at once."""
    return make_house()


def browser_of(user) -> Client:
    client = Client()
    client.force_login(user, backend="nazorg.access.backend.Backend")
    return client


def api_of(user) -> Client:
    _token, secret = make_token(user=user, name="test", abilities=["*:read", "*:write"], by=user, at=timezone.now())
    return Client(headers={"authorization": f"Bearer {secret}"})


@pytest.fixture
def signed_in():
    return browser_of


@pytest.fixture
def api():
    return api_of


def told(ticket: Ticket) -> list[str]:
    """The names of the ticket's history, oldest first."""
    return [event.removeprefix("helpdesk.") for event in ticket.thread.entries.filter(kind="history").order_by("id").values_list("event", flat=True)]


@pytest.fixture(name="told")
def told_fixture():
    return told
