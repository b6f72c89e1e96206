"""`nazorg import` as somebody types it."""

import io

import pytest
from django.core.management import CommandError, call_command
from tests.imports.import_house import checksums, open_house, written

from nazorg.catalogue.models import Product
from nazorg.imports.models import ImportRun

PRODUCTS = "Code;Omschrijving kort;Prijs\nA;Kettle;49,90\nB;Toaster;abc\n"


@pytest.fixture(autouse=True)
def house(db):
    open_house()


def say(*arguments, **options) -> str:
    out = io.StringIO()
    call_command("import", *map(str, arguments), stdout=out, **options)
    return out.getvalue()


def test_a_column_that_is_not_recognised_is_named(tmp_path):
    path = written(tmp_path, PRODUCTS)
    with pytest.raises(CommandError, match="No column gives: Name. Say which one does. For example: --map \"COLUMN\"=name"):
        say("products", path)
    said = say("products", path, "--map", "Omschrijving kort=name", "--errors", tmp_path / "mend.csv", "--report", tmp_path / "rows.csv")
    assert "Omschrijving kort → name" in said
    assert "2 rows: 1 imported (1 records), 0 already there, 1 refused." in said
    assert Product.objects.get().name == "Kettle"
    assert (tmp_path / "mend.csv").read_text(encoding="utf-8-sig").splitlines()[1].startswith("B;Toaster;abc;Row 3, column “Prijs”")
    assert (tmp_path / "rows.csv").read_text(encoding="utf-8-sig").splitlines()[1:2] == ["2,imported,"]


def test_a_dry_run_writes_its_files_and_nothing_else(tmp_path):
    path = written(tmp_path, PRODUCTS)
    before = checksums()
    said = say("products", path, "--map", "Omschrijving kort=name", "--dry-run", "--errors", tmp_path / "mend.csv")
    assert "This was a dry run: nothing was written." in said
    assert len((tmp_path / "mend.csv").read_text().splitlines()) == 2
    assert checksums() == before


def test_the_decimal_sign_that_is_given_is_taken_at_its_word(tmp_path):
    said = say("products", written(tmp_path, PRODUCTS), "--map", "Omschrijving kort=name", "--decimal", ".")
    assert "“49,90” is not a number" in said
    assert not Product.objects.exists()


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["products", "nowhere.csv"], "There is no file nowhere.csv"), (["products", "/tmp"], "is a folder"), (["products"], "Name the file"),
        (["retail", "x.csv", "--decimal", ","], "one form"), (["retail", "nowhere.csv"], "There is no file"), (["products", "x.csv", "--map", "nonsense"], "COLUMN=FIELD"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(arguments, words):
    with pytest.raises(CommandError, match=words):
        say(*arguments)
    assert not ImportRun.objects.exists()


def test_a_file_without_the_shops_columns_is_no_retail_file(tmp_path):
    with pytest.raises(CommandError, match="lacks the columns InvoiceNo"):
        say("retail", written(tmp_path, PRODUCTS))
    assert not ImportRun.objects.exists()


def test_the_fields_of_each_kind(tmp_path):
    assert "number *" in say("invoices", "--fields")
    assert "nothing was written" in say("retail", written(tmp_path, "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n1,A,Mug,1,2011-01-01 10:00:00,2,7.0,Belgium\n"), "--dry-run")
    assert not ImportRun.objects.exists()
