"""A process that is killed in the middle: what it had kept stays, and the next one comes to exactly the same house."""

import signal
import time

import pytest
from django.db import transaction
from django.utils import timezone
from tests.imports.import_house import checksums, command, open_house, run_file, what_is_there, written

from nazorg.core import audit
from nazorg.imports.models import ImportRun
from nazorg.imports.retail.link import link
from nazorg.imports.retail.load import load_retail
from nazorg.imports.retail.read import read_retail
from nazorg.imports.tables import open_table
from nazorg.invoicing.models import Document

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def house():
    open_house()


class TakeBack(Exception):
    pass


def without_a_break(load) -> dict:
    """What is there when nothing breaks off; taken back afterwards."""
    try:
        with transaction.atomic():
            load()
            found = what_is_there()
            raise TakeBack
    except TakeBack:
        return found


def killed_when(process, happened) -> None:
    until = time.monotonic() + 60
    while not happened():
        assert process.poll() is None, process.stdout.read()
        assert time.monotonic() < until
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait(10)
    process.stdout.close()


def finished(process) -> str:
    said, _nothing = process.communicate(timeout=120)
    assert process.returncode == 0, said
    return said


def test_a_general_import(tmp_path):
    rows = "".join(f"K{i},Customer {i},customer{i}@example.org\n" for i in range(800))
    path = written(tmp_path, "reference,name,email\n" + rows + ",Nameless,\n")
    expected = without_a_break(lambda: run_file("customers", path))
    assert len(expected["parties"]) == 800

    killed_when(command("customers", str(path)), lambda: ImportRun.objects.filter(units_done__gt=0).exists())
    run = ImportRun.objects.get()
    assert run.state == "running"
    assert 0 < run.units_done < 801

    said = finished(command("customers", str(path)))
    assert f"Goes on behind the {run.units_done} records" in said
    assert "801 rows: 800 imported (800 records), 0 already there, 1 refused." in said
    assert what_is_there() == expected

    before = checksums()
    said = finished(command("customers", str(path)))
    assert "0 imported (0 records), 800 already there, 1 refused." in said
    assert checksums() == before


def retail_file(folder):
    """Fifteen hundred small invoices, a credit note for every third of them, a few write-offs."""
    lines = ["InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"]
    for i in range(1500):
        at = f"2011-{1 + i // 200:02d}-{1 + i % 28:02d} {8 + i % 9:02d}:00:00"
        lines += [f"{500000 + i},2{i % 40:04d},THING {i % 40},{1 + i % 5},{at},2.55,{12000 + i % 50}.0,Belgium", f"{500000 + i},POST,POSTAGE,1,{at},18.0,{12000 + i % 50}.0,Belgium"]
        if i % 3 == 0:
            lines.append(f"C{600000 + i},2{i % 40:04d},THING {i % 40},-1,2011-09-{1 + i % 28:02d} 10:00:00,2.55,{12000 + i % 50}.0,Belgium")
        if i % 100 == 0:
            lines.append(f"{700000 + i},2{i % 40:04d},damaged,-4,2011-09-01 10:00:00,0,,United Kingdom")
    return written(folder, "\n".join(lines) + "\n", "lines.csv")


def test_the_retail_import(tmp_path):
    path = retail_file(tmp_path)

    def load():
        with open_table(path) as table:
            retail = read_retail(table)
        load_retail(retail, link(retail.documents), by=None, at=timezone.now())

    expected = without_a_break(load)
    assert (len(expected["documents"]), len(expected["stock"])) == (2000, 15)
    assert not Document.objects.exists()

    killed_when(command("retail", str(path)), Document.objects.exists)
    assert 0 < Document.objects.count() < 2000
    said = finished(command("retail", str(path)))
    assert "1,500  invoices" in said
    assert "15  stock write-offs" in said
    assert what_is_there() == expected
    assert list(audit.run()) == []
    assert ImportRun.objects.get().state == "done"

    before = checksums()
    assert "All of it was already there: nothing changed." in finished(command("retail", str(path)))
    assert checksums() == before

    dry = finished(command("retail", str(path), "--dry-run", "--report", str(tmp_path / "rows.csv")))
    assert "0 / 2,000     documents" in dry
    assert checksums() == before
    assert len((tmp_path / "rows.csv").read_text().splitlines()) == len(path.read_text().splitlines())
