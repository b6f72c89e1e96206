"""Customers, products, orders and deliveries over the API."""

import uuid

import pytest

from nazorg.inventory.models import Delivery
from nazorg.invoicing.models import Document
from nazorg.parties.models import Party
from nazorg.sales.models import Order

pytestmark = pytest.mark.usefixtures("all_apps")


def post(client, path, body=None, **headers):
    return client.post(f"/api/v1{path}", body or {}, content_type="application/json", headers=headers)


def patch(client, path, body):
    return client.patch(f"/api/v1{path}", body, content_type="application/json")


def test_a_customer_is_added_once_changed_and_found(api):
    sam, key = api("sam"), str(uuid.uuid4())
    body = {"name": "Hotel Aan Zee", "kind": "company", "vat_number": "BE 0123.456.749", "addresses": [{"street": "Zeedijk 1", "city": "Oostende", "country": "BE"}]}

    first, second = (post(sam, "/parties", body, **{"Idempotency-Key": key}) for _twice in range(2))

    hotel = Party.objects.get()
    assert (first.status_code, first.json()) == (201, second.json())
    assert (first.json()["vat_number"], first.json()["counts_as"], first.json()["addresses"][0]["city"]) == ("BE0123456749", hotel.pk, "Oostende")
    contact = post(sam, "/parties", {"name": "Ingrid", "company": hotel.pk}).json()
    assert contact["counts_as"] == hotel.pk
    assert patch(sam, f"/parties/{contact['id']}", {"phone": "0032 1"}).json()["phone"] == "+32 1"
    assert [one["name"] for one in sam.get("/api/v1/parties", {"counts_as": hotel.pk}).json()["items"]] == ["Ingrid", "Hotel Aan Zee"]
    assert [one["id"] for one in sam.get("/api/v1/parties", {"q": "aan zee"}).json()["items"]] == [hotel.pk]


BAD_PARTIES = [
    ({"name": ""}, 409, "name"), ({"name": "x" * 100_001}, 422, None), ({"name": "x" * 300}, 409, "name"), ({"name": "a\x00"}, 422, None), ({"name": "x", "vat_number": "BE0123456789"}, 409, "vat_number"),
    ({"name": "x", "nickname": "y"}, 422, "nickname"), ({"name": "x", "kind": "robot"}, 422, "kind"), ({"name": "x", "company": 999}, 404, None),
    ({"name": "x", "company": 10**30}, 404, None), ({"name": "x", "addresses": [{"country": "XX"}]}, 409, "country"), ({}, 422, "name"),
]


@pytest.mark.parametrize(("body", "status", "field"), BAD_PARTIES)
def test_a_wrong_customer_is_a_problem_with_a_sentence(body, status, field, api):
    answer = post(api("sam"), "/parties", body)
    assert answer.status_code == status and answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"] and (field is None or field in answer.json().get("field", ""))
    assert not Party.objects.exists()


def test_an_agent_reads_and_does_not_write(api, ida, kettle):
    nora = api("nora")
    assert nora.get(f"/api/v1/parties/{ida.pk}").json()["name"] == "Ida Claes"
    assert nora.get(f"/api/v1/products/{kettle.pk}").json()["price"] == {"amount": "40.50", "currency": "EUR"}
    assert post(nora, "/parties", {"name": "x"}).status_code == 403
    assert patch(nora, f"/products/{kettle.pk}", {"price": "1"}).status_code == 403
    assert api("ida").get(f"/api/v1/parties/{ida.pk}").status_code == 403
    assert api("sam", "products:read").get(f"/api/v1/parties/{ida.pk}").status_code == 403


def test_a_product_is_added_and_changed(api, vat):
    sam = api("sam")
    made = post(sam, "/products", {"code": "TST", "name": "Toaster", "price": "37.195", "taxes": ["BE 21%"], "unit": "pc"})
    assert (made.status_code, made.json()["price"], made.json()["taxes"]) == (201, {"amount": "37.195", "currency": "EUR"}, ["BE 21%"])
    assert patch(sam, f"/products/{made.json()['id']}", {"price": "40", "taxes": []}).json()["price"]["amount"] == "40.00"
    for bad in ({"price": 1.5}, {"price": "-1"}, {"price": "1e40"}, {"unit": "bag"}, {"taxes": ["VAT"]}, {"currency": "XXX"}, {"warranty_months": -1}, {"code": "tst"}):
        assert post(sam, "/products", {"code": "NEW", "name": "New", **bad}).status_code in (409, 422), bad


def test_an_order_from_quotation_to_invoice_and_delivery(api, ida, kettle):
    sam, tom = api("sam"), api("tom")
    made = post(sam, "/orders", {"customer": ida.pk, "on": "2026-11-23", "lines": [{"product": kettle.pk, "quantity": "2"}]}).json()
    assert (made["number"], made["state"], made["total"]) == ("S/2026/00001", "quotation", {"amount": "98.01", "currency": "EUR"})
    assert patch(sam, f"/orders/{made['id']}", {"reference": "PO 1"}).json()["reference"] == "PO 1"

    path = f"/orders/{made['id']}"
    key = {"Idempotency-Key": str(uuid.uuid4())}
    assert [post(sam, f"{path}/confirm", **key).json()["state"] for _twice in range(2)] == ["confirmed", "confirmed"]
    assert post(sam, f"{path}/confirm").status_code == 409
    assert post(sam, f"{path}/invoices").json()["total"] == {"amount": "98.01", "currency": "EUR"}
    assert post(sam, f"{path}/invoices").json()["code"] == "nothing_to_invoice"
    assert post(sam, f"{path}/cancel").json()["code"] == "is_invoiced"

    sold = sam.get(f"/api/v1{path}").json()["lines"][0]["sold_line"]
    delivery = post(tom, "/deliveries", {"customer": ida.pk, "origin": made["number"], "lines": [{"product": kettle.pk, "quantity": "2", "sold_line": sold}]})
    assert delivery.status_code == 201
    assert post(tom, f"/deliveries/{delivery.json()['id']}/deliver", {}).json()["state"] == "done"
    line = sam.get(f"/api/v1{path}").json()["lines"][0]
    assert (line["delivered"], line["invoiced"]) == ("2", "2")
    assert sam.get("/api/v1/orders", {"customer": ida.pk}).json()["items"][0]["number"] == made["number"]
    assert tom.get("/api/v1/deliveries", {"origin": made["number"]}).json()["items"][0]["state"] == "done"
    assert Document.objects.count() == 1


BAD_LINES = [
    [], [{}], [{"description": "x"}], [{"product": 999}], [{"product": 10**30}], [{"description": "x", "price": "1", "quantity": "-1"}],
    [{"description": "x", "price": "1", "quantity": "99999999999"}], [{"description": "x", "price": 1}], [{"description": "x", "price": "1", "taxes": ["VAT"]}],
    [{"description": "x", "price": "1", "discount": "101"}], [{"description": "x\x00", "price": "1"}],
]


@pytest.mark.parametrize("lines", BAD_LINES)
def test_a_senseless_order_or_delivery_is_a_problem(lines, api, ida):
    answer = post(api("sam"), "/orders", {"customer": ida.pk, "lines": lines})
    assert answer.status_code in (404, 409, 422) and answer.json()["detail"]
    lines = [{name: value for name, value in one.items() if name in ("product", "quantity")} | ({"serial": "x" * 200} if "description" in one else {}) for one in lines]
    answer = post(api("tom"), "/deliveries", {"customer": ida.pk, "lines": lines})
    assert answer.status_code in (404, 409, 422) and answer.json()["detail"]
    assert not Order.objects.exists() and not Delivery.objects.exists()


def test_foreign_numbers_are_not_found_and_break_nothing(api):
    for path in ("/parties", "/products", "/orders", "/deliveries"):
        for pk in (0, 999, 10**30):
            assert api("ada").get(f"/api/v1{path}/{pk}").status_code == 404
        assert api("ada").get(f"/api/v1{path}", {"limit": 0}).status_code == 409
        assert api("ada").get(f"/api/v1{path}", {"cursor": "x"}).status_code == 409
        assert api("ada").get(f"/api/v1{path}", {"q": "\x00"}).status_code == 422
    for path in ("/parties", "/orders", "/deliveries"):
        name = "counts_as" if path == "/parties" else "customer"
        assert api("ada").get(f"/api/v1{path}", {name: 10**30}).status_code in (200, 422)
