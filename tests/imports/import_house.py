"""A house into which files are imported, and ways to look at all of it at once."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
from pathlib import Path

import openpyxl
from django.db import connection
from django.utils import timezone
from tests.papers import open_books

from nazorg.access.roles import sync_roles
from nazorg.catalogue.models import Tax, Unit
from nazorg.helpdesk import actions as helpdesk
from nazorg.helpdesk.models import Team
from nazorg.imports import actions
from nazorg.imports.engine import load_file
from nazorg.imports.tables import open_table
from nazorg.suite.models import ActiveApp
from nazorg.suite.queries import forget_active_apps


def open_house() -> None:
    """What a new house has, also where an earlier test emptied it."""
    sync_roles()
    open_books()
    Unit.objects.get_or_create(code="pc", defaults={"name": "Piece"})
    Tax.objects.get_or_create(name="BE 21%", defaults={"rate": 21, "category": "S"})
    Tax.objects.get_or_create(name="BE 21% incl.", defaults={"rate": 21, "category": "S", "is_included": True})
    for slug in ("helpdesk", "invoicing", "sales", "inventory"):
        ActiveApp.objects.get_or_create(slug=slug, defaults={"activated_at": timezone.now()})
    forget_active_apps()
    if not Team.objects.exists():
        helpdesk.add_team(name="Aftercare", by=None, at=timezone.now())


def written(folder: Path, text: str, name: str = "file.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def workbook(folder: Path, rows: list[list], name: str = "file.xlsx") -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(folder / name)
    return folder / name


def run_file(kind: str, path: Path, *, dry: bool = False, by=None, **more):
    """Import a file as the command does; gives the result and the run."""
    with open_table(path) as table:
        options = actions.options_for(table, kind, **more)
    make = actions.unsaved if dry else actions.begin
    run = make(kind=kind, path=path, options=options, by=by, at=timezone.now())
    result = load_file(run=run, path=path, importer=actions.importer_of(run), dry=dry)
    if not dry:
        actions.finish(run=run, report=result.as_dict(), new=result.imported, at=timezone.now())
    return result, run


def sentences(result) -> dict[int, str]:
    return {one["row"]: one["sentence"] for one in result.problems}


def checksums() -> dict[str, str]:
    """A checksum of each table: two are the same when nothing at all has changed."""
    with connection.cursor() as cursor:
        tables = sorted(connection.introspection.table_names(cursor))
        found = {}
        for table in tables:
            cursor.execute(f"SELECT count(*) || md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM \"{table}\" t")
            found[table] = cursor.fetchone()[0]
    return found


WHAT_IS_THERE = {
    "parties": "SELECT reference, kind, name, email, language FROM parties_party",
    "products": "SELECT code, name, kind, price, currency FROM catalogue_product",
    "documents": "SELECT d.number, d.kind, d.state, d.net, d.tax, d.total, d.currency, d.on, d.made_at, d.source, p.reference, c.number FROM invoicing_document d "
    "JOIN parties_party p ON p.id = d.customer_id LEFT JOIN invoicing_document c ON c.id = d.credits_id",
    "lines": "SELECT d.number, l.position, p.code, l.description, l.quantity, l.price, l.net, l.credited_quantity, cd.number, c.position, s.quantity, s.given_quantity, s.given_net "
    "FROM invoicing_documentline l JOIN invoicing_document d ON d.id = l.document_id LEFT JOIN catalogue_product p ON p.id = l.product_id "
    "LEFT JOIN invoicing_documentline c ON c.id = l.credits_id LEFT JOIN invoicing_document cd ON cd.id = c.document_id "
    "LEFT JOIN entitlements_soldline s ON s.id = l.sold_line_id",
    "items": "SELECT d.number, o.amount, o.residual, o.due_on FROM ledger_openitem o LEFT JOIN invoicing_document d ON d.open_item_id = o.id",
    "books": "SELECT e.reference, e.on, a.code, l.amount, l.currency FROM ledger_line l JOIN ledger_entry e ON e.id = l.entry_id JOIN ledger_account a ON a.id = l.account_id",
    "matches": "SELECT d.number, c.number, m.amount FROM ledger_match m JOIN invoicing_document d ON d.open_item_id = m.debit_id JOIN invoicing_document c ON c.open_item_id = m.credit_id",
    "stock": "SELECT s.reference, p.code, s.quantity, s.on, s.reason FROM inventory_stockadjustment s JOIN catalogue_product p ON p.id = s.product_id",
    "history": "SELECT t.kind, e.event, count(*) FROM conversation_entry e JOIN conversation_thread t ON t.id = e.thread_id GROUP BY 1, 2",
    "imported": "SELECT kind, reference FROM imports_importedrecord",
    "refused": "SELECT row, sentence FROM imports_refusedrow",
}


def what_is_there() -> dict[str, list]:
    """All that an import brings, by its own names: ids and the moment of importing are left out."""
    with connection.cursor() as cursor:
        found = {}
        for name, sql in WHAT_IS_THERE.items():
            cursor.execute(sql)
            found[name] = sorted(cursor.fetchall(), key=str)
    return found


def command(*arguments: str) -> subprocess.Popen:
    """`nazorg import …` as a process of its own, on the database of this test."""
    options = connection.settings_dict
    url = f"postgresql://{options['USER']}@/{options['NAME']}?host={options['HOST']}" + (f"&port={options['PORT']}" if options["PORT"] else "")
    return subprocess.Popen(
        [sys.executable, "-m", "nazorg.command", "import", *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env={**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "nazorg.config.settings", "PYTHONPATH": str(Path(actions.__file__).parents[2])},
    )


def rows_of(text: str, delimiter: str = ",") -> list[dict]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=delimiter))
