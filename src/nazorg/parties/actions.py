"""Adding and changing customers, one by one and by the thousand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from nazorg.access.rules import must
from nazorg.core.actions import action
from nazorg.core.checked import checked
from nazorg.core.events import tell
from nazorg.core.refusals import Refused
from nazorg.parties import countries, numbers
from nazorg.parties.events import PartyAdded, PartyArchived, PartyChanged, PartyRestored
from nazorg.parties.models import Address, Party

FIELDS = ("kind", "name", "company", "reference", "email", "phone", "language", "vat_number", "is_archived")
"""What `change` takes."""


@dataclass(frozen=True, slots=True)
class AddressInput:
    """An address as somebody wrote it; `id` is that of the address it replaces."""

    street: str = ""
    postcode: str = ""
    city: str = ""
    country: str = ""
    use: str = Address.Use.MAIN
    id: int | None = None


@action
def add(
    *, kind: str = Party.Kind.PERSON, name: str, company: Party | None = None, reference: str = "", email: str = "", phone: str = "", language: str = "nl",
    vat_number: str = "", addresses: Sequence[AddressInput] = (), by, at: datetime,
) -> Party:
    """A new customer, or a contact of `company`. Refused when a field does not fit or the reference is another's."""
    must(by, "parties.edit_party")
    party = Party(
        kind=kind, name=name, company=company, reference=reference, email=email, phone=phone, language=language, vat_number=vat_number, made_at=at,
    )
    _tidy(party, addresses)
    party.save(force_insert=True)
    _write_addresses(party, addresses)
    tell(PartyAdded(on=party, by=by, at=at))
    return party


@action
def change(*, party: Party, addresses: Sequence[AddressInput] | None = None, by, at: datetime, **fields) -> Party:
    """Change some fields, and with `addresses` all addresses: those whose id is not among them go."""
    must(by, "parties.edit_party")
    party = Party.objects.select_for_update(of=("self",)).select_related("company").get(pk=party.pk)
    if unknown := set(fields) - set(FIELDS):
        raise TypeError(f"a party has no {', '.join(sorted(unknown))}")
    before = {name: getattr(party, name) for name in fields}
    for name, value in fields.items():
        setattr(party, name, value)
    if party.kind != Party.Kind.COMPANY and party.contacts.exists():
        raise Refused(_("%s has contacts, so it stays a company. Move its contacts elsewhere first.") % party, field="kind", code="has_contacts")
    kept = addresses if addresses is not None else [AddressInput(country=a.country) for a in party.addresses.all()]
    _tidy(party, kept)
    party.save()
    changed = [name for name, value in before.items() if getattr(party, name) != value]
    if addresses is not None and _write_addresses(party, addresses):
        changed.append("addresses")
    _tell_changes(party, changed, by, at)
    return party


def _tell_changes(party: Party, changed: list[str], by, at: datetime) -> None:
    if "is_archived" in changed:
        tell((PartyArchived if party.is_archived else PartyRestored)(on=party, by=by, at=at))
    if named := [name for name in changed if name != "is_archived"]:
        labels = [str(_("addresses") if name == "addresses" else Party._meta.get_field(name).verbose_name) for name in named]
        tell(PartyChanged(on=party, by=by, at=at, fields=labels))


def _tidy(party: Party, addresses: Sequence[AddressInput]) -> None:
    """Bring the fields into the form in which they are kept, and refuse what does not fit."""
    for name in ("name", "reference", "email"):
        setattr(party, name, getattr(party, name).strip())
    if not party.name:
        raise Refused(_("A customer needs a name."), field="name", code="no_name")
    party.phone = numbers.phone(party.phone[:200])
    checked(party, but=("vat_number",))
    if party.vat_number:
        country = next((a.country for a in addresses if a.country), "")
        party.vat_number = numbers.vat_number(party.vat_number[:200], country)
        checked(party)
    _judge_company(party)
    if party.reference:
        other = Party.objects.filter(reference=party.reference).exclude(pk=party.pk).first()
        if other is not None:
            raise Refused(
                _("The reference %(reference)s belongs to %(other)s already. Use another one.") % {"reference": party.reference, "other": other},
                field="reference", code="reference_taken",
            )


def _judge_company(party: Party) -> None:
    company = party.company
    if company is None:
        return
    if party.kind == Party.Kind.COMPANY:
        raise Refused(_("A company is nobody's contact. Make it a person, or leave its company empty."), field="company", code="bad_company")
    if company.kind != Party.Kind.COMPANY or company.pk == party.pk:
        raise Refused(_("%s is not a company, so nobody is its contact.") % company, field="company", code="bad_company")


def _write_addresses(party: Party, addresses: Sequence[AddressInput]) -> bool:
    """Make the party's addresses those; whether anything changed."""
    there = {a.pk: a for a in party.addresses.all()} if not party._state.adding else {}
    changed, keep = False, set()
    for given in addresses:
        text = {name: getattr(given, name).strip() for name in ("street", "postcode", "city", "country", "use")}
        text["country"] = text["country"].upper()
        if not any(text[name] for name in ("street", "postcode", "city", "country")):
            continue
        address = there.get(given.id) or Address(party=party)
        keep.add(address.pk)
        if address.pk and all(getattr(address, name) == value for name, value in text.items()):
            continue
        for name, value in text.items():
            setattr(address, name, value)
        _judge_address(address).save()
        changed = True
    gone = [pk for pk in there if pk not in keep]
    if gone:
        Address.objects.filter(pk__in=gone).delete()
    return changed or bool(gone)


@dataclass(frozen=True, slots=True)
class NewParty:
    """A customer as an import read it. `company` is the reference of its company, which stands earlier or is known already."""

    reference: str
    name: str
    kind: str = Party.Kind.PERSON
    company: str = ""
    email: str = ""
    phone: str = ""
    language: str = "nl"
    vat_number: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""
    country: str = ""

    @property
    def address(self) -> AddressInput:
        return AddressInput(self.street, self.postcode, self.city, self.country)


@action
def add_many(*, rows: Sequence[NewParty], by, at: datetime) -> dict[str, Party]:
    """Add those whose reference is not known yet; gives for each reference the party, new or known. Doing it twice adds nothing.

    A row that does not fit is refused and nothing is added: facts carry its place in `rows`, so judge rows with `judged`
    first when some may be set aside.
    """
    must(by, "parties.edit_party")
    wanted = {row.reference: row for row in rows}
    found = known(references=list(wanted))
    new = {reference: row for reference, row in wanted.items() if reference not in found}
    for company_first in (True, False):
        some = [row for row in new.values() if (not row.company) == company_first]
        missing = {row.company for row in some if row.company} - set(found)
        found |= known(references=list(missing))
        made = [judged(row=row, company=_company_of(row, found), at=at) for row in some]
        try:
            with transaction.atomic():
                Party.objects.bulk_create(made, batch_size=1000)
        except IntegrityError:
            raise Refused(_("Somebody else is adding the same customers now. Try again."), code="changed") from None
        for party in made:
            party.root_id = party.company_id or party.pk
        found |= {party.reference: party for party in made}
    Address.objects.bulk_create(
        [_address(row, found[row.reference]) for row in new.values() if row.street or row.postcode or row.city or row.country], batch_size=1000,
    )
    return {reference: found[reference] for reference in wanted}


def known(*, references: Sequence[str]) -> dict[str, Party]:
    """The parties that have these references."""
    return {party.reference: party for party in Party.objects.filter(reference__in=references).exclude(reference="").defer("words")}


def judged(*, row: NewParty, company: Party | None = None, at: datetime) -> Party:
    """The party that a row would become, not saved; Refused says what does not fit."""
    if not row.reference:
        raise Refused(_("A customer that is imported needs a reference: its number in the other system."), field="reference", code="no_reference")
    party = Party(
        kind=row.kind, name=row.name.strip(), company=company, reference=row.reference, email=row.email.strip(), phone=numbers.phone(row.phone[:200]),
        language=row.language, made_at=at,
    )
    if not party.name:
        raise Refused(_("A customer needs a name."), field="name", code="no_name")
    if row.vat_number:
        party.vat_number = numbers.vat_number(row.vat_number[:200], row.country)
    checked(party)
    _judge_company(party)
    _address(row, party)
    return party


def _company_of(row: NewParty, found: dict[str, Party]) -> Party | None:
    if not row.company:
        return None
    if row.company not in found:
        raise Refused(_("There is no company with the reference %s.") % row.company[:60], field="company", code="no_company")
    return found[row.company]


def _address(row: NewParty, party: Party) -> Address:
    return _judge_address(
        Address(party=party, street=row.street.strip(), postcode=row.postcode.strip(), city=row.city.strip(), country=row.country.strip().upper())
    )


def _judge_address(address: Address) -> Address:
    if address.country and address.country not in countries.codes():
        raise Refused(_("“%s” is not a country. Use its two letters, such as BE.") % address.country[:40], field="country", code="bad_country")
    return checked(address)
