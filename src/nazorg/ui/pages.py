"""What list pages and form pages have in common: an order, fifty rows a page, a refusal in its place in the form."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping

from django import forms
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

from nazorg.core.refusals import Refused

PER_PAGE = 50


def page_of(request, rows: QuerySet, orders: Mapping[str, tuple[str, ...]], default: str) -> Page:
    """The page of `rows` that `?page=` and `?order=` ask for; `orders` says which columns a word sorts by, `-` turns it round."""
    asked = request.GET.get("order", "")
    if asked.lstrip("-") not in orders:
        asked = default
    columns = [*orders[asked.lstrip("-")], "id"]
    if asked.startswith("-"):
        columns = [column[1:] if column.startswith("-") else f"-{column}" for column in columns]
    return Paginator(rows.order_by(*columns), PER_PAGE).get_page(request.GET.get("page"))


class Asked(forms.ModelForm):
    """A form with a model's fields that saves nothing: the action judges and writes, and says what is wrong in its own words."""

    def _post_clean(self):
        """Neither fill the instance nor ask the database about its constraints: both are the action's."""


class WithKey(forms.Form):
    """A form that makes something: sent twice, it makes it once (`core.idempotency`)."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)


def done(form: forms.BaseForm, do: Callable[[], object]):
    """What `do` gives; None, with the sentence in the form, when it is refused."""
    try:
        return do()
    except Refused as refusal:
        blame(form, refusal)
        return None


def blame(form: forms.BaseForm, refusal: Refused) -> None:
    """Put a refusal beside the field that it is about, or above the form."""
    form.add_error(refusal.field if refusal.field in form.fields and not form.fields[refusal.field].widget.is_hidden else None, str(refusal.sentence))


def as_body(data) -> dict:
    """What a form was sent, for the fingerprint of an idempotency key: all of it but the secrets that change."""
    return {name: data.getlist(name) for name in sorted(data) if name not in ("csrfmiddlewaretoken", "key")}


def number_in(data, name: str) -> int | None:
    """A primary key from an address or a form, or None for anything else."""
    text = data.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None
