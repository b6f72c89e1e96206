"""Each kind of file comes in by the house's own actions; what does not fit is told, and the good rows come in."""

import datetime as dt
from decimal import Decimal as D

import pytest
from tests.imports.import_house import checksums, open_house, rows_of, run_file, sentences, workbook, written

from nazorg.catalogue.models import Product
from nazorg.core import audit
from nazorg.core.refusals import Refused
from nazorg.entitlements.models import SoldLine
from nazorg.helpdesk.models import Ticket
from nazorg.imports.errors import error_lines
from nazorg.imports.kinds.products import Products
from nazorg.imports.models import ImportedRecord, ImportRun, RefusedRow
from nazorg.inventory.models import Delivery
from nazorg.invoicing.models import Document, Payment
from nazorg.parties.models import Party
from nazorg.sales.models import Order

CUSTOMERS = """Klantnummer;Naam;Soort;Bedrijf;E-mail;BTW-nummer;Straat;Postcode;Gemeente;Land
K1;Bakkerij Claes;bedrijf;;info@claes.example;BE0403019261;Dorpsstraat 1;3500;Hasselt;be
K2;Ida Claes;persoon;K1;ida@claes.example;;;;;
K3;Jan Peeters;;;jan@example.org;;;;;
"""
PRODUCTS = "SKU,Name,Price,VAT,Category\nKT-1,Kettle,49.90,21,Kitchen\nTS-1,Toaster,51.35,21,Kitchen\nSV-1,Visit,60,21,\n"


@pytest.fixture
def house(db):
    open_house()


@pytest.fixture
def shop(house, tmp_path):
    """Three customers and three products."""
    assert run_file("customers", written(tmp_path, CUSTOMERS))[0].imported == 3
    assert run_file("products", written(tmp_path, PRODUCTS))[0].imported == 3


def test_companies_contacts_and_persons(shop):
    bakery, ida, jan = Party.objects.order_by("reference")
    assert (bakery.kind, bakery.vat_number, bakery.addresses.get().city, bakery.addresses.get().country) == ("company", "BE0403019261", "Hasselt", "BE")
    assert (ida.kind, ida.company, ida.root_id) == ("person", bakery, bakery.pk)
    assert (jan.kind, jan.email) == ("person", "jan@example.org")
    assert bakery.thread is not None


def test_products_with_their_taxes(shop):
    kettle = Product.objects.get(code="KT-1")
    assert (kettle.name, kettle.price, kettle.category.name, [str(t) for t in kettle.taxes.all()], kettle.unit.code) == ("Kettle", D("49.90"), "Kitchen", ["BE 21%"], "pc")


INVOICES = """Factuurnummer;Klant;Factuurdatum;Vervaldatum;Artikel;Aantal;Prijs;BTW;Totaal;Betaald
F1;K1;05/06/2026;05/07/2026;KT-1;2;49,90;21;182,89;100
F2;K3;06/06/2026;;KT-1;1;49,90;21;;
F1;K1;05/06/2026;;TS-1;1;51,35;21;;
"""


def test_an_invoice_of_several_rows_is_posted_under_its_number_and_paid_in_part(shop, tmp_path):
    result, _run = run_file("invoices", written(tmp_path, INVOICES))
    assert (result.rows, result.imported, result.records, result.refused) == (3, 3, 2, 0)
    invoice = Document.objects.get(number="F1")
    assert (invoice.state, invoice.source, invoice.net, invoice.tax, invoice.total) == ("posted", "import", D("151.15"), D("31.74"), D("182.89"))
    assert (invoice.on.isoformat(), invoice.due_on.isoformat(), invoice.lines.count()) == ("2026-06-05", "2026-07-05", 2)
    assert Payment.objects.get().amount == 100
    assert invoice.open_item.residual == D("82.89")
    assert invoice.customer == Party.objects.get(reference="K1")
    assert list(audit.run()) == []


@pytest.mark.parametrize(
    "row, words",
    [
        ("F9;K9;05/06/2026;;KT-1;1;49,90;21;;", "No customer has the number"),
        ("F9;K1;31/06/2026;;KT-1;1;49,90;21;;", "is not a date"),
        ("F9;K1;05/06/2026;01/06/2026;KT-1;1;49,90;21;;", "due before"),
        ("F9;K1;05/06/2026;;NO-1;1;49,90;21;;", "No product has the code"),
        ("F9;K1;05/06/2026;;KT-1;-1;49,90;21;;", "above zero"),
        ("F9;K1;05/06/2026;;KT-1;1;-4;21;;", "from zero on"),
        ("F9;K1;05/06/2026;;KT-1;1;1.5;21;;", "is not a number"),
        ("F9;K1;05/06/2026;;KT-1;1;49,90;77;;", "There is no tax “77”"),
        ("F9;K1;05/06/2026;;KT-1;1;49,90;21;99;", "the file says 99"),
        ("F9;K1;05/06/2026;;;1;49,90;21;;", "a product or a description"),
        (";K1;05/06/2026;;KT-1;1;49,90;21;;", "it is needed"),
        ("F9;K1;05/06/2026;;KT-1;99999999999;49,90;21;;", "above zero"),
    ],
)
def test_a_bad_row_is_told_and_the_good_ones_come_in(shop, tmp_path, row, words):
    result, run = run_file("invoices", written(tmp_path, INVOICES + row + "\n"))
    assert (result.imported, result.refused) == (3, 1)
    assert words in sentences(result)[5]
    assert RefusedRow.objects.get().cells["Factuurnummer"] == row.split(";")[0]
    assert Document.objects.count() == 2
    assert run.state == "done"


def test_when_rows_of_one_invoice_disagree_none_of_it_comes_in(shop, tmp_path):
    text = INVOICES.replace("F1;K1;05/06/2026;;TS-1", "F1;K3;05/06/2026;;TS-1")
    result, _run = run_file("invoices", written(tmp_path, text))
    assert (result.imported, result.refused) == (1, 2)
    assert "an earlier row of F1 says “K1”" in sentences(result)[4]


@pytest.mark.parametrize("currency", ["GBP", "usd", "JPY"])
def test_another_currency_than_that_of_the_books_comes_in(shop, tmp_path, currency):
    text = f"number,customer,on,description,price,currency\nF7,K1,2026-06-05,Mug,40,{currency}\n"
    assert run_file("invoices", written(tmp_path, text))[0].imported == 1
    invoice = Document.objects.get(number="F7")
    assert (invoice.currency, invoice.open_item.currency) == (currency.upper(),) * 2
    assert list(audit.run()) == []


def test_orders_keep_their_number_and_sell_their_lines(shop, tmp_path):
    text = "order,customer,date,product,qty,price,status,total\nSO-8,K2,2026-06-01,KT-1,2,49.90,delivered,182.89\nSO-8,K2,2026-06-01,TS-1,1,51.35,,\nSO-9,K3,2026-06-02,KT-1,1,,quote,\n"
    result, _run = run_file("orders", written(tmp_path, text))
    assert (result.imported, result.problems) == (3, [])
    order, quotation = Order.objects.order_by("number")
    assert (order.number, order.state, order.total, order.on.isoformat()) == ("SO-8", "confirmed", D("182.89"), "2026-06-01")
    assert (quotation.state, quotation.net) == ("quotation", D("49.90"))
    assert SoldLine.objects.count() == 2


def test_deliveries_deliver_what_their_order_sold(shop, tmp_path):
    run_file("orders", written(tmp_path, "order,customer,date,product,qty,price\nSO-8,K2,2026-06-01,KT-1,1,49.90\n"))
    text = "delivery,customer,order,delivered,product,qty,serial\nD1,K2,SO-8,2026-06-03 14:05,KT-1,1,SN-77\nD2,K3,,,TS-1,1,\nD3,K3,,2026-06-04,TS-1,1,\n"
    result, _run = run_file("deliveries", written(tmp_path, text))
    assert (result.imported, result.refused) == (2, 1)
    assert "needs the day" in sentences(result)[3]
    delivery = Delivery.objects.get(number="D1")
    sold = delivery.lines.get().sold_line
    assert (delivery.state, delivery.origin, sold.serial, sold.delivered_on.isoformat(), sold.warranty_until.isoformat()) == ("done", "SO-8", "SN-77", "2026-06-03", "2028-06-03")


def test_tickets_with_what_the_customer_wrote(shop, tmp_path):
    text = (
        'id,subject,body,requester,created on,status,tags,priority,sku\n1,Kettle leaks,"It leaks,\non the counter.",jan@example.org,2026-06-10 10:00,closed,"leak, kitchen",high,KT-1\n'
        "2,No customer,Hello,,2026-06-11,,,,\n3,Wrong,Hello,nobody@example.org,,,,,\n"
    )
    result, _run = run_file("tickets", written(tmp_path, text))
    assert (result.imported, result.refused) == (2, 1)
    ticket = Ticket.objects.get(title="Kettle leaks")
    assert (ticket.customer.reference, ticket.stage.kind, ticket.priority, ticket.product.code, ticket.channel) == ("K3", "closed", 2, "KT-1", "import")
    assert (ticket.made_at.isoformat(), sorted(t.name for t in ticket.tags.all())) == ("2026-06-10T08:00:00+00:00", ["kitchen", "leak"])
    assert ticket.thread.entries.exclude(kind="history").get().text == "It leaks,\non the counter."


def test_a_workbook_with_excels_own_types(shop, tmp_path):
    path = workbook(tmp_path, [["Invoice", "Customer", "Date", "SKU", "Qty", "Price"], [7001, "K1", dt.datetime(2026, 6, 5), "KT-1", 2.0, 49.9], [7002, "K9", dt.datetime(2026, 6, 5), "KT-1", 1, 2.5]])
    result, run = run_file("invoices", path, decimal=",")
    assert (result.imported, result.refused) == (1, 1)
    assert Document.objects.get(number="7001").net == D("99.80")
    refused = rows_of("".join(error_lines(run)))
    assert refused[0]["Price"] == "2,5"
    assert refused[0]["Date"] == "2026-06-05 00:00:00"


def test_the_error_file_mended_comes_in_and_nothing_comes_in_twice(shop, tmp_path):
    text = INVOICES + "F9;K9;05/06/2026;;KT-1;1;49,90;21;60,38;\n"
    _result, run = run_file("invoices", written(tmp_path, text))
    errors = "".join(error_lines(run))
    assert rows_of(errors, ";")[0]["What is wrong"].startswith("No customer has")
    mended = written(tmp_path, errors.replace(";K9;", ";K2;"), "mended.csv")
    result, _run = run_file("invoices", mended)
    assert (result.imported, result.refused) == (1, 0)
    again, _run = run_file("invoices", written(tmp_path, INVOICES))
    assert (again.imported, again.there) == (0, 3)
    assert Document.objects.count() == 3


def test_a_dry_run_says_the_same_and_leaves_nothing(shop, tmp_path):
    path = written(tmp_path, INVOICES + "F9;K9;05/06/2026;;KT-1;1;49,90;21;;\n")
    before = checksums()
    tried, _run = run_file("invoices", path, dry=True)
    assert checksums() == before
    result, _run = run_file("invoices", path)
    assert (tried.as_dict(), tried.problems) == (result.as_dict(), result.problems)


def test_doubles_in_one_file_are_told_not_dropped(house, tmp_path):
    result, _run = run_file("customers", written(tmp_path, CUSTOMERS + "K3;Somebody else;;;;;;;;\n"))
    assert (result.imported, result.refused) == (3, 1)
    assert "has the number K3 as well" in sentences(result)[5]
    assert Party.objects.get(reference="K3").name == "Jan Peeters"


def test_what_was_there_before_any_import_is_left_as_it_is(house, tmp_path):
    Party.objects.create(reference="K3", name="Jan as we know him")
    result, _run = run_file("customers", written(tmp_path, CUSTOMERS))
    assert (result.imported, result.there) == (2, 1)
    assert Party.objects.get(reference="K3").name == "Jan as we know him"


def test_a_second_run_changes_nothing_at_all(shop, tmp_path):
    path = written(tmp_path, INVOICES)
    run_file("invoices", path)
    before = checksums()
    result, _run = run_file("invoices", path)
    assert (result.imported, result.there) == (0, 3)
    assert checksums() == before


def test_a_run_that_broke_off_goes_on_and_another_process_is_noticed(shop, tmp_path, monkeypatch):
    monkeypatch.setattr("nazorg.imports.engine.CHUNK", 1)
    path = written(tmp_path, "code,name\n" + "".join(f"P{i},Product {i}\n" for i in range(5)))

    load = Products.load

    def power_cut(importer, rows):
        if rows[0]["code"] == "P3":
            raise KeyboardInterrupt
        return load(importer, rows)

    with monkeypatch.context() as broken, pytest.raises(KeyboardInterrupt):
        broken.setattr("nazorg.imports.kinds.products.Products.load", power_cut)
        run_file("products", path)
    run = ImportRun.objects.get(kind="products", state="running")
    assert (run.units_done, run.counts["imported"]) == (3, 3)
    result, again = run_file("products", path)
    assert again.pk == run.pk
    assert (result.rows, result.imported, result.there) == (5, 5, 0)
    assert ImportedRecord.objects.filter(run=run).count() == 5
    run.refresh_from_db()
    assert (run.state, run.units_done) == ("done", 5)


@pytest.mark.parametrize(
    "content, code",
    [(b"", "empty_file"), (b"PK\x03\x04 broken", "damaged"), (b"name\0,code\n", "nul_byte"), (b"\xd0\xcf\x11\xe0old", "old_excel"), (b"colour,size\nred,3\n", "missing_field"),
     (b"\x1f\x8bbroken", "damaged"), (b"code,code\n1,2\n", "double_column"), (b"%PDF-1.4\n%\xe2\xe3\n", "missing_field")],
)
def test_a_file_that_is_no_such_table_is_refused_with_a_sentence_and_nothing_written(house, tmp_path, content, code):
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    before = checksums()
    with pytest.raises(Refused) as refusal:
        run_file("products", path)
    assert refusal.value.code == code
    assert checksums() == before


def test_nul_bytes_and_control_characters_inside_a_workbook_are_refused_by_row(house, tmp_path):
    result, _run = run_file("products", written(tmp_path, "code,name\nA,Go\x07od\nB,Fine\n"))
    assert (result.imported, result.refused) == (1, 1)
    assert "control character" in sentences(result)[2]


def test_a_title_of_ten_megabytes_is_refused_in_a_short_sentence(house, tmp_path):
    path = written(tmp_path, f"id,subject\n1,{'x' * 120_000}\n2,Short\n")
    result, _run = run_file("tickets", path)
    assert (result.imported, result.refused) == (1, 1)
    assert len(sentences(result)[2]) < 300
