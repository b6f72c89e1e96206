"""Switching apps on and off, and plans."""

from __future__ import annotations

import io
import threading
import zipfile
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from nazorg.access.rules import may
from nazorg.core.refusals import NotAllowed, Refused
from nazorg.suite import actions, queries
from nazorg.suite.models import ActiveApp, Subscription, Trial
from nazorg.users.models import User

pytestmark = pytest.mark.django_db


def test_an_app_comes_with_what_it_needs(ada):
    done = actions.activate(slug="sales", by=ada, at=timezone.now())
    assert set(done) == {"invoicing", "sales"}
    assert done.index("invoicing") < done.index("sales")
    assert actions.activate(slug="sales", by=ada, at=timezone.now()) == []


def test_what_another_app_needs_stays_on(ada):
    actions.activate(slug="sales", by=ada, at=timezone.now())
    with pytest.raises(Refused) as refusal:
        actions.deactivate(slug="invoicing", by=ada, at=timezone.now())
    assert refusal.value.code == "needed"
    assert queries.active_apps() == {"invoicing", "sales"}


def test_only_who_may_switches_apps(nora, client):
    with pytest.raises(NotAllowed):
        actions.activate(slug="helpdesk", by=nora, at=timezone.now())
    client.force_login(nora)
    assert client.get("/apps/").status_code == 403
    assert not ActiveApp.objects.exists()


def test_an_inactive_app_has_no_page_no_api_and_no_permission(client, ada):
    client.force_login(ada)
    actions.activate(slug="helpdesk", by=ada, at=timezone.now())
    ada = User.objects.get(pk=ada.pk)
    assert may(ada, "helpdesk.work_ticket")
    assert client.get("/api/v1/tickets").status_code == 200
    page = client.get("/people/me/").content.decode()
    assert "/tickets/" in page
    actions.deactivate(slug="helpdesk", by=ada, at=timezone.now())
    ada = User.objects.get(pk=ada.pk)
    assert not may(ada, "helpdesk.work_ticket")
    assert client.get("/api/v1/tickets").status_code == 404
    assert client.get("/helpdesk/tickets/").status_code == 404
    assert "/tickets/" not in client.get("/people/me/").content.decode()


def test_the_page_says_what_comes_along_before_it_happens(client, ada):
    client.force_login(ada)
    page = client.get("/apps/sales/activate/").content.decode()
    assert "Invoicing" in page
    assert not ActiveApp.objects.exists()
    client.post("/apps/sales/activate/")
    assert set(ActiveApp.objects.values_list("slug", flat=True)) == {"invoicing", "sales"}


@pytest.mark.django_db(transaction=True)
def test_two_who_switch_at_once_do_not_collide(ada):
    barrier, failures = threading.Barrier(8), []

    def work():
        try:
            barrier.wait()
            actions.activate(slug="sales", by=ada, at=timezone.now())
        except Exception as failure:  # noqa: BLE001 - whatever it is, the test must say it
            failures.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert ActiveApp.objects.count() == 2


def test_without_a_plan_nothing_is_ever_locked(ada):
    actions.activate(slug="sales", by=ada, at=timezone.now())
    assert not Trial.objects.exists()
    assert not queries.is_locked(timezone.now() + timedelta(days=5000))


def test_a_second_app_starts_the_trial_and_its_end_locks_all_but_billing_and_export(settings, client, ada):
    settings.PLANS = "one-app-free"
    now = timezone.now()
    client.force_login(ada)
    actions.activate(slug="helpdesk", by=ada, at=now)
    assert not Trial.objects.exists()
    with pytest.raises(Refused) as refusal:
        actions.activate(slug="invoicing", by=ada, at=now)
    assert refusal.value.code == "trial_not_accepted"
    assert queries.active_apps() == {"helpdesk"}
    assert "15" in client.get("/apps/invoicing/activate/").content.decode()
    client.post("/apps/invoicing/activate/", {"accept_trial": "on"})
    trial = Trial.objects.get()
    assert trial.ends_at - trial.started_at == timedelta(days=15)
    assert client.get("/helpdesk/tickets/").status_code == 200

    Trial.objects.update(started_at=now - timedelta(days=16), ends_at=now - timedelta(days=1))
    assert client.get("/helpdesk/tickets/").headers["Location"] == "/apps/billing/"
    assert client.get("/api/v1/tickets").status_code == 403
    assert client.get("/apps/billing/").status_code == 200
    archive = zipfile.ZipFile(io.BytesIO(b"".join(client.post("/apps/export/").streaming_content)))
    people = archive.read("users_user.csv").decode()
    assert "ada@example.com" in people
    assert ada.password not in people

    client.post("/apps/billing/", {"reference": "SUB-1", "starts_on": timezone.localdate().isoformat()})
    assert Subscription.objects.count() == 1
    assert client.get("/helpdesk/tickets/").status_code == 200
