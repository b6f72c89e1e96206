"""Finding tickets by number, title, customer or what was said in them, fast also among a hundred thousand."""

from __future__ import annotations

import re

from django.db import connection
from django.db.models import QuerySet

from nazorg.helpdesk.models import Ticket
from nazorg.parties import queries as parties

MOST = 2000
"""How many hits of each kind are looked at, newest first: enough to find with, and what a common word costs is bounded."""


def found_by(text: str, tickets: QuerySet[Ticket], user) -> QuerySet[Ticket]:
    """Those of `tickets` that the text finds: by number, words of the title or of messages, the customer's name or address.

    Each word of the text must occur; from three letters on it also finds longer words that begin with it.
    """
    text = text.replace("\x00", " ").strip()[:200]
    if not text:
        return tickets
    if match := re.fullmatch(r"#?(\d{1,18})", text):
        number = int(match.group(1))
        if text.startswith("#") or tickets.filter(pk=number).exists():
            return tickets.filter(pk=number)
    return tickets.filter(pk__in=_numbers(text, user))


def _numbers(text: str, user) -> list[int]:
    """The numbers of the tickets that the words find. Which of them this person may see, the caller's `tickets` say."""
    people = list(parties.matching(parties.visible_to(user), text).order_by("-pk").values_list("pk", flat=True)[:200])
    parts, values = [], []
    if words := _query(text):
        parts += [
            "(SELECT number FROM helpdesk_ticket WHERE words @@ to_tsquery('simple', %s) ORDER BY number DESC LIMIT %s)",
            "(SELECT t.number FROM conversation_entry e JOIN helpdesk_ticket t ON t.thread_id = e.thread_id "
            "WHERE e.words @@ to_tsquery('simple', %s) AND e.kind <> 'history' ORDER BY e.id DESC LIMIT %s)",
        ]
        values += [words, MOST] * 2
    if people:
        parts += [
            "(SELECT number FROM helpdesk_ticket WHERE customer_id = ANY(%s) ORDER BY number DESC LIMIT %s)",
            "(SELECT number FROM helpdesk_ticket WHERE contact_id = ANY(%s) ORDER BY number DESC LIMIT %s)",
        ]
        values += [people, MOST] * 2
    if not parts:
        return []
    with connection.cursor() as cursor:
        cursor.execute(" UNION ".join(parts), values)
        return [row[0] for row in cursor.fetchall()]


def _query(text: str) -> str:
    words = re.findall(r"\w+", text.lower())[:8]
    return " & ".join(f"'{word}':*" if len(word) > 2 else f"'{word}'" for word in words)
