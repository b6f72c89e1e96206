"""Finding tickets by number, title, customer or what was said in them, fast also among a hundred thousand."""

from __future__ import annotations

import re

from django.db import connection
from django.db.models import Q, QuerySet

from nazorg.helpdesk.models import Ticket
from nazorg.parties.models import Party

MOST = 2000
"""How many hits of each kind are looked at, newest first: enough to find with, and what a common word costs is bounded."""


def found_by(text: str, tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """Those of `tickets` that the text finds: by number, words in the title or in messages, customer name or address."""
    text = text.replace("\x00", " ").strip()[:200]
    if not text:
        return tickets
    if match := re.fullmatch(r"#?(\d{1,18})", text):
        number = int(match.group(1))
        if tickets.filter(pk=number).exists() or text.startswith("#"):
            return tickets.filter(pk=number)
    return tickets.filter(pk__in=_numbers(text))


def _numbers(text: str) -> list[int]:
    """The numbers of the tickets that the words find, at most `MOST` of each kind. Whom they are for is judged by the caller."""
    words = _query(text)
    parties = list(
        Party.objects.filter(Q(name__icontains=text) | Q(email__istartswith=text)).order_by("-pk").values_list("pk", flat=True)[:200]
    )
    parts, values = [], []
    if words:
        parts.append(
            "(SELECT number FROM helpdesk_ticket WHERE words @@ to_tsquery('simple', %s) ORDER BY number DESC LIMIT %s)"
        )
        parts.append(
            "(SELECT t.number FROM conversation_entry e JOIN helpdesk_ticket t ON t.thread_id = e.thread_id "
            "WHERE e.words @@ to_tsquery('simple', %s) AND e.kind <> 'history' ORDER BY e.id DESC LIMIT %s)"
        )
        values += [words, MOST] * 2
    if parties:
        parts.append("(SELECT number FROM helpdesk_ticket WHERE customer_id = ANY(%s) ORDER BY number DESC LIMIT %s)")
        parts.append("(SELECT number FROM helpdesk_ticket WHERE contact_id = ANY(%s) ORDER BY number DESC LIMIT %s)")
        values += [parties, MOST] * 2
    if not parts:
        return []
    with connection.cursor() as cursor:
        cursor.execute(" UNION ".join(parts), values)
        return [row[0] for row in cursor.fetchall()]


def _query(text: str) -> str:
    """The words as a tsquery: all of them, each also as the beginning of a longer one from three letters on."""
    words = re.findall(r"\w+", text.lower())[:8]
    return " & ".join(f"{word}:*" if len(word) > 2 else word for word in words)
