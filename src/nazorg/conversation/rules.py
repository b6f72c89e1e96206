"""Who may see a thread: whoever may see its record.

Each app says how its records are seen:

    @shows("helpdesk.ticket")
    def visible_to(user): ...

An app that registers nothing is asked by its `queries.visible_to(user)`, if that speaks of the very model. A kind that
nobody answers for is seen by nobody: a forgotten line hides a file, it never shows one.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.db.models import QuerySet

from nazorg.access.models import Grant
from nazorg.conversation.models import Thread
from nazorg.suite import queries as suite

VisibleTo = Callable[[object], QuerySet]
_shown_by: dict[str, VisibleTo] = {}


def shows(*kinds: str):
    """Register a `visible_to(user)` for records of these kinds (`app.model`, in small letters)."""

    def register(visible_to: VisibleTo) -> VisibleTo:
        for kind in kinds:
            _shown_by[kind] = visible_to
        return visible_to

    return register


def visible(kind: str, user) -> QuerySet | None:
    """The records of a kind that the user may see; None when nobody answers for it, or its app is switched off."""
    try:
        model = apps.get_model(kind)
    except (LookupError, ValueError):
        return None
    if not suite.is_active(model._meta.app_label):
        return None
    ask = _shown_by.get(kind)
    if ask is None:
        module = f"{apps.get_app_config(model._meta.app_label).name}.queries"
        ask = getattr(import_module(module), "visible_to", None) if find_spec(module) else None
    if ask is None:
        return None
    found = ask(user)
    return found if found.model._meta.concrete_model is model._meta.concrete_model else None


def may_read(user, thread: Thread) -> bool:
    """Whether the user may see the record of this thread: by role and team, or because it was granted to them."""
    if not user.is_authenticated or not user.is_active:
        return False
    records = visible(thread.kind, user)
    if records is not None and records.filter(thread=thread).exists():
        return True
    app_label = thread.kind.partition(".")[0]
    return suite.is_active(app_label) and Grant.objects.filter(user=user, thread=thread).exists()
