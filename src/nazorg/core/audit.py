"""The last ring: do books, shelves and documents still add up? Each app asks its own questions in its `audit.py`.

An app's `audit` module has `def audit() -> Iterator[Finding]`: set-based queries that give a finding for each thing
that does not add up, and nothing on a sound house. `nazorg audit` and the nightly job run them all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.db import connection


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that should never be: a sentence with the record's name in it."""

    sentence: str

    def __str__(self) -> str:
        return str(self.sentence)


def found(sentence: str, sql: str, params=()) -> Iterator[Finding]:
    """A finding for each row of a query, its columns put into the sentence by name."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        columns = [column.name for column in cursor.description]
        for row in cursor.fetchall():
            yield Finding(sentence % dict(zip(columns, row, strict=True)))


def audits() -> dict:
    """The audits of all apps, by the app's label, lowest floor first."""
    found = {}
    for config in apps.get_app_configs():
        name = f"{config.name}.audit"
        if config.name.startswith("nazorg.") and config.label != "core" and find_spec(name):
            found[config.label] = import_module(name).audit
    return found


def run(labels=()) -> Iterator[tuple[str, Finding]]:
    """What all audits (or those of `labels`) find, each with the app that found it."""
    for label, audit in audits().items():
        if not labels or label in labels:
            for finding in audit():
                yield label, finding
