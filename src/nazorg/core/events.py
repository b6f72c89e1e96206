"""Facts told by actions: one event makes the history line, the notification, the webhook and every reaction.

An event is a frozen dataclass in an app's `events.py`. Beside `on`, `by` and `at` its fields are what the sentence
speaks of; they are kept as JSON, so that the sentence can be said later in each reader's language:

    @event
    class InvoicePosted(Event):
        total: Money
        sentence = _("{by} posted this invoice of {total}.")
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar, dataclass_transform

from django.db.models import Model
from django.utils import translation
from django.utils.functional import Promise
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from nazorg.core import formats
from nazorg.core.money import Money

_events: dict[str, type[Event]] = {}
_reactions: dict[type[Event], list[Callable]] = defaultdict(list)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Event:
    """A fact in the past tense: on which record, by whom (None: by itself), when."""

    on: Model
    by: Model | None
    at: datetime
    name: ClassVar[str]
    sentence: ClassVar[str]
    icon: ClassVar[str] = "history"
    card: ClassVar[bool] = False
    """Whether the timeline shows it as a document card, not as a line of the log."""

    def facts(self) -> dict:
        """The event's own fields as JSON, for history and webhooks."""
        own = [f.name for f in dataclasses.fields(self) if f.name not in ("on", "by", "at")]
        return {name: _encode(getattr(self, name)) for name in own}


@dataclass_transform(frozen_default=True, kw_only_default=True)
def event(cls):
    """Register an event class under `app.ClassName`."""
    cls = dataclasses.dataclass(frozen=True, kw_only=True)(cls)
    cls.name = f"{cls.__module__.split('.')[-2]}.{cls.__name__}"
    _events[cls.name] = cls
    return cls


def reacts_to(*classes: type[Event]):
    """Register a function that runs in the same transaction, right after the event is told."""

    def register(function):
        for cls in classes:
            _reactions[cls].append(function)
        return function

    return register


def tell(fact: Event) -> None:
    """Let everybody who reacts to this event, or to any of its base classes, do so now."""
    for cls in type(fact).__mro__:
        for reaction in _reactions.get(cls, ()):
            reaction(fact)


def find(name: str) -> type[Event] | None:
    """The event class of that name; None when the app that told it is no longer there."""
    return _events.get(name)


def cards() -> list[str]:
    """The names of the events that the timeline shows as a document card."""
    return [name for name, cls in _events.items() if cls.card]


def say(name: str, facts: dict, by: str) -> SafeString:
    """The sentence of a kept event as HTML, in the reader's language, records as links."""
    cls = find(name)
    if cls is None:
        return escape(name)
    shown = {key: _show(value) for key, value in facts.items()}
    return format_html(str(cls.sentence), by=by or _("Nazorg"), **shown)


def _encode(value):
    match value:
        case Model():
            url = getattr(value, "get_absolute_url", None)
            return {"record": value._meta.label_lower, "id": value.pk, "label": str(value), "url": url() if url else ""}
        case Money():
            return {"amount": str(value.amount), "currency": value.currency}
        case Decimal():
            return {"quantity": str(value)}
        case datetime():
            return {"moment": value.isoformat()}
        case date():
            return {"day": value.isoformat()}
        case Promise():
            with translation.override(None):  # kept untranslated, said in each reader's language
                return {"term": str(value)}
        case list() | tuple():
            return [_encode(one) for one in value]
    return value


def _show(value):
    match value:
        case {"record": _kind, "label": label, "url": url}:
            return format_html('<a href="{}">{}</a>', url, label) if url else label
        case {"amount": amount, "currency": currency}:
            return formats.amount(Decimal(amount), currency)
        case {"quantity": quantity}:
            return formats.quantity(Decimal(quantity))
        case {"moment": moment}:
            return formats.moment(datetime.fromisoformat(moment))
        case {"day": day}:
            return formats.day(date.fromisoformat(day))
        case {"term": term}:
            return _(term)
        case list():
            return ", ".join(str(_show(one)) for one in value)
        case None:
            return "–"
    return value
