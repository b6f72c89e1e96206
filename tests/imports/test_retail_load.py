"""What the retail file becomes in the house: cases in small, and the real file with the main job on it."""

import datetime as dt
import resource
import time
from decimal import Decimal as D

import pytest
from django.db import connection
from django.utils import timezone
from retail_rows import read, row
from test_retail_real_data import DATA
from tests.imports.import_house import checksums, open_house
from tests.masters import somebody

from nazorg.access.backend import with_abilities
from nazorg.catalogue.models import Product
from nazorg.core import audit
from nazorg.core.refusals import Refused
from nazorg.helpdesk import actions as helpdesk
from nazorg.imports.retail.link import link
from nazorg.imports.retail.load import load_retail, missing, write_rows
from nazorg.imports.retail.read import read_retail
from nazorg.imports.tables import open_table
from nazorg.inventory.models import StockAdjustment
from nazorg.invoicing.lines import CreditLine
from nazorg.invoicing.models import Document
from nazorg.invoicing.queries import left_of_lines
from nazorg.parties.models import Party
from nazorg.services.refund import actions as refund

NOW = dt.datetime(2026, 11, 23, 10, tzinfo=dt.UTC)


@pytest.fixture
def house(db):
    open_house()


def load(*rows):
    retail = read(*rows)
    return load_retail(retail, link(retail.documents), by=None, at=NOW)


def test_documents_customers_products_and_corrections_of_the_stock(house):
    loaded = load(
        row("536365", quantity=6), row("536365", code="POST", quantity=1, price="18.00", description="POSTAGE"), row("536370", customer="", country="EIRE"),
        row("C536379", quantity=-2, at="2010-12-02 09:00:00"), row("536390", quantity=-4, price="0", customer="", description="damaged"),
    )
    assert (loaded.invoices, loaded.credit_notes, loaded.write_offs, loaded.products, loaded.customers) == (2, 1, 1, 2, 2)
    invoice, note = Document.objects.get(number="536365"), Document.objects.get(number="C536379")
    assert (invoice.net, invoice.currency, invoice.source, invoice.open_item.residual) == (D("33.30"), "GBP", "import", D("28.20"))
    assert (note.credits, note.lines.get().credits.position, note.open_item.residual) == (invoice, 0, 0)
    assert Product.objects.get(code="POST").kind == "service"
    assert Party.objects.get(reference="counter:EIRE").addresses.get().country == "IE"
    off = StockAdjustment.objects.get()
    assert (off.reference, off.product.code, off.quantity, off.reason) == ("536390", "22423", -4, "damaged")
    connection.check_constraints()
    assert list(audit.run()) == []


def test_what_is_written_off_is_kept_in_stock_whatever_its_code_looks_like(house):
    load(row("1", code="DCGS0055", quantity=1), row("2", code="DCGS0055", quantity=-1, price="0", customer=""))
    assert Product.objects.get().kind == "goods"
    assert StockAdjustment.objects.get().quantity == -1


def test_a_credit_note_without_an_invoice_is_there_and_stays_open(house):
    load(row("C1", quantity=-2))
    note = Document.objects.get()
    assert (note.credits, note.lines.get().credits, note.open_item.residual) == (None, None, D("-5.10"))
    assert list(audit.run()) == []


def test_a_line_that_is_split_credits_each_invoice(house):
    load(row("1", quantity=4), row("2", quantity=3, at="2010-12-03 08:00:00"), row("C3", quantity=-6, at="2010-12-05 08:00:00"))
    note = Document.objects.get(number="C3")
    assert note.credits is None
    assert sorted((line.credits.document.number, line.quantity) for line in note.lines.all()) == [("1", 3), ("2", 3)]


def test_again_and_in_part_nothing_comes_twice(house, tmp_path):
    rows = [row("1"), row("2", at="2010-12-03 08:00:00"), row("C3", quantity=-1, at="2010-12-05 08:00:00"), row("4", quantity=-4, price="0", customer="")]
    load(*rows[:1])
    loaded = load(*rows)
    assert (loaded.invoices, loaded.credit_notes, loaded.documents_there, loaded.products_there, loaded.write_offs) == (1, 1, 1, 1, 1)
    before = checksums()
    assert load(*rows).new == 0
    assert checksums() == before
    retail = read(*rows, row("A5", price="-9"))
    assert missing(retail).new == 0
    assert write_rows(retail, link(retail.documents), tmp_path / "rows.csv") == 5
    told = (tmp_path / "rows.csv").read_text(encoding="utf-8-sig").splitlines()
    assert told[3] == "4,C3,credit_note,imported,,2 line 1: 1 (part)"
    assert told[5].startswith('6,A5,,set aside,"an adjustment of a debt')


@pytest.mark.skipif(not (DATA / "lines.csv.gz").exists(), reason="The real retail data is not here: it belongs in ../shared/data/retail.")
def test_the_real_file_and_the_main_job_on_it(house):
    start = time.monotonic()
    with open_table(DATA / "lines.csv.gz") as table:
        retail = read_retail(table)
    links = link(retail.documents)
    loaded = load_retail(retail, links, by=None, at=NOW)
    connection.check_constraints()
    seconds = time.monotonic() - start
    print(f"\nthe real file: {seconds:.0f} s, {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB at most in the whole test process")
    assert (loaded.invoices, loaded.credit_notes, loaded.write_offs) == (10_031, 2_006, 758)
    assert StockAdjustment.objects.count() == 758
    sums = dict.fromkeys(("invoice", "credit_note"), D(0))
    for kind, net, currency in Document.objects.values_list("kind", "net", "currency"):
        sums[kind] += net
        assert currency == "GBP"
    assert sums["invoice"] - sums["credit_note"] == D("4397950.76")
    assert Document.objects.filter(kind="credit_note", credits=None).count() == 2_006 - sum(one is not None for one in links.credits.values())
    assert list(audit.run()) == []
    assert missing(retail).new == 0
    assert seconds < 180  # 40 s on a quiet machine; the allowance is for one that runs other tests meanwhile
    refund_an_imported_invoice()
    assert list(audit.run()) == []


def refund_an_imported_invoice():
    """Nora opens a ticket for one of these customers, credits a part of one line, then all the rest."""
    at = timezone.now()
    nora = with_abilities().get(pk=somebody("nora").pk)
    team = helpdesk.add_team(name="Gift shop", members=[nora], by=None, at=at)
    helpdesk.switch_service(team=team, slug="refund", on=True, by=None, at=at)
    invoice = Document.objects.get(number="536365")
    assert invoice.customer.reference == "17850"
    ticket = helpdesk.open_ticket(title="Lanterns broken", team=team, customer=invoice.customer, message="Two arrived in pieces.", by=nora, at=at)
    line = next(one for one in invoice.lines.all() if one.quantity >= 2 and left_of_lines([one])[0].quantity_left >= 2)
    total, due = invoice.total, invoice.open_item.residual

    given = refund.give(ticket=ticket, invoice=invoice, method="partial", lines=[CreditLine(line.pk, quantity=D(2))], on=at.date(), reason="Broken", by=nora, at=at)
    draft = given.credit_note
    assert (draft.state, draft.currency, draft.total) == ("draft", "GBP", round(2 * line.price, 2))
    posted = refund.confirm(refund=given, by=nora, at=at).credit_note
    assert posted.state == "posted"
    invoice.open_item.refresh_from_db()
    assert invoice.open_item.residual == due - posted.total

    rest = refund.give(ticket=ticket, invoice=invoice, method="full", on=at.date(), reason="All of it back", by=nora, at=at).credit_note
    assert (rest.state, rest.total) == ("posted", total - posted.total)
    invoice.open_item.refresh_from_db()
    assert invoice.open_item.residual == 0
    with pytest.raises(Refused):
        refund.give(ticket=ticket, invoice=invoice, method="full", on=at.date(), reason="Once more", by=nora, at=at)
    connection.check_constraints()
