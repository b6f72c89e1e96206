"""Which columns are recognised, and how a file's way of writing is guessed."""

import pytest

from nazorg.core.refusals import Refused
from nazorg.imports.fields import automatic_map, checked_map, detected
from nazorg.imports.kinds import KINDS

CUSTOMERS, INVOICES = KINDS["customers"].fields, KINDS["invoices"].fields


@pytest.mark.parametrize("kind", KINDS)
def test_each_field_is_recognised_by_its_own_name_and_no_synonym_names_two(kind):
    fields = KINDS[kind].fields
    assert automatic_map([f.name for f in fields], fields) == {f.name: f.name for f in fields}
    assert KINDS[kind].key in {f.name for f in fields if f.required}
    for one in fields:
        for name in one.synonyms:
            assert automatic_map([name], fields), name


def test_dutch_and_english_headings_without_regard_to_case_blanks_and_accents():
    assert automatic_map(["KLANTNUMMER", "E-mail adres", "naam ", "BTW-nr", "Kleur"], CUSTOMERS) == {
        "KLANTNUMMER": "reference", "E-mail adres": "email", "naam ": "name", "BTW-nr": "vat_number",
    }
    assert automatic_map(["Invoice No", "InvoiceDate", "Customer ID", "Unit price", "Qty"], INVOICES) == {
        "Invoice No": "number", "InvoiceDate": "on", "Customer ID": "customer", "Unit price": "price", "Qty": "quantity",
    }


@pytest.mark.parametrize(
    "given, code",
    [({"Nummer": "number"}, "no_column"), ({"A": "nonsense"}, "no_field"), ({"A": "number", "B": "number"}, "double_field"), ({"A": "number"}, "missing_field")],
)
def test_a_map_that_does_not_fit_is_refused(given, code):
    with pytest.raises(Refused) as refusal:
        checked_map(given, ["A", "B"], INVOICES)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    "prices, delimiter, decimal",
    [(["49,90"], ",", ","), (["1.234,50"], ";", ","), (["49.90", "1"], ";", "."), (["1,234.50"], ",", "."), (["12"], ";", ","), (["12"], ",", "."), ([2.5], None, ".")],
)
def test_the_decimal_sign_is_guessed_from_the_rows(prices, delimiter, decimal):
    rows = [{"P": price} for price in prices]
    assert detected(rows, {"P": "price"}, INVOICES, delimiter=delimiter)["decimal"] == decimal


@pytest.mark.parametrize("days, order", [(["05/06/2026"], "dmy"), (["05/06/2026", "06/31/2026"], "mdy"), (["2026-06-31"], "dmy"), (["31.05.2026"], "dmy")])
def test_the_order_of_a_date_is_guessed_from_the_rows(days, order):
    assert detected([{"D": day} for day in days], {"D": "on"}, INVOICES, delimiter=",")["days"] == order
