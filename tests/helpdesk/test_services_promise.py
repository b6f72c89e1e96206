"""What every service promises, whichever it is: each registered one is held to it (docs/adding-a-service.md)."""

import inspect

import pytest
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.urls import reverse
from django.utils import timezone

from nazorg.core.refusals import NotAllowed, Refused
from nazorg.helpdesk import actions, queries
from nazorg.helpdesk.models import Remedy, TeamService, Ticket
from nazorg.helpdesk.planned import PLANNED
from nazorg.helpdesk.services import Readiness, plan_service, services, services_and_plans
from nazorg.suite.models import ActiveApp
from nazorg.suite.queries import forget_active_apps

SERVICES = pytest.mark.parametrize("service", services(), ids=lambda service: service.service_slug)
PLANS = pytest.mark.parametrize("plan", [one for one in services_and_plans() if not one.is_available], ids=lambda plan: plan.service_slug)


@pytest.fixture
def offered(house):
    """The house with every service switched on for both teams, and their apps active."""
    for team in (house.support, house.legal):
        for service in services():
            actions.switch_service(team=team, slug=service.service_slug, on=True, activate_apps=True, by=None, at=timezone.now())
    return house


def page_ticket(ticket, user) -> Ticket:
    return queries.for_page(user).get(pk=ticket.pk)


def test_the_five_of_the_design_come_first_and_in_order():
    known = [one.service_slug for one in services_and_plans()]
    assert known[:5] == ["refund", "coupon", "goods_return", "repair", "field_task"]
    assert len(known) == len(set(known))
    assert all(PLANNED[i].service_order < PLANNED[i + 1].service_order for i in range(len(PLANNED) - 1))


@SERVICES
def test_it_says_what_it_is(service):
    assert service.service_slug and str(service.button) and str(service.title) and str(service.summary) and service.service_icon
    assert service.slug, "it belongs to an app that can be switched off"
    assert "helpdesk" in service.apps_needed


@SERVICES
def test_it_asks_who_and_whether(service):
    assert list(inspect.signature(service.hook("rules", "may_give")).parameters) == ["user", "ticket"]
    assert list(inspect.signature(service.hook("rules", "applies_to")).parameters) == ["ticket"]
    assert service.hook("queries", "tiles") is not None


@SERVICES
def test_its_remedy_points_at_its_document_by_a_real_foreign_key(service):
    remedies = [model for model in service.get_models() if issubclass(model, Remedy)]
    assert len(remedies) == 1
    own = [field for field in remedies[0]._meta.local_fields if isinstance(field, models.ForeignKey) and not field.remote_field.parent_link]
    assert any(not field.null and field.db_constraint for field in own), "one of them is required"
    assert isinstance(inspect.getattr_static(remedies[0], "document"), property) or isinstance(remedies[0]._meta.get_field("document"), models.ForeignKey)
    with pytest.raises(FieldDoesNotExist):
        remedies[0]._meta.get_field("object_id")  # no generic foreign keys


@SERVICES
def test_it_is_off_until_a_team_offers_it(house, service):
    assert queries.buttons(page_ticket(house.kettle, house.nora), house.nora) == []
    with pytest.raises(NotAllowed):
        actions.switch_service(team=house.support, slug=service.service_slug, on=True, by=house.nora, at=timezone.now())
    assert not TeamService.objects.exists()


@SERVICES
def test_inactive_apps_are_named_first_and_activated_on_confirm(house, service):
    missing = [app.slug for app in plan_service(service.service_slug).activates]
    assert missing
    with pytest.raises(Refused) as refusal:
        actions.switch_service(team=house.support, slug=service.service_slug, on=True, by=house.ada, at=timezone.now())
    assert (refusal.value.code, refusal.value.facts["apps"]) == ("apps_inactive", missing)
    with pytest.raises(NotAllowed):  # a team lead does not activate apps
        actions.switch_service(team=house.support, slug=service.service_slug, on=True, activate_apps=True, by=house.lena, at=timezone.now())
    assert not TeamService.objects.exists()
    actions.switch_service(team=house.support, slug=service.service_slug, on=True, activate_apps=True, by=house.ada, at=timezone.now())
    assert service.is_active
    assert [row.service for row in house.support.services.all()] == [service.service_slug]
    actions.switch_service(team=house.support, slug=service.service_slug, on=False, by=house.lena, at=timezone.now())
    assert not TeamService.objects.exists()
    assert service.is_active, "switching a team's service off leaves the apps as they are"


@SERVICES
def test_under_a_plan_a_trial_is_announced_first(house, signed_in, settings, service):
    settings.PLANS = "one-app-free"
    here = reverse("helpdesk:team_service", args=[house.support.pk, service.service_slug])
    ada = signed_in(house.ada)
    assert ada.post(here, {"on": "on"}).headers["Location"] == here
    page = ada.get(here).content.decode()
    assert "trial of 15 days" in page
    assert ada.post(here, {"on": "on", "confirm": "1"}).status_code == 422
    assert not TeamService.objects.exists()
    assert ada.post(here, {"on": "on", "confirm": "1", "accept_trial": "on"}).status_code == 303
    assert TeamService.objects.exists()


@SERVICES
def test_a_ticket_without_a_customer_says_why_not(offered, service):
    ticket = actions.open_ticket(title="Who are you?", team=offered.support, by=None, at=timezone.now())
    readiness = service.hook("rules", "applies_to")(ticket)
    assert isinstance(readiness, Readiness)
    assert readiness.state in ("impossible", "absent")
    assert readiness.state == "absent" or str(readiness.reason)


@SERVICES
def test_who_may_not_give_it_has_no_button_and_no_sheet(offered, signed_in, service):
    may_give = service.hook("rules", "may_give")
    assert not may_give(offered.victor, offered.kettle)
    assert not may_give(offered.nora, offered.secret)
    assert may_give(offered.ada, offered.kettle)
    sheet = reverse(f"{service.label}:sheet", args=[offered.secret.pk])
    for verb in ("get", "post"):
        assert getattr(signed_in(offered.nora), verb)(sheet).status_code == 404
        assert getattr(signed_in(offered.victor), verb)(sheet.replace(str(offered.secret.pk), str(offered.kettle.pk))).status_code in (403, 404)
    assert Remedy.objects.count() == 0


@SERVICES
def test_its_sheet_opens_on_a_ticket_for_who_may(offered, signed_in, service):
    answer = signed_in(offered.ada).get(reverse(f"{service.label}:sheet", args=[offered.kettle.pk]))
    assert answer.status_code == 200


@SERVICES
def test_it_disappears_with_its_app_and_comes_back(offered, signed_in, service):
    assert service.service_slug in {offer.service.service_slug for offer in queries.offers(page_ticket(offered.kettle, offered.ada), offered.ada)}
    ActiveApp.objects.filter(slug=service.slug).delete()
    forget_active_apps()
    assert queries.offers(page_ticket(offered.kettle, offered.ada), offered.ada) == []
    assert signed_in(offered.ada).get(reverse(f"{service.label}:sheet", args=[offered.kettle.pk])).status_code == 404
    ActiveApp.objects.create(slug=service.slug, activated_at=timezone.now())
    forget_active_apps()
    assert queries.offers(page_ticket(offered.kettle, offered.ada), offered.ada)


@SERVICES
def test_the_api_tells_its_state_and_takes_it(offered, api, service):
    told = {one["service"]: one for one in api(offered.ada).get(f"/api/v1/tickets/{offered.kettle.pk}/services").json()}
    assert told[service.service_slug]["state"] in ("ready", "pick", "impossible", "absent")
    assert told[service.service_slug]["state"] != "impossible" or told[service.service_slug]["reason"]
    from nazorg.api.shell import api as shell

    own = [path for path, verbs in shell.get_openapi_schema()["paths"].items() if "post" in verbs and path.startswith("/api/v1/tickets/{") and path.rsplit("/", 1)[1].startswith(service.service_slug)]
    assert own, "POST /tickets/{number}/…"
    assert api(offered.nora).post(own[0].replace("{number}", str(offered.secret.pk)).replace("{int:number}", str(offered.secret.pk)), {}, "application/json").status_code in (404, 422)


@PLANS
def test_a_service_without_an_app_cannot_be_switched_on_and_says_so(house, signed_in, plan):
    with pytest.raises(Refused) as refusal:
        actions.switch_service(team=house.support, slug=plan.service_slug, on=True, activate_apps=True, by=house.ada, at=timezone.now())
    assert refusal.value.code == "not_in_this_version"
    ada = signed_in(house.ada)
    assert ada.post(reverse("helpdesk:team_service", args=[house.support.pk, plan.service_slug]), {"on": "on"}).status_code == 422
    assert "Not part of this version yet." in ada.get(f"/helpdesk/teams/{house.support.pk}/").content.decode()
    assert not TeamService.objects.exists()
