"""The REST API of teams and tickets: the same acts, the same sentences, and nothing of closed teams for strangers."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from nazorg.helpdesk import actions
from nazorg.helpdesk.models import Ticket

JSON = "application/json"


def test_a_ticket_from_open_to_closed(house, api):
    nora = api(house.nora)
    body = {"title": "Lid missing", "team": house.support.pk, "customer": house.ida.pk, "priority": 2, "message": "No lid."}
    made = nora.post("/api/v1/tickets", body, JSON, headers={"Idempotency-Key": "one"})
    assert made.status_code == 201, made.content
    again = nora.post("/api/v1/tickets", body, JSON, headers={"Idempotency-Key": "one"})
    number = made.json()["number"]
    assert again.json()["number"] == number
    assert nora.post("/api/v1/tickets", {**body, "title": "Other"}, JSON, headers={"Idempotency-Key": "one"}).status_code == 409
    assert (made.json()["customer"]["name"], made.json()["contact"]["name"]) == ("Acme BV", "Ida de Vries")
    here = f"/api/v1/tickets/{number}"
    solved = house.support.stages.get(kind="closed").pk
    changed = nora.patch(here, {"assignee": house.nora.pk, "stage": solved, "title": "Lid found"}, JSON).json()
    assert (changed["assignee"]["name"], changed["stage"]["kind"], changed["title"]) == ("Nora", "closed", "Lid found")
    assert nora.patch(here, {"assignee": None}, JSON).json()["assignee"] is None
    assert nora.post(f"{here}/messages", {"text": "Here it is."}, JSON).status_code == 201
    assert nora.post(f"{here}/messages", {"text": "Thanks!", "kind": "received"}, JSON).status_code == 201
    assert nora.post(f"{here}/notes", {"text": "Nice customer."}, JSON).status_code == 201
    assert [one["text"] for one in nora.get(f"{here}/messages").json()["items"]] == ["No lid.", "Here it is.", "Thanks!"]
    assert [one["text"] for one in nora.get(f"{here}/notes").json()["items"]] == ["Nice customer."]
    followers = nora.post(f"{here}/followers", {"email": "eva@example.org"}, JSON).json()
    assert nora.delete(f"{here}/followers/{followers[-1]['id']}").status_code == 204
    assert nora.get(f"{here}/services").json() == nora.get(f"{here}/remedies").json() == []
    assert nora.get(here).json()["stage"]["kind"] == "open", "what a customer says opens a closed ticket again"


PATHS = ["", "/messages", "/notes", "/followers", "/services", "/remedies"]


@pytest.mark.parametrize("path", PATHS)
def test_a_guessed_number_is_not_there(house, api, path):
    for user in (house.nora, house.lena):
        assert api(user).get(f"/api/v1/tickets/{house.secret.pk}{path}").status_code == 404
    assert api(house.pim).get(f"/api/v1/tickets/{house.secret.pk}{path}").status_code == 200
    assert api(house.victor).get(f"/api/v1/tickets/{house.kettle.pk}{path}").status_code == 403
    assert api(house.nora).get(f"/api/v1/tickets/{'9' * 30}{path}").status_code in (404, 422)


def test_strangers_change_nothing_by_number(house, api):
    nora, here = api(house.nora), f"/api/v1/tickets/{house.secret.pk}"
    assert nora.patch(here, {"title": "Mine"}, JSON).status_code == 404
    for path, body in (("messages", {"text": "x"}), ("notes", {"text": "x"}), ("followers", {"email": "a@b.example"})):
        assert nora.post(f"{here}/{path}", body, JSON).status_code == 404
    assert nora.delete(f"{here}/followers/1").status_code == 404
    assert nora.get(f"/api/v1/teams/{house.legal.pk}").status_code == 404
    assert nora.patch(f"/api/v1/tickets/{house.kettle.pk}", {"team": house.legal.pk}, JSON).status_code == 409
    assert {one["title"] for one in nora.get("/api/v1/tickets?q=ida").json()["items"]} == {"Kettle leaks"}
    assert {one["name"] for one in nora.get("/api/v1/teams").json()["items"]} == {"Support"}
    assert api(house.lena).patch(f"/api/v1/teams/{house.legal.pk}", {"name": "x"}, JSON).status_code == 404
    assert nora.patch(f"/api/v1/teams/{house.support.pk}", {"name": "x"}, JSON).status_code == 403


@pytest.mark.parametrize("body", [
    {}, {"title": "", "team": 1}, {"title": "x" * 10_000_000}, {"title": "a\x00b"}, {"priority": 9}, {"priority": "2.5"}, {"team": 0}, {"team": 10**30}, {"customer": -1}, {"customer": 987654},
    {"unknown": 1}, {"tags": [987654]}, {"serial": "x" * 81}, {"assignee": 987654}, {"stage": 987654},
])
def test_a_bad_body_gets_a_sentence_and_changes_nothing(house, api, body):
    before = Ticket.objects.count()
    given = {"title": "Lid", "team": house.support.pk, **body} if body else {}
    answer = api(house.nora).post("/api/v1/tickets", given, JSON)
    assert answer.status_code in (409, 413, 422, 400)
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["detail"]
    assert Ticket.objects.count() == before


@pytest.mark.parametrize("query", ["status=x", "team=0", "assignee=you", "priority=4", "limit=0", "limit=1000", "cursor=zz", "since=yesterday", f"customer={10**30}"])
def test_a_bad_filter_is_refused(house, api, query):
    assert api(house.nora).get(f"/api/v1/tickets?{query}").status_code in (409, 422)


def test_paging_walks_through_every_ticket_once_at_the_same_cost(house, api):
    for n in range(7):
        actions.open_ticket(title=f"T{n}", team=house.support, customer=house.ida, by=None, at=timezone.now())
    nora, numbers, cursor, costs = api(house.nora), [], "", set()
    nora.get("/api/v1/tickets?limit=1")
    for limit in (1, 3, 3, 3):
        with CaptureQueriesContext(connection) as queries:
            page = nora.get(f"/api/v1/tickets?limit={limit}{'&cursor=' + cursor if cursor else ''}").json()
        numbers += [one["number"] for one in page["items"]]
        costs.add(len(queries))
        cursor = page["next_cursor"]
        if not cursor:
            break
    assert numbers == sorted(set(numbers), reverse=True)
    assert len(numbers) == 8
    assert len(costs) == 1


def test_a_lead_makes_and_changes_a_team(house, api):
    lena = api(house.lena)
    made = lena.post("/api/v1/teams", {"name": "Warranty", "members": [house.nora.pk]}, JSON)
    assert made.status_code == 201, made.content
    here = f"/api/v1/teams/{made.json()['id']}"
    assert lena.patch(here, {"description": "Two years."}, JSON).json()["description"] == "Two years."
    assert lena.post("/api/v1/teams", {"name": "warranty"}, JSON).status_code == 409
    answer = lena.put(f"{here}/services/coupon", {"on": True}, JSON)
    assert (answer.status_code, answer.json()["code"]) == (409, "not_in_this_version")
    assert lena.put(f"{here}/services/nonsense", {"on": True}, JSON).json()["code"] == "no_such_service"
    assert lena.get("/api/v1/ticket-types").status_code == lena.get("/api/v1/ticket-tags").status_code == 200
