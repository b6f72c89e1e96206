import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from nazorg.suite.models import ActiveApp
from nazorg.users.actions import add_user

PASSWORD = "quite-a-long-secret"


def somebody(username: str, *roles: str, **more):
    return add_user(
        username=username, name=username.capitalize(), email=f"{username}@example.com", password=PASSWORD, roles=list(Group.objects.filter(name__in=roles)), by=None, at=timezone.now(), **more
    )


@pytest.fixture
def ada(db):
    return somebody("ada", "administrator")


@pytest.fixture
def nora(db):
    return somebody("nora", "agent")


@pytest.fixture
def desk(db):
    """The apps that a desk has switched on."""
    for slug in ("helpdesk", "invoicing"):
        ActiveApp.objects.get_or_create(slug=slug, defaults={"activated_at": timezone.now()})
