"""Products, prices and the tables that products choose from."""

import datetime as dt
from decimal import Decimal as D

import pytest
from tests.masters import NOW, TODAY

from nazorg.catalogue import actions, queries
from nazorg.catalogue.actions import NewProduct
from nazorg.catalogue.models import Category, Price, PriceList, Product, Tax, Unit
from nazorg.core.refusals import NotAllowed, Refused

pytestmark = pytest.mark.django_db


def test_every_installation_begins_with_units_rates_and_a_price_list():
    assert set(Unit.objects.values_list("code", flat=True)) >= {"pc", "kg", "g", "m", "h"}
    assert Unit.objects.get(code="kg").factor / Unit.objects.get(code="g").factor == 1000
    assert {(tax.name[:2], tax.rate, tax.is_included) for tax in Tax.objects.all()} == {
        (country, D(rate), included) for country, rates in {"BE": (21, 12, 6, 0), "NL": (21, 9, 0)}.items() for rate in rates for included in (True, False)
    }
    assert queries.default_price_list("EUR").name == "Standard"


def test_sam_adds_a_product_in_pieces_with_two_years_of_warranty(cast, vat):
    product = actions.add(code=" KET-17 ", name="Kettle", price=D("40.5"), taxes=[vat], by=cast("sam"), at=NOW)
    assert (product.code, product.unit.code, product.warranty_months, product.currency, list(product.taxes.all())) == ("KET-17", "pc", 24, "EUR", [vat])


@pytest.mark.parametrize("who", ["nora", "victor", "tom", "ida"])
def test_only_sales_keeps_products(who, cast, kettle):
    with pytest.raises(NotAllowed):
        actions.change(product=kettle, price=D(1), by=cast(who), at=NOW)
    with pytest.raises(NotAllowed):
        actions.save_tax(name="x", kind="percent", rate=D(5), category="S", is_included=False, by=cast(who), at=NOW)
    kettle.refresh_from_db()
    assert kettle.price == D("40.5")


BAD = {
    "no code": ({"code": " "}, "code"),
    "a code of somebody else's, in other letters": ({"code": "ket-17"}, "code"),
    "no name": ({"name": ""}, "name"),
    "a name of 10 MB": ({"name": "x" * 10_000_000}, "name"),
    "NUL in the description": ({"description": "\x00"}, "description"),
    "a description without end": ({"description": "x" * 30_000}, "description"),
    "a negative price": ({"price": D(-1)}, "price"),
    "an absurd price": ({"price": D(10) ** 15}, "price"),
    "a price of a ten-millionth": ({"price": D("0.0000001")}, "price"),
    "no number for a price": ({"price": D("NaN")}, "price"),
    "a currency that is not one": ({"currency": "EURO"}, "currency"),
    "a currency that nobody has": ({"currency": "XXX"}, "currency"),
    "a warranty of a million months": ({"warranty_months": 1_000_000}, "warranty_months"),
    "a warranty below zero": ({"warranty_months": -1}, "warranty_months"),
    "a service with serial numbers": ({"kind": "service", "tracking": "serial"}, "tracking"),
    "a kind that is not one": ({"kind": "idea"}, "kind"),
}


@pytest.mark.parametrize("case", BAD)
def test_nonsense_is_refused_with_a_sentence_and_nothing_is_kept(case, cast, kettle):
    fields, field = BAD[case]
    with pytest.raises(Refused) as refused:
        actions.add(**{"code": "NEW", "name": "New", **fields}, by=cast("sam"), at=NOW)
    assert refused.value.field == field and len(str(refused.value)) < 300
    assert list(Product.objects.all()) == [kettle]


JULY, AUGUST = dt.date(2026, 7, 1), dt.date(2026, 8, 31)
COSTS = [
    ("below the first quantity", "0.5", TODAY, "40.50"), ("one", "1", TODAY, "38"), ("just below ten", "9.9999", TODAY, "38"), ("ten", "10", TODAY, "35"),
    ("ten on the first day of the sale", "10", JULY, "30"), ("ten on its last day", "10", AUGUST, "30"), ("ten the day after", "10", AUGUST + dt.timedelta(1), "35"),
    ("one during the sale of ten", "1", JULY, "38"),
]


@pytest.mark.parametrize(("_case", "quantity", "on", "price"), COSTS)
def test_the_price_of(kettle, _case, quantity, on, price):
    trade = actions.save_price_list(name="Trade", currency="EUR", by=None, at=NOW)
    for minimum, amount, start, end in [(1, 38, None, None), (10, 35, None, None), (10, 30, JULY, AUGUST)]:
        actions.save_price(price_list=trade, product=kettle, price=D(amount), minimum=D(minimum), starts_on=start, ends_on=end, by=None, at=NOW)
    assert queries.price_of(kettle, trade, D(quantity), on) == D(price)


def test_a_list_in_another_currency_has_no_price_unless_it_says_one(kettle):
    pounds = actions.save_price_list(name="Pounds", currency="GBP", by=None, at=NOW)
    assert queries.price_of(kettle, pounds, D(1), TODAY) is None
    actions.save_price(price_list=pounds, product=kettle, price=D(33), by=None, at=NOW)
    assert queries.price_of(kettle, pounds, D(1), TODAY) == 33
    assert queries.price_of(kettle, None, D(1), TODAY) == kettle.price


def test_a_new_default_list_takes_over_from_the_old_one():
    new = actions.save_price_list(name="New", currency="EUR", is_default=True, by=None, at=NOW)
    assert queries.default_price_list("EUR") == new
    assert PriceList.objects.filter(is_default=True).count() == 1
    with pytest.raises(Refused, match="default of its currency"):
        actions.remove(record=new, by=None, at=NOW)


def test_senseless_prices_are_refused(kettle):
    trade = actions.save_price_list(name="Trade", currency="EUR", by=None, at=NOW)
    good = {"price_list": trade, "product": kettle, "price": D(1)}
    for bad in ({"price": D(-1)}, {"minimum": D(-1)}, {"starts_on": TODAY, "ends_on": JULY}, {"minimum": D(10) ** 20}):
        with pytest.raises(Refused):
            actions.save_price(**{**good, **bad}, by=None, at=NOW)
    actions.save_price(**good, by=None, at=NOW)
    with pytest.raises(Refused, match="has a price"):
        actions.save_price(**good, by=None, at=NOW)
    with pytest.raises(Refused, match="are in EUR"):
        actions.save_price_list(price_list=trade, name="Trade", currency="USD", by=None, at=NOW)
    assert Price.objects.count() == 1


def test_what_is_used_stays(kettle, vat):
    for record in (vat, kettle.unit):
        with pytest.raises(Refused):
            actions.remove(record=record, by=None, at=NOW)
    with pytest.raises(Refused, match="keeps its size"):
        actions.save_unit(unit=kettle.unit, code="pc", name="Piece", dimension="count", factor=D(2), by=None, at=NOW)
    unused = Unit.objects.get(code="doz")
    actions.remove(record=unused, by=None, at=NOW)
    assert not Unit.objects.filter(code="doz").exists()


@pytest.mark.parametrize("bad", [{"rate": D(-1)}, {"rate": D(101)}, {"kind": "fixed", "is_included": True}, {"category": "Q"}, {"category": "E", "rate": D(6)}, {"name": "BE 21%"}, {"name": "x" * 100}])
def test_senseless_taxes_are_refused(bad):
    with pytest.raises(Refused):
        actions.save_tax(**{"name": "New", "kind": "percent", "rate": D(6), "category": "S", "is_included": False, **bad}, by=None, at=NOW)
    assert Tax.objects.count() == 14


ROWS = [NewProduct("A-1", "Apple", category="Fruit", price=D("0.50"), taxes=("BE 6%",)), NewProduct("b-1", "Bread", category="Bakery", unit="kg")]


def test_an_import_adds_each_product_once(django_assert_max_num_queries):
    made = actions.add_many(rows=ROWS, by=None, at=NOW)
    assert {code: (p.name, str(p.category), p.unit.code, [t.name for t in p.taxes.all()]) for code, p in made.items()} == {
        "A-1": ("Apple", "Fruit", "pc", ["BE 6%"]), "B-1": ("Bread", "Bakery", "kg", []),
    }
    again = actions.add_many(rows=[*ROWS, NewProduct("a-1 ", "Other")], by=None, at=NOW)
    assert {p.pk for p in again.values()} == {p.pk for p in made.values()} and Product.objects.count() == 2
    with django_assert_max_num_queries(14):
        actions.add_many(rows=[NewProduct(f"P{n}", f"Product {n}", taxes=("BE 21%",)) for n in range(1000)], by=None, at=NOW)


@pytest.mark.parametrize("bad", [NewProduct("", "x"), NewProduct("x", ""), NewProduct("x", "y", unit="bag"), NewProduct("x", "y", taxes=("VAT",)), NewProduct("x", "y", price=D(-1)), NewProduct("x", "y", category="z" * 100), NewProduct("x", "y\x00")])
def test_an_import_with_a_bad_row_adds_nothing(bad):
    with pytest.raises(Refused):
        actions.add_many(rows=[*ROWS, bad], by=None, at=NOW)
    assert not Product.objects.exists() and not Category.objects.exists()
