"""Fills an installation with many tickets and messages, by COPY: what a desk has after some years."""

from __future__ import annotations

import random
from datetime import timedelta

from django.contrib.auth.models import Group
from django.db import connection
from django.utils import timezone

from nazorg.helpdesk import actions as helpdesk
from nazorg.parties.models import Party
from nazorg.suite import actions as suite
from nazorg.users import actions as users

WORDS = "kettle leaks water toaster refund order parcel box invoice warranty broken noise button display filter serial return late courier lid motor".split()


def people_and_team():
    """The agent who measures, an administrator, and a team that offers refunds."""
    at = timezone.now()
    ada = users.add_user(username="bench-ada", name="Ada", email="ada@bench.example.com", password=None, roles=Group.objects.filter(name="administrator"), by=None, at=at)
    nora = users.add_user(username="bench-nora", name="Nora", email="nora@bench.example.com", password=None, roles=Group.objects.filter(name__in=["agent", "accountant"]), by=None, at=at)
    suite.activate(slug="helpdesk", by=ada, at=at)
    suite.activate(slug="invoicing", by=ada, at=at)
    team = helpdesk.add_team(name="Bench", members=[nora], by=ada, at=at)
    helpdesk.switch_service(team=team, slug="refund", on=True, activate_apps=True, by=ada, at=at)
    return nora, team


def customers(count: int) -> list[int]:
    """Ids of `count` new private customers."""
    first = Party.objects.bulk_create([Party(name=f"Customer {i}", email=f"c{i}@bench.example.com", kind="person", made_at=timezone.now()) for i in range(count)], batch_size=5000)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE parties_party SET root_id = id WHERE root_id IS NULL")
    return [party.pk for party in first]


def tickets(*, team, agent, customer_ids: list[int], count: int, messages: int) -> None:
    """`count` tickets with `messages` entries each, the newest last, by COPY in one transaction."""
    rng, now = random.Random(7), timezone.now()
    stages = list(team.stages.order_by("position"))
    closed = next(stage for stage in stages if stage.kind == "closed")
    living = [stage for stage in stages if stage.kind != "closed"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM conversation_thread")
        base = cursor.fetchone()[0]
        with cursor.copy("COPY conversation_thread (id, kind, started_at) FROM STDIN") as out:
            for i in range(1, count + 1):
                out.write_row((base + i, "helpdesk.ticket", now - timedelta(minutes=count - i)))
        columns = "title, team_id, customer_id, assignee_id, stage_id, priority, serial, order_reference, language, channel, made_at, closed_at, updated_at, last_message_at, thread_id"
        with cursor.copy(f"COPY helpdesk_ticket ({columns}) FROM STDIN") as out:
            for i in range(1, count + 1):
                at = now - timedelta(minutes=count - i)
                stage = closed if rng.random() < 0.8 else rng.choice(living)
                out.write_row((
                    " ".join(rng.choices(WORDS, k=5)).capitalize(), team.pk, rng.choice(customer_ids), agent.pk if rng.random() < 0.7 else None, stage.pk, rng.choice([0, 1, 1, 1, 2, 3]),
                    "", "", "en", "mail", at, at if stage is closed else None, at, at, base + i,
                ))
        with cursor.copy("COPY conversation_entry (thread_id, kind, at, author_id, author_name, author_email, body, text, event, facts) FROM STDIN") as out:
            for i in range(1, count + 1):
                at = now - timedelta(minutes=count - i)
                for turn in range(messages):
                    text = " ".join(rng.choices(WORDS, k=40))
                    ours = turn % 2
                    out.write_row((base + i, "sent" if ours else "received", at, agent.pk if ours else None, "Nora" if ours else "Customer", "", f"<p>{text}</p>", text, "", "{}"))
        for table in ("conversation_thread", "conversation_entry"):
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
