"""Finding customers."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import Count, Q, QuerySet

from nazorg.access.rules import may
from nazorg.parties.models import Party
from nazorg.suite import queries as suite


def visible_to(user) -> QuerySet[Party]:
    """The customers that this person may see: all of them, or none."""
    parties = Party.objects.defer("words")
    return parties if may(user, "parties.view_party") else parties.none()


def matching(parties: QuerySet[Party], text: str) -> QuerySet[Party]:
    """Those whose name, e-mail address, phone, reference or VAT number contains each of the words."""
    for word in text.replace("\x00", "").lower().split()[:6]:
        found = Q(words__contains=word)
        if (compact := word.translate(str.maketrans("", "", ".-/"))) != word and compact:
            found |= Q(words__contains=compact)  # a VAT number as people write it: BE 0123.456.749
        parties = parties.filter(found)
    return parties


def search(user, text: str) -> QuerySet[Party]:
    """Customers in use that a few letters may mean, by name."""
    return matching(visible_to(user).filter(is_archived=False), text).select_related("company").order_by("name", "id")


def for_list(user) -> QuerySet[Party]:
    """The customers of the list, each with its company and `contact_count`."""
    return visible_to(user).select_related("company").annotate(contact_count=Count("contacts", filter=Q(contacts__is_archived=False)))


def members(party: Party) -> QuerySet[Party]:
    """Everybody who counts as the same customer, the company first."""
    return Party.objects.filter(root=party.root_id).defer("words").order_by("kind", "name", "id")


def by_email(email: str) -> Party | None:
    """Who writes from this address; a person rather than a company, the earliest among equals."""
    email = email.strip()
    if not email or "\x00" in email:
        return None
    return Party.objects.filter(email__iexact=email, is_archived=False).select_related("company").order_by("-kind", "id").first()


def twins(*, email: str = "", vat_number: str = "", but: Party | None = None) -> QuerySet[Party]:
    """Others with the same e-mail address or VAT number: probably the same customer."""
    same = Q(pk__in=[])
    if email:
        same |= Q(email__iexact=email)
    if vat_number:
        same |= Q(vat_number=vat_number)
    found = Party.objects.filter(same).select_related("company").order_by("id")
    return found.exclude(pk=but.pk) if but is not None and but.pk else found


# A customer's page ------------------------------------------------------------------------------------------------------

_panels: list[tuple[int, str, str, Callable]] = []


def panel(template: str, *, order: int = 50):
    """Register what an app shows on a customer's page: the page asks and apps above answer, so that imports go downward.

    Written in an app's `panels.py` over a function `(party, user) -> dict | None`. The template finds what it gave as
    `panel`, and the customer as `party`; None leaves the panel out, and so does an app that is not active.
    """

    def register(function):
        app = function.__module__.split(".")[-2]
        _panels.append((order, app, template, function))
        _panels.sort(key=lambda one: one[0])
        return function

    return register


def panels_of(party: Party, user) -> list[dict]:
    """The panels of active apps: `[{"template": …, **what the function gave}]`."""
    found = []
    for _order, app, template, function in _panels:
        if suite.is_active(app) and (given := function(party, user)) is not None:
            found.append({"template": template, **given})
    return found
