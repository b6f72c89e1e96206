"""`nazorg demo`: load the demo shop into an empty installation."""

from __future__ import annotations

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from nazorg.core.refusals import Refused
from nazorg.demo.build import Demo
from nazorg.demo.cast import PASSWORD, STAFF


class Command(BaseCommand):
    help = "Load the demo shop: a fictional seller of small appliances, with its people, customers, documents and tickets."

    def handle(self, **options):
        demo = Demo()
        if demo.is_there():
            self.stdout.write("The demo shop is there already. Everybody of its cast signs in with the password:")
            return PASSWORD
        try:
            with Progress(TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=Console(file=self.stderr._out), transient=True) as progress:
                task = progress.add_task("Demo shop", total=demo.steps)
                demo.build(on_step=lambda: progress.advance(task))
        except Refused as refusal:
            raise CommandError(str(refusal)) from None
        names = ", ".join(username for username, *_rest in STAFF)
        self.stdout.write(f"The demo shop is ready. Sign in as {names} with the password:")
        return PASSWORD
