from __future__ import annotations

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from nazorg.core import audit


class Command(BaseCommand):
    help = "Ask whether books, documents, shelves and remedies add up. Exits with 1 and a sentence for each that does not."

    def add_arguments(self, parser):
        parser.add_argument("apps", nargs="*", metavar="APP", help="ask these apps only, such as ledger or invoicing")

    def handle(self, *args, apps, **options):
        if unknown := set(apps) - set(audit.audits()):
            raise CommandError(f"There is no audit of {', '.join(sorted(unknown))}. There is one of: {', '.join(audit.audits())}.")
        alone = not connection.in_atomic_block
        found = 0
        with transaction.atomic():
            if alone:  # one moment for all questions: people go on working meanwhile
                connection.cursor().execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            for label, finding in audit.run(apps):
                found += 1
                self.stdout.write(f"{label}: {finding}")
        if found:
            raise CommandError(f"{found} things do not add up.", returncode=1)
        self.stdout.write(f"Everything adds up ({', '.join(apps or audit.audits())}).")
