"""Finding tickets by number, title, customer or what was said in them, fast also among a hundred thousand."""

from __future__ import annotations

import re

from django.db import connection
from django.db.models import QuerySet

from nazorg.helpdesk.models import Ticket
from nazorg.parties import queries as parties

MOST = 2000
"""How many hits of each kind are looked at, newest first: enough to find with, and what a common word costs is bounded."""
PROBED = 1000
"""Of so many newest messages it is seen whether a word is a common one."""

COMMON = """
SELECT count(*) FROM (SELECT words FROM conversation_entry WHERE kind <> 'history' ORDER BY id DESC LIMIT %s) newest
WHERE words @@ to_tsquery('simple', %s)"""
IN_TITLES = """
(WITH hits AS MATERIALIZED (SELECT number FROM helpdesk_ticket WHERE words @@ to_tsquery('simple', %s))
SELECT number FROM hits ORDER BY number DESC LIMIT %s)"""
IN_MESSAGES = """
(WITH hits AS MATERIALIZED (SELECT id, thread_id FROM conversation_entry WHERE words @@ to_tsquery('simple', %s) AND kind <> 'history'),
newest AS MATERIALIZED (SELECT thread_id FROM hits ORDER BY id DESC LIMIT %s)
SELECT t.number FROM newest n JOIN helpdesk_ticket t ON t.thread_id = n.thread_id)"""
IN_NEWEST_MESSAGES = """
(WITH newest AS MATERIALIZED (
    SELECT thread_id FROM conversation_entry WHERE ts_match_vq(words, to_tsquery('simple', %s)) AND kind <> 'history' ORDER BY id DESC LIMIT %s)
SELECT t.number FROM newest n JOIN helpdesk_ticket t ON t.thread_id = n.thread_id)"""
"""For a word that every tenth message has, walking back from the newest is far quicker than the index of words; for a
rarer one it would walk through everything. The planner cannot tell them apart (it knows no frequency of beginnings of
words), so we look and say which way to go: `ts_match_vq` is `@@` by the name that no index answers to."""
OF_PARTIES = """
(SELECT number FROM helpdesk_ticket WHERE customer_id = ANY(%s) ORDER BY number DESC LIMIT %s) UNION
(SELECT number FROM helpdesk_ticket WHERE contact_id = ANY(%s) ORDER BY number DESC LIMIT %s)"""


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
    words = _query(text)
    if not words and not people:
        return []
    parts, values = [], []
    with connection.cursor() as cursor:
        if words:
            cursor.execute(COMMON, [PROBED, words])
            is_common = cursor.fetchone()[0] * 10 > PROBED
            parts += [IN_TITLES, IN_NEWEST_MESSAGES if is_common else IN_MESSAGES]
            values += [words, MOST, words, MOST // 2 if is_common else MOST]
        if people:
            parts.append(OF_PARTIES)
            values += [people, MOST] * 2
        cursor.execute(" UNION ".join(parts), values)
        return [row[0] for row in cursor.fetchall()]


def _query(text: str) -> str:
    words = re.findall(r"\w+", text.lower())[:8]
    return " & ".join(f"'{word}':*" if len(word) > 2 else f"'{word}'" for word in words)
