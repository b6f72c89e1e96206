"""`nazorg import KIND FILE`: read customers, products or documents of another system from a file."""

from __future__ import annotations

import csv
import time
from contextlib import ExitStack
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from nazorg.core.refusals import Refused
from nazorg.imports import actions
from nazorg.imports.engine import ElsewhereRefused, load_file
from nazorg.imports.errors import error_lines
from nazorg.imports.kinds import KINDS
from nazorg.imports.progress import Meter
from nazorg.imports.retail.link import link
from nazorg.imports.retail.load import Loaded, load_retail, missing, write_rows
from nazorg.imports.retail.read import read_retail
from nazorg.imports.retail.report import report_on
from nazorg.imports.tables import open_table

PHASES = {"products": "Products", "customers": "Customers", "documents": "Documents", "write_offs": "Stock write-offs"}


class Command(BaseCommand):
    help = (
        "Read a .csv, .csv.gz or .xlsx file into the house. Good rows come in, the others are told with their row and reason. "
        "What came in once does not come in again, so an import that broke off is simply run again. See docs/importing.md."
    )
    suppressed_base_arguments = {
        "--version", "--verbosity", "--settings", "--pythonpath", "--traceback", "--no-color", "--force-color", "--skip-checks",
    }

    def add_arguments(self, parser):
        parser.add_argument("kind", choices=[*KINDS, "retail"], metavar="KIND", help=f"what the file holds: {', '.join(KINDS)}; or retail, a shop's invoice lines as one file")
        parser.add_argument("file", type=Path, metavar="FILE", nargs="?", help=".csv, .csv.gz or .xlsx; it is recognised by its content")
        parser.add_argument("--dry-run", action="store_true", help="try it and say what would come of it; write nothing")
        parser.add_argument("--map", action="append", default=[], metavar="COLUMN=FIELD", help="which column is which field, beside those that are recognised; COLUMN= leaves one out; may be repeated")
        parser.add_argument("--decimal", choices=[",", "."], metavar="SIGN", help="the sign before the decimals, a comma or a point; else it is guessed from the first rows")
        parser.add_argument("--day-order", choices=["dmy", "mdy"], metavar="ORDER", help="how 05/06/2026 is read, dmy or mdy; else it is guessed from the first rows")
        parser.add_argument("--errors", type=Path, metavar="FILE", help="write the rows that were refused to this .csv, each with its reason: mend it and import it")
        parser.add_argument("--report", type=Path, metavar="FILE", help="write every row's outcome to this .csv")
        parser.add_argument("--fields", action="store_true", help="list the fields of this kind, then stop")

    def handle(self, *, kind, file, dry_run, map, decimal, day_order, errors, report, fields, **options):
        if fields:
            self._list_fields(kind)
            return
        if file is None:
            raise CommandError("Name the file, such as: nazorg import customers customers.csv")
        start = time.monotonic()
        try:
            if kind == "retail":
                if map or decimal or day_order or errors:
                    raise CommandError("A retail file has one form: it takes --dry-run and --report only.")
                self._retail(file, dry_run, report)
            else:
                self._general(kind, file, dry_run, _mapped(map), decimal, day_order, errors, report)
        except Refused as refusal:
            hint = f" For example: --map \"COLUMN\"={refusal.facts['fields'][0]}" if refusal.code == "missing_field" else ""
            raise CommandError(f"{refusal}{hint}") from None
        except OSError as problem:
            raise CommandError(f"{problem.filename or file}: {problem.strerror or problem}") from None
        self.stdout.write(_("%(seconds).0f seconds") % {"seconds": time.monotonic() - start})

    def _list_fields(self, kind: str) -> None:
        if kind == "retail":
            raise CommandError("A retail file has its own columns: see docs/importing.md.")
        for field in KINDS[kind].fields:
            needed = " *" if field.required else ""
            self.stdout.write(f"{field.name + needed:<18}{field.label}. {field.help}".rstrip())
        self.stdout.write("* needed")

    def _general(self, kind, file, dry, mapped, decimal, days, errors, report) -> None:
        with open_table(file) as table:
            options = actions.options_for(table, kind, given=mapped, decimal=decimal, days=days)
        for column, name in options["map"].items():
            self.stdout.write(f"{column} → {name}")
        if ignored := [column for column in options["columns"] if column not in options["map"]]:
            self.stdout.write(_("Not used: %s") % ", ".join(ignored))
        self.stdout.write(_("Decimal sign “%(sign)s”, dates %(days)s") % {"sign": options["decimal"], "days": options["days"]})
        make = actions.unsaved if dry else actions.begin
        run = make(kind=kind, path=file, options=options, by=None, at=timezone.now())
        if run.units_done:
            self.stdout.write(_("Goes on behind the %d records of the run that broke off.") % run.units_done)
        with ExitStack() as stack:
            meter = stack.enter_context(Meter(self.stdout))
            on_row = _row_writer(stack, report) if report else lambda *_row: None
            try:
                result = load_file(
                    run=run, path=file, importer=actions.importer_of(run), dry=dry, on_row=on_row,
                    progress=lambda share, done: meter.tell(kind, share, _("%(rows)s rows") % {"rows": f"{done.rows:,}"}),
                    at_end=lambda: _write_errors(run, errors) if errors else None,
                )
            except Refused as refusal:
                if not dry and not isinstance(refusal, ElsewhereRefused):
                    actions.break_off(run=run, sentence=str(refusal), at=timezone.now())
                raise
        if not dry:
            actions.finish(run=run, report=result.as_dict(), new=result.imported, at=timezone.now())
        for problem in result.problems[:10]:
            named = problem["sentence"].startswith(_("Row %d") % problem["row"])
            self.stdout.write(problem["sentence"] if named else _("Row %(row)s: %(sentence)s") % problem)
        if result.refused > 10:
            self.stdout.write(_("… and %d more; --errors FILE writes them all.") % (result.refused - 10))
        self.stdout.write(
            _("%(rows)s rows: %(imported)s imported (%(records)s records), %(there)s already there, %(refused)s refused.") % {k: f"{v:,}" for k, v in result.as_dict().items()}
        )
        if dry:
            self.stdout.write(_("This was a dry run: nothing was written."))
        elif app := actions.not_switched_on(kind):
            self.stdout.write(_("The app %s is switched off, so nobody sees them yet. Switch it on at Apps.") % app)

    def _retail(self, file: Path, dry: bool, report: Path | None) -> None:
        with Meter(self.stdout) as meter:
            with open_table(file) as table:
                retail = read_retail(table, on_progress=lambda share: meter.tell(_("Reading"), share))
            links = link(retail.documents)
            if dry:
                loaded = missing(retail)
            else:
                run = actions.begin(kind="retail", path=file, options={}, by=None, at=timezone.now())
                try:
                    loaded = load_retail(
                        retail, links, by=None, at=run.made_at,
                        progress=lambda phase, done, of: meter.tell(PHASES[phase], done / of if of else 1, f"{done:,} / {of:,}"),
                    )
                except Refused as refusal:
                    actions.break_off(run=run, sentence=str(refusal), at=timezone.now())
                    raise
        summary = report_on(retail, links)
        if not dry:
            actions.finish(run=run, report=summary.as_dict() | {"loaded": loaded.as_dict()}, new=loaded.new, at=timezone.now())
        self.stdout.write(summary.as_text())
        self._say_loaded(loaded, dry)
        if report:
            self.stdout.write(_("%(rows)s rows with their outcome are in %(file)s.") % {"rows": f"{write_rows(retail, links, report):,}", "file": report})

    def _say_loaded(self, loaded: Loaded, dry: bool) -> None:
        self.stdout.write(_("Would be new / already there:") if dry else _("New / already there:"))
        documents = loaded.invoices + loaded.credit_notes
        for label, new, there in (
            (_("products"), loaded.products, loaded.products_there),
            (_("customers"), loaded.customers, loaded.customers_there),
            (_("documents"), documents, loaded.documents_there),
            (_("stock write-offs"), loaded.write_offs, loaded.write_offs_there),
        ):
            self.stdout.write(f"{new:>9,} / {there:<9,} {label}")
        if not loaded.new:
            self.stdout.write(_("All of it was already there: nothing changed."))
        elif dry:
            self.stdout.write(_("This was a dry run: nothing was written."))


def _mapped(pairs: list[str]) -> dict[str, str]:
    found = {}
    for pair in pairs:
        column, sign, name = pair.rpartition("=")
        if not sign or not column:
            raise CommandError(f"--map takes COLUMN=FIELD, not “{pair}”.")
        found[column] = name
    return found


def _row_writer(stack: ExitStack, path: Path):
    writer = csv.writer(stack.enter_context(path.open("w", encoding="utf-8-sig", newline="")))
    writer.writerow(["row", "outcome", "why"])
    words = {"imported": "imported", "there": "already there", "refused": "refused"}
    return lambda row, outcome, sentence: writer.writerow([row, words[outcome], sentence])


def _write_errors(run, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as handle:
        handle.writelines(error_lines(run))
