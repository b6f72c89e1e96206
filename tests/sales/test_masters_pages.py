"""The pages of customers, products, orders and deliveries: who may open them, what they cost, what their forms refuse."""

import re
from decimal import Decimal as D

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.masters import NOW, TODAY

from nazorg.catalogue import actions as catalogue
from nazorg.catalogue.actions import NewProduct
from nazorg.catalogue.models import PriceList, Product, Tax
from nazorg.inventory import actions as inventory
from nazorg.inventory.actions import DeliveryLineInput, NewAdjustment
from nazorg.inventory.models import Delivery, StockAdjustment
from nazorg.invoicing.lines import LineInput
from nazorg.invoicing.models import Document
from nazorg.parties import actions as parties
from nazorg.parties.actions import NewParty
from nazorg.parties.models import Party
from nazorg.sales import actions as sales
from nazorg.sales.models import Order
from nazorg.suite.models import ActiveApp

pytestmark = pytest.mark.usefixtures("all_apps")

LISTS = ["parties:list", "catalogue:list", "sales:list", "inventory:list", "inventory:adjustments", "catalogue:price_lists"]


def fill(count: int) -> None:
    """So many customers, products, orders (confirmed), deliveries, adjustments and price lists."""
    start = Party.objects.count()
    people = list(parties.add_many(rows=[NewParty(f"R{start + n}", f"Customer {start + n}", kind="company") for n in range(count)], by=None, at=NOW).values())
    goods = list(catalogue.add_many(rows=[NewProduct(f"P{start + n}", f"Product {start + n}", category="Things", taxes=("BE 21%",)) for n in range(count)], by=None, at=NOW).values())
    inventory.adjust_many(rows=[NewAdjustment(one, D(-1), TODAY, "broken", one.code) for one in goods], by=None, at=NOW)
    for n, (person, product) in enumerate(zip(people, goods, strict=True)):
        order = sales.draft(customer=person, lines=[LineInput(product=product, quantity=D(2), price=D(5))], on=TODAY, by=None, at=NOW)
        sales.confirm(order=order, by=None, at=NOW)
        delivery = sales.plan_delivery(order=order, by=None, on=TODAY, at=NOW)
        inventory.deliver(delivery=delivery, by=None, at=NOW)
        catalogue.save_price_list(name=f"List {start + n}", currency="EUR", by=None, at=NOW)


def queries_of(client, url: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_a_list_of_fifty_costs_as_many_queries_as_a_list_of_one(door):
    ada = door("ada")
    fill(1)
    few = {name: queries_of(ada, reverse(name)) for name in LISTS}
    fill(49)
    many = {name: queries_of(ada, reverse(name)) for name in LISTS}
    assert many == few
    assert max(few.values()) <= 12, few


def test_fifty_a_page(door):
    parties.add_many(rows=[NewParty(f"R{n}", f"Customer {n:03}") for n in range(51)], by=None, at=NOW)
    page = door("nora").get(reverse("parties:list")).content.decode()
    assert "Customer 049" in page and "Customer 050" not in page and "1–50 of 51" in page
    assert "Customer 050" in door("nora").get(reverse("parties:list"), {"page": 2}).content.decode()
    assert "Customer 050" in door("nora").get(reverse("parties:list"), {"order": "-name"}).content.decode()


@pytest.mark.parametrize("parameters", ["?page=999999999999999999999", "?page=x&order=password", "?q=%00", "?q=" + "x" * 3000, "?kind=robot&state=robot&category=99999999999999999999", "?customer=99999999999999999999999"])
@pytest.mark.parametrize("name", LISTS)
def test_no_parameter_breaks_a_list(name, parameters, door):
    assert door("ada").get(reverse(name) + parameters).status_code == 200


@pytest.mark.parametrize(("name", "words"), [
    ("parties:list", "No customers yet"), ("catalogue:list", "No products yet"), ("sales:list", "No orders yet"), ("inventory:list", "No deliveries yet"),
    ("inventory:adjustments", "never adjusted"),
])
def test_an_empty_list_says_what_to_do(name, words, door):
    assert words in door("ada").get(reverse(name)).content.decode()


MAY_SEE = {
    "parties:list": "nora pim victor tom sam ada", "parties:new": "sam ada", "catalogue:list": "nora pim victor tom sam ada", "catalogue:new": "sam ada",
    "catalogue:taxes": "sam ada", "catalogue:units": "sam ada", "catalogue:categories": "sam ada", "sales:list": "nora pim victor tom sam ada", "sales:new": "sam ada",
    "inventory:list": "nora pim tom sam ada", "inventory:new": "tom ada", "inventory:adjustments": "nora pim tom sam ada",
}


@pytest.mark.parametrize("name", MAY_SEE)
def test_who_may_open(name, door):
    opens = [who for who in ("ida", "nora", "pim", "victor", "tom", "sam", "ada") if door(who).get(reverse(name)).status_code == 200]
    assert " ".join(opens) == MAY_SEE[name]


def test_nobody_without_signing_in(client, ida):
    for url in (reverse("parties:list"), ida.get_absolute_url(), reverse("catalogue:list"), reverse("parties:lookup")):
        assert client.get(url).status_code == 302


def test_a_customer_who_signs_in_sees_no_record_by_its_address(door, ida, kettle, bakery):
    order = sales.draft(customer=bakery, lines=[LineInput(product=kettle)], on=TODAY, by=None, at=NOW)
    delivery = inventory.record_delivery(customer=bakery, lines=[DeliveryLineInput(product=kettle)], planned_on=TODAY, by=None, at=NOW)
    for record in (ida, kettle, order, delivery):
        assert door("ida").get(record.get_absolute_url()).status_code in (403, 404)
    assert "Bakkerij" not in door("ida").get(reverse("parties:lookup"), {"q": "bak"}).content.decode()


def test_an_inactive_app_has_no_pages(door):
    ActiveApp.objects.filter(slug__in=["sales", "inventory"]).delete()
    for name in ("sales:list", "sales:new", "inventory:list"):
        assert door("ada").get(reverse(name)).status_code == 404
    assert door("ada").get(reverse("parties:list")).status_code == 200


# Customers


def form_of(page: str) -> dict:
    """What a browser would send back of a page's first form of inputs: their names and values."""
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    return {name: value for name, value in fields.items() if name != "csrfmiddlewaretoken"}


NEW_PARTY = {
    "kind": "company", "name": "Hotel Aan Zee", "email": "info@hotel.example", "language": "nl", "vat_number": "BE 0123.456.749",
    "address-TOTAL_FORMS": "1", "address-INITIAL_FORMS": "0", "address-0-use": "main", "address-0-street": "Zeedijk 1", "address-0-city": "Oostende", "address-0-country": "BE",
    "contact-TOTAL_FORMS": "2", "contact-INITIAL_FORMS": "0", "contact-0-name": "Ingrid", "contact-0-email": "ingrid@hotel.example", "contact-1-name": "",
}


def test_sam_adds_a_company_with_an_address_and_a_contact_once(door):
    sam = door("sam")
    data = {**form_of(sam.get(reverse("parties:new")).content.decode()), **NEW_PARTY}
    assert data["key"]

    answers = [sam.post(reverse("parties:new"), data) for _twice in range(2)]

    hotel = Party.objects.get(kind="company")
    assert [a.status_code for a in answers] == [303, 303] and {a.url for a in answers} == {hotel.get_absolute_url()}
    assert (hotel.vat_number, str(hotel.addresses.get()), hotel.contacts.get().name) == ("BE0123456749", "Zeedijk 1, Oostende, BE", "Ingrid")
    page = sam.get(hotel.get_absolute_url()).content.decode()
    for words in ("Ingrid", "Zeedijk 1", "BE0123456749", "Belgium", "Nothing was sold to them yet", "added this customer"):
        assert words in page


def test_a_customer_who_is_here_already_is_pointed_out_first(door, bakery):
    sam = door("sam")
    data = {**form_of(sam.get(reverse("parties:new")).content.decode()), **NEW_PARTY}

    answer = sam.post(reverse("parties:new"), data)
    assert answer.status_code == 422 and "may be here already" in answer.content.decode() and bakery.get_absolute_url() in answer.content.decode()
    assert not Party.objects.filter(name="Hotel Aan Zee").exists()

    assert sam.post(reverse("parties:new"), {**data, "anyway": "1"}).status_code == 303


@pytest.mark.parametrize(("field", "value", "sentence"), [
    ("vat_number", "BE0123456789", "check digits"), ("name", "", "required"), ("name", "a\x00b", "Null characters"), ("name", "x" * 300, "200 characters"), ("email", "ida", "valid email"),
])
def test_a_wrong_customer_is_refused_on_the_page_and_nothing_is_kept(field, value, sentence, door):
    sam = door("sam")
    answer = sam.post(reverse("parties:new"), {**form_of(sam.get(reverse("parties:new")).content.decode()), **NEW_PARTY, field: value})
    assert answer.status_code == 422 and sentence in answer.content.decode()
    assert not Party.objects.exists()


def test_sam_changes_and_archives_a_customer_and_nora_may_not(door, ida):
    sam, edit = door("sam"), reverse("parties:edit", args=[ida.pk])
    data = {**form_of(sam.get(edit).content.decode()), **NEW_PARTY, "kind": "person", "name": "Ida Maes", "vat_number": "", "contact-0-name": "", "contact-0-email": ""}
    assert sam.post(edit, data).status_code == 303
    ida.refresh_from_db()
    assert (ida.name, ida.email) == ("Ida Maes", "info@hotel.example")

    archive = reverse("parties:archive", args=[ida.pk])
    assert door("nora").get(edit).status_code == 403 and door("nora").post(archive).status_code == 403
    assert sam.post(archive).status_code == 303
    assert "is in the archive now" in sam.get(ida.get_absolute_url()).content.decode()
    assert "Ida Maes" not in sam.get(reverse("parties:list")).content.decode()
    assert "Ida Maes" in sam.get(reverse("parties:list"), {"kind": "archived"}).content.decode()


def test_the_box_finds_companies_only_when_asked(door, ida, bakery):
    nora = door("nora")
    assert "Bakkerij" in nora.get(reverse("parties:lookup"), {"q": "peeters"}).content.decode()
    assert "Bart" not in nora.get(reverse("parties:lookup_company"), {"q": "peeters"}).content.decode()
    assert "Bart" in nora.get(reverse("parties:lookup_person"), {"root": bakery.pk}).content.decode()
    assert "Ida" not in nora.get(reverse("parties:lookup_person"), {"root": bakery.pk}).content.decode()


# Products

NEW_PRODUCT = {"name": "Toaster", "code": "TST", "kind": "goods", "price": "37.19", "currency": "EUR", "tracking": "none", "warranty_months": "24"}


def test_sam_adds_a_product(door, vat):
    sam = door("sam")
    data = {**form_of(sam.get(reverse("catalogue:new")).content.decode()), **NEW_PRODUCT, "unit": catalogue.the_piece().pk, "taxes": [vat.pk]}
    assert sam.post(reverse("catalogue:new"), data).status_code == 303
    toaster = Product.objects.get()
    page = sam.get(toaster.get_absolute_url()).content.decode()
    assert "€37.19" in page and "BE 21%" in page and "24 months" in page

    answer = sam.post(reverse("catalogue:new"), {**data, "key": "", "code": "tst"})
    assert answer.status_code == 422
    data = {**data, **form_of(sam.get(reverse("catalogue:new")).content.decode()), "code": "tst"}
    answer = sam.post(reverse("catalogue:new"), data)
    assert answer.status_code == 422 and "belongs to Toaster" in answer.content.decode()


def test_sam_keeps_units_taxes_categories_and_prices(door, kettle):
    sam = door("sam")
    assert sam.post(reverse("catalogue:categories"), {"name": "Kettles"}).status_code == 303
    assert sam.post(reverse("catalogue:taxes"), {"name": "FR 20%", "kind": "percent", "rate": "20", "category": "S"}).status_code == 303
    assert sam.post(reverse("catalogue:taxes"), {"name": "FR 200%", "kind": "percent", "rate": "200", "category": "S"}).status_code == 422
    assert sam.post(reverse("catalogue:units"), {"code": "box", "name": "Box", "dimension": "count", "factor": "10", "unece": "BX"}).status_code == 303
    tax = Tax.objects.get(name="FR 20%")
    assert "FR 20%" in sam.get(reverse("catalogue:table_row", args=["taxes", tax.pk])).content.decode()
    assert sam.get(reverse("catalogue:table_row", args=["planets", 1])).status_code == 404
    assert sam.post(reverse("catalogue:remove_row", args=["taxes", tax.pk])).status_code == 303
    assert not Tax.objects.filter(pk=tax.pk).exists()

    assert sam.post(reverse("catalogue:price_lists"), {"name": "Trade", "currency": "EUR"}).status_code == 303
    trade = PriceList.objects.get(name="Trade").get_absolute_url()
    price = {"do": "add", "product": kettle.pk, "price": "35", "minimum": "10"}
    assert sam.post(trade, price).status_code == 303
    assert sam.post(trade, price).status_code == 422
    assert "€35.00" in sam.get(trade).content.decode()
    assert door("nora").post(trade, price).status_code == 403


# Orders and deliveries


def lines(*rows, prefix="line"):
    data = {f"{prefix}-TOTAL_FORMS": str(len(rows)), f"{prefix}-INITIAL_FORMS": "0"}
    for n, row in enumerate(rows):
        data |= {f"{prefix}-{n}-{name}": value for name, value in row.items()}
    return data


def test_from_quotation_to_invoice_and_delivery(door, ida, mixer):
    sam, tom = door("sam"), door("tom")
    data = {**form_of(sam.get(reverse("sales:new") + f"?customer={ida.pk}").content.decode()), "customer": ida.pk, "on": "2026-11-23",
            **lines({"product": mixer.pk, "quantity": "2"}, {"description": "Gift wrap", "quantity": "1", "price": "3"}, {})}
    assert sam.post(reverse("sales:new"), data).status_code == 303
    order = Order.objects.get()
    assert (order.net, order.lines.count()) == (D("579.86"), 2)

    edit = reverse("sales:edit", args=[order.pk])
    rows = list(order.lines.all())
    data = {**form_of(sam.get(edit).content.decode()), "customer": ida.pk, "on": "2026-11-23", **lines(
        {"product": mixer.pk, "description": "Mixer 5 l", "quantity": "1", "price": "288.43", "keep": rows[0].pk},
        {"description": "Gift wrap", "quantity": "1", "price": "3", "keep": rows[1].pk, "remove": "on"})}
    assert sam.post(edit, data).status_code == 303
    order.refresh_from_db()
    assert (order.net, order.total, [line.taxes[0]["name"] for line in order.lines.all()]) == (D("288.43"), D("349.00"), ["BE 21%"])

    assert sam.post(reverse("sales:confirm", args=[order.pk])).status_code == 303
    assert "Make the invoice" in sam.get(order.get_absolute_url()).content.decode()
    assert "Make the invoice" not in tom.get(order.get_absolute_url()).content.decode()
    assert sam.post(reverse("sales:invoice", args=[order.pk])).status_code == 303
    assert Document.objects.get().origin == order.number
    assert tom.post(reverse("sales:deliver", args=[order.pk])).status_code == 303

    delivery = Delivery.objects.get()
    answer = tom.post(reverse("inventory:deliver", args=[delivery.pk]), {})
    assert answer.status_code == 422 and "tracked by serial number" in answer.content.decode()
    serial = {f"serial-{delivery.lines.get().pk}": "MX-1"}
    assert tom.post(reverse("inventory:deliver", args=[delivery.pk]), serial).status_code == 303

    page = sam.get(order.get_absolute_url()).content.decode()
    assert delivery.get_absolute_url() in page and "confirmed this order of" in page
    assert "MX-1" in sam.get(ida.get_absolute_url()).content.decode()
    assert delivery.number in tom.get(reverse("inventory:list") + "?q=mx-1").content.decode()
    assert sam.post(reverse("sales:cancel", args=[order.pk])).status_code == 303
    order.refresh_from_db()
    assert order.state == "confirmed"


@pytest.mark.parametrize(("row", "sentence"), [
    ({"description": "x", "quantity": "-1", "price": "1"}, "above zero"), ({"description": "x", "quantity": "1e30", "price": "1"}, "digits"),
    ({"description": "x", "quantity": "1"}, "what “x” costs"), ({"description": "x", "price": "1", "discount": "101"}, "too large"), ({}, "no lines"),
    ({"product": "999999"}, "valid choice"), ({"description": "x" * 999, "price": "1"}, "300 characters"), ({"description": "\x00", "price": "1"}, "Null characters"),
])
def test_a_senseless_quotation_is_refused_on_the_page(row, sentence, door, ida):
    sam = door("sam")
    data = {**form_of(sam.get(reverse("sales:new")).content.decode()), "customer": ida.pk, "on": "2026-11-23", **lines(row)}
    answer = sam.post(reverse("sales:new"), data)
    assert answer.status_code == 422 and sentence in answer.content.decode()
    assert not Order.objects.exists()


def test_tom_plans_a_delivery_and_adjusts_the_stock_by_hand(door, ida, kettle):
    tom = door("tom")
    data = {**form_of(tom.get(reverse("inventory:new")).content.decode()), "customer": ida.pk, "planned_on": "2026-11-24", **lines({"product": kettle.pk, "quantity": "2"}, {})}
    assert tom.post(reverse("inventory:new"), data).status_code == 303
    assert Delivery.objects.get().address == "Kerkstraat 1, 9000 Gent, BE"
    assert tom.post(reverse("inventory:cancel", args=[Delivery.objects.get().pk])).status_code == 303

    adjustment = {**form_of(tom.get(reverse("inventory:adjustments")).content.decode()), "product": kettle.pk, "quantity": "-2", "on": "2026-11-23", "reason": "dropped"}
    assert [tom.post(reverse("inventory:adjustments"), adjustment).status_code for _twice in range(2)] == [303, 303]
    assert StockAdjustment.objects.get().quantity == -2
    assert door("nora").post(reverse("inventory:adjustments"), adjustment).status_code == 403
