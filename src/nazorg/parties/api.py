"""Customers over the API."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from django.shortcuts import get_object_or_404
from django.utils import timezone

from nazorg.access.rules import must
from nazorg.core.rest import In, Page, Router, Schema, made, paged
from nazorg.parties import actions, queries
from nazorg.parties.actions import AddressInput
from nazorg.parties.models import Party

router = Router("parties")
ROUTERS = [("/parties", router)]


class AddressOut(Schema):
    use: str
    street: str
    postcode: str
    city: str
    country: str


class PartyOut(Schema):
    """A customer; `counts_as` is the company of a contact, and the customer itself otherwise."""

    id: int
    kind: str
    name: str
    company: int | None
    counts_as: int
    reference: str
    email: str
    phone: str
    language: str
    vat_number: str
    is_archived: bool
    made_at: datetime
    addresses: list[AddressOut]
    url: str

    @classmethod
    def of(cls, party: Party) -> PartyOut:
        return cls(
            id=party.pk, kind=party.kind, name=party.name, company=party.company_id, counts_as=party.root_id, reference=party.reference, email=party.email,
            phone=party.phone, language=party.language, vat_number=party.vat_number, is_archived=party.is_archived, made_at=party.made_at,
            addresses=[AddressOut(use=a.use, street=a.street, postcode=a.postcode, city=a.city, country=a.country) for a in party.addresses.all()],
            url=party.get_absolute_url(),
        )


class AddressIn(In):
    use: Literal["main", "invoice", "delivery"] = "main"
    street: str = ""
    postcode: str = ""
    city: str = ""
    country: str = ""


class PartyIn(In):
    name: str
    kind: Literal["company", "person"] = "person"
    company: int | None = None
    reference: str = ""
    email: str = ""
    phone: str = ""
    language: Literal["en", "nl", "fr", "de"] = "nl"
    vat_number: str = ""
    addresses: list[AddressIn] = []


class PartyChange(In):
    """Only what is sent is changed; `addresses` replaces them all."""

    name: str | None = None
    kind: Literal["company", "person"] | None = None
    company: int | None = None
    reference: str | None = None
    email: str | None = None
    phone: str | None = None
    language: Literal["en", "nl", "fr", "de"] | None = None
    vat_number: str | None = None
    is_archived: bool | None = None
    addresses: list[AddressIn] | None = None


def _all(user):
    must(user, "parties.view_party")
    return queries.visible_to(user).prefetch_related("addresses")


@router.get("/", response=Page[PartyOut], summary="List customers")
def listing(request, q: str = "", kind: Literal["", "company", "person"] = "", email: str = "", counts_as: int | None = None, archived: bool = False, limit: int = 50, cursor: str | None = None):
    found = queries.matching(_all(request.user).filter(is_archived=archived), q[:200])
    if kind:
        found = found.filter(kind=kind)
    if email:
        found = found.filter(email__iexact=email.replace("\x00", ""))
    if counts_as is not None:
        found = found.filter(root=counts_as)
    return paged(request, found, limit, cursor, PartyOut.of)


@router.get("/{int:pk}", response=PartyOut, summary="One customer")
def one(request, pk: int):
    return PartyOut.of(get_object_or_404(_all(request.user), pk=pk))


@router.post("/", response={201: PartyOut}, summary="Add a customer")
def add(request, payload: PartyIn):
    def do():
        given = payload.dict()
        company = _company(request, given.pop("company"))
        addresses = [AddressInput(**one) for one in given.pop("addresses")]
        return PartyOut.of(actions.add(**given, company=company, addresses=addresses, by=request.user, at=timezone.now())).model_dump(mode="json")

    return made(request, body=payload.dict(), scope="parties", do=do)


@router.patch("/{int:pk}", response=PartyOut, summary="Change a customer")
def change(request, pk: int, payload: PartyChange):
    party = get_object_or_404(_all(request.user), pk=pk)
    given = payload.dict(exclude_unset=True)
    addresses = given.pop("addresses", None)
    fields = {name: value for name, value in given.items() if name == "company" or value is not None}
    if "company" in fields:
        fields["company"] = _company(request, fields["company"])
    if addresses is not None:
        addresses = [AddressInput(**one) for one in addresses]
    actions.change(party=party, **fields, addresses=addresses, by=request.user, at=timezone.now())
    return PartyOut.of(get_object_or_404(_all(request.user), pk=pk))


def _company(request, pk: int | None) -> Party | None:
    return get_object_or_404(_all(request.user), pk=pk) if pk is not None else None
