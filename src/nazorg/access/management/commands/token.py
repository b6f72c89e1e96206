"""`nazorg token --user nora`: make an API token and print it."""

from __future__ import annotations

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from nazorg.access.actions import make_token
from nazorg.core.refusals import Refused
from nazorg.users.models import User


class Command(BaseCommand):
    help = "Make an API token for somebody and print it. It is shown this once."

    def add_arguments(self, parser):
        parser.add_argument("--user", required=True, help="user name or e-mail address")
        parser.add_argument("--name", default="command line", help="what the token is for")
        parser.add_argument("--read-only", action="store_true", help="it may read, not change")

    def handle(self, *, user, name, read_only, **options):
        person = User.objects.filter(username__iexact=user).first() or User.objects.filter(email__iexact=user).first()
        if person is None or not person.is_active:
            raise CommandError(f"Nobody called {user} can sign in here. See the names under People.")
        try:
            _token, secret = make_token(user=person, name=name, abilities=["*:read"] if read_only else ["*:read", "*:write"], by=None, at=timezone.now())
        except Refused as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(secret)
