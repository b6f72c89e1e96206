"""The figures of docs/performance.md: refunds, the ticket page and the ticket list over HTTP, and hand-written SQL as the floor."""

from __future__ import annotations

import argparse
import http.client
import json
import os
import platform
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from decimal import Decimal
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tickets", type=int, default=100_000)
    parser.add_argument("--messages", type=int, default=8, help="messages per ticket")
    parser.add_argument("--refunds", type=int, default=400, help="full refunds to give")
    parser.add_argument("--pages", type=int, default=200, help="requests per page measured")
    parser.add_argument("--write", type=Path, help="write the figures there as Markdown")
    return parser.parse_args()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Client:
    """One keep-alive connection, like a browser or a program has."""

    def __init__(self, port: int, **headers: str):
        self.connection, self.headers = http.client.HTTPConnection("127.0.0.1", port, timeout=30), headers

    def ask(self, method: str, path: str, body=None, **headers: str) -> tuple[int, bytes, float]:
        """Status, body and milliseconds."""
        payload = None if body is None else json.dumps(body)
        begun = time.perf_counter()
        self.connection.request(method, path, payload, {**self.headers, **({"Content-Type": "application/json"} if payload else {}), **headers})
        answer = self.connection.getresponse()
        content = answer.read()
        return answer.status, content, (time.perf_counter() - begun) * 1000


def percentiles(times: list[float]) -> str:
    ordered = sorted(times)
    return f"{statistics.median(ordered):.1f} | {ordered[int(len(ordered) * 0.95)]:.1f} | {ordered[-1]:.1f}"


def main() -> None:
    asked = arguments()
    home, port = tempfile.mkdtemp(prefix="nazorg-bench-"), free_port()
    environment = {**os.environ, "NAZORG_HOME": home, "PORT": str(port), "HOST": "127.0.0.1"}
    environment.pop("DATABASE_URL", None)
    server = subprocess.Popen([sys.executable, "-m", "nazorg.command", "serve"], env=environment, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        wait_for(port, server)
        os.environ.update(environment)
        lines = measure(asked, port)
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(30)
        shutil.rmtree(home, ignore_errors=True)
    text = "\n".join(lines)
    print(text)
    if asked.write:
        asked.write.write_text(text + "\n")


def wait_for(port: int, server: subprocess.Popen) -> None:
    for _turn in range(600):
        if server.poll() is not None:
            raise SystemExit("the server did not start")
        try:
            if Client(port).ask("GET", "/accounts/login/")[0] == 200:
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise SystemExit("the server did not answer within a minute")


def measure(asked: argparse.Namespace, port: int) -> list[str]:
    from nazorg.launch.database import open_database

    open_database()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nazorg.config.settings")
    import django

    django.setup()
    import generate
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.utils import timezone

    from nazorg.access.actions import make_token
    from nazorg.helpdesk.models import Ticket

    say("people, customers, tickets …")
    nora, team = generate.people_and_team()
    ids = generate.customers(2000)
    begun = time.perf_counter()
    generate.tickets(team=team, agent=nora, customer_ids=ids, count=asked.tickets, messages=asked.messages)
    filled = time.perf_counter() - begun
    _token, secret = make_token(user=nora, name="bench", abilities=["*:read", "*:write"], by=None, at=timezone.now())
    session = SessionStore()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY], session[HASH_SESSION_KEY] = str(nora.pk), "nazorg.access.backend.Backend", nora.get_session_auth_hash()
    session.save()
    page = Client(port, Cookie=f"sessionid={session.session_key}")
    rows = []

    say("pages …")
    numbers = list(Ticket.objects.order_by("-number").values_list("number", flat=True)[: asked.pages])
    rows.append(("Ticket page", time_pages(page, [ticket_path(n) for n in numbers]), floor_ticket(numbers)))
    rows.append(("List of 50 tickets", time_pages(page, [list_path()] * asked.pages), floor_list(team, asked.pages)))
    rows.append(("List of 50, search in titles and messages", time_pages(page, [list_path("q=kettle+refund")] * max(20, asked.pages // 5)), None))

    say("refunds …")
    alone, together, rate, problems = refunds(asked.refunds, port, secret, nora, team, ids)
    cpu = next((line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")), platform.machine())
    out = [
        "# Performance", "",
        "Figures of `bench/run`, over HTTP on one machine: the web server with two processes, the embedded PostgreSQL with fsync on, and the client that",
        f"measures share it. {os.cpu_count()} cores ({cpu}), Python {platform.python_version()}, {timezone.localdate():%Y-%m-%d}.",
        f"{asked.tickets:,} tickets with {asked.tickets * asked.messages:,} messages, written by COPY in {filled:.0f} s.", "",
        "| what | p50 ms | p95 ms | max ms | hand-written SQL for the same rows, p50 ms | ratio |", "|---|---|---|---|---|---|",
    ]
    for name, times, floor in rows:
        tail = f"{floor:.2f} | {statistics.median(times) / floor:.0f}×" if floor else "– | –"
        out.append(f"| {name} | {percentiles(times)} | {tail} |")
    floor = floor_refund(nora, ids)
    out.append(f"| Full refund, one client | {percentiles(alone)} | {floor:.2f} | {statistics.median(alone) / floor:.0f}× |")
    out.append(f"| Full refund, 8 clients | {percentiles(together)} | – | – |")
    out += ["", f"Full refunds with 8 clients: **{rate:.0f} a second**. Errors: {problems['errors']}. Invoices credited twice: {problems['doubles']}. Gaps in the numbers: {problems['gaps']}.", ""]
    out += ["The floor for a refund is one transaction of hand-written statements that inserts a thread, a ledger entry with its lines, an open item and three",
            "history rows, and commits: without reading, judging, previewing, or the document itself."]
    return out


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def ticket_path(number: int) -> str:
    from django.urls import reverse

    return reverse("helpdesk:ticket", args=[number])


def list_path(query: str = "") -> str:
    from django.urls import reverse

    return reverse("helpdesk:tickets") + (f"?{query}" if query else "")


def time_pages(client: Client, paths: list[str]) -> list[float]:
    times = []
    for path in [*paths[:10], *paths]:
        status, _body, took = client.ask("GET", path)
        if status != 200:
            raise SystemExit(f"{path} answered {status}")
        times.append(took)
    return times[10:]


def floor_of(statements: list[tuple[str, list]], turns: int) -> float:
    """Median milliseconds of running the statements one after the other and fetching all rows."""
    from django.db import connection

    times = []
    for _turn in range(turns):
        begun = time.perf_counter()
        with connection.cursor() as cursor:
            for sql, params in statements:
                cursor.execute(sql, params)
                cursor.fetchall()
        times.append((time.perf_counter() - begun) * 1000)
    return statistics.median(times)


def floor_ticket(numbers: list[int]) -> float:
    return statistics.median(
        floor_of([
            ("SELECT t.*, c.name, s.name, m.name FROM helpdesk_ticket t LEFT JOIN parties_party c ON c.id = t.customer_id JOIN helpdesk_stage s ON s.id = t.stage_id "
             "JOIN helpdesk_team m ON m.id = t.team_id WHERE t.number = %s", [number]),
            ("SELECT e.id, e.kind, e.at, e.body, e.author_name, e.facts FROM conversation_entry e JOIN helpdesk_ticket t ON t.thread_id = e.thread_id WHERE t.number = %s ORDER BY e.id", [number]),
        ], 1)
        for number in numbers
    )


def floor_list(team, turns: int) -> float:
    sql = ("SELECT t.number, t.title, t.priority, t.updated_at, c.name, s.name, u.name FROM helpdesk_ticket t LEFT JOIN parties_party c ON c.id = t.customer_id "
           "JOIN helpdesk_stage s ON s.id = t.stage_id LEFT JOIN users_user u ON u.id = t.assignee_id WHERE t.team_id = %s AND t.closed_at IS NULL "
           "ORDER BY t.updated_at DESC, t.number DESC LIMIT 50")
    return floor_of([(sql, [team.pk])], turns)


def refunds(count: int, port: int, secret: str, nora, team, customer_ids: list[int]):
    """Give `count` full refunds, a quarter of them one after the other and the rest by 8 clients; check the books afterwards."""
    from django.db.models import Count, Sum
    from django.utils import timezone

    from nazorg.helpdesk import actions as helpdesk
    from nazorg.invoicing import actions as invoicing
    from nazorg.invoicing.lines import LineInput
    from nazorg.invoicing.models import Document, DocumentLine
    from nazorg.parties.models import Party

    now, today = timezone.now(), timezone.localdate()
    jobs = []
    for i in range(count):
        customer = Party.objects.get(pk=customer_ids[i])
        draft = invoicing.draft_invoice(
            customer=customer, on=today, by=None, at=now,
            lines=[LineInput(description="Kettle", quantity=Decimal(2), price=Decimal("40.50"), taxes=[]), LineInput(description="Shipping", quantity=Decimal(1), price=Decimal("4.13"), taxes=[])],
        )
        invoice = invoicing.post(document=draft, by=None, at=now)
        ticket = helpdesk.open_ticket(title="It leaks", team=team, customer=customer, message="It leaks.", by=nora, at=now)
        jobs.append((ticket.number, invoice.number))

    errors: list[str] = []

    def give(client: Client, job) -> float:
        number, invoice = job
        status, body, took = client.ask(
            "POST", f"/api/v1/tickets/{number}/refunds", {"invoice": invoice, "method": "full", "reason": "leaks"}, **{"Idempotency-Key": str(uuid.uuid4())}
        )
        if status != 201:
            errors.append(f"{status} {body[:200]!r}")
        return took

    def client() -> Client:
        return Client(port, Authorization=f"Bearer {secret}")

    first, rest = jobs[: count // 4], jobs[count // 4 :]
    one = client()
    for job in first[:5]:
        give(one, job)
    alone = [give(one, job) for job in first[5:]]
    together: list[float] = []
    shares = [rest[i::8] for i in range(8)]

    def work(share):
        mine = client()
        together.extend([give(mine, job) for job in share])

    threads = [threading.Thread(target=work, args=(share,)) for share in shares]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rate = len(rest) / (time.perf_counter() - begun)
    if errors:
        say(f"{len(errors)} errors, such as {errors[0]}")

    notes = Document.objects.filter(kind="credit_note", state="posted")
    doubles = notes.values("credits").annotate(n=Count("pk")).filter(n__gt=1).count()
    over = DocumentLine.objects.filter(credits__isnull=False).values("credits", "credits__quantity").annotate(q=Sum("credited_quantity"))
    doubles += sum(1 for row in over if row["q"] > row["credits__quantity"])
    numbers = sorted(int(number.rsplit("/", 1)[1]) for number in notes.values_list("number", flat=True))
    gaps = len(numbers) and numbers[-1] - numbers[0] + 1 - len(numbers)
    return alone, together, rate, {"errors": len(errors), "doubles": doubles, "gaps": gaps}


def floor_refund(nora, customer_ids: list[int]) -> float:
    """Median milliseconds of committing rows such as a refund's by plain INSERT."""
    from django.db import connection, transaction

    times = []
    with connection.cursor() as cursor:
        for _turn in range(100):
            begun = time.perf_counter()
            with transaction.atomic():
                cursor.execute("INSERT INTO conversation_thread (kind, started_at) VALUES ('invoicing.document', now()) RETURNING id")
                thread = cursor.fetchone()[0]
                cursor.execute("SELECT id FROM ledger_journal ORDER BY id LIMIT 1")
                journal = cursor.fetchone()[0]
                cursor.execute("INSERT INTO ledger_entry (journal_id, \"on\", reference, posted_at, posted_by_id) VALUES (%s, now()::date, 'floor', now(), %s) RETURNING id", [journal, nora.pk])
                entry = cursor.fetchone()[0]
                cursor.execute("SELECT id FROM ledger_account ORDER BY id LIMIT 2")
                (debit,), (credit,) = cursor.fetchall()
                cursor.execute("INSERT INTO ledger_line (entry_id, account_id, amount, currency, label) VALUES (%s, %s, 1, 'EUR', ''), (%s, %s, -1, 'EUR', '')", [entry, debit, entry, credit])
                cursor.execute("INSERT INTO ledger_openitem (party_id, currency, amount, residual, due_on) VALUES (%s, 'EUR', -1, -1, now()::date) RETURNING id", [customer_ids[0]])
                for _entry in range(3):
                    cursor.execute(
                        "INSERT INTO conversation_entry (thread_id, kind, at, author_name, author_email, body, text, event, facts) VALUES (%s, 'note', now(), '', '', '', 'x', '', '{}')", [thread]
                    )
                cursor.execute("UPDATE core_series SET last = last WHERE prefix = 'CN'")
            times.append((time.perf_counter() - begun) * 1000)
    return statistics.median(times)


if __name__ == "__main__":
    main()
