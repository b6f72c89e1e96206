"""Customers: adding, changing, finding, and what is refused."""

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.masters import NOW

from nazorg.conversation.models import Entry
from nazorg.core.refusals import NotAllowed, Refused
from nazorg.parties import actions, audit, numbers, queries
from nazorg.parties.actions import AddressInput, NewParty
from nazorg.parties.models import Address, Party


def test_a_contact_counts_as_their_company(bakery):
    bart = bakery.contacts.get()

    assert bart.counts_as == bakery
    assert bart.root_id == bakery.root_id == bakery.pk
    assert list(queries.members(bart)) == [bakery, bart]


def test_somebody_who_leaves_a_company_counts_for_themselves_again(bakery, cast):
    bart = bakery.contacts.get()

    actions.change(party=bart, company=None, by=cast("sam"), at=NOW)

    bart.refresh_from_db()
    assert bart.root_id == bart.pk


def test_the_database_itself_works_out_as_whom_a_party_counts(bakery):
    bart = bakery.contacts.get()
    Party.objects.filter(pk=bart.pk).update(root=None)
    bart.refresh_from_db()
    assert bart.root_id == bakery.pk
    assert list(audit.audit()) == []


@pytest.mark.parametrize("change", ["UPDATE parties_party SET company_id = id", "UPDATE parties_party SET kind = 'person' WHERE kind = 'company'"])
def test_the_database_keeps_companies_companies(bakery, change):
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


def test_sam_adds_a_customer_and_the_history_says_so(cast):
    party = actions.add(name=" Ida Claes ", email="ida@example.org", phone="0032 470/12.34-56", vat_number="be 0123.456.749", by=cast("sam"), at=NOW)

    assert (party.name, party.phone, party.vat_number) == ("Ida Claes", "+32 470 12 34 56", "BE0123456749")
    assert Entry.objects.get(thread=party.thread).event == "parties.PartyAdded"


@pytest.mark.parametrize("who", ["nora", "pim", "victor", "tom", "ida"])
def test_only_sales_keeps_customers(who, cast, ida):
    with pytest.raises(NotAllowed):
        actions.add(name="New", by=cast(who), at=NOW)
    with pytest.raises(NotAllowed):
        actions.change(party=ida, name="Other", by=cast(who), at=NOW)
    assert Party.objects.values_list("name", flat=True).get() == "Ida Claes"


BAD = {
    "no name": ({"name": " "}, "name"),
    "a name of 10 MB": ({"name": "x" * 10_000_000}, "name"),
    "NUL in the name": ({"name": "a\x00b"}, "name"),
    "NUL in the phone": ({"name": "a", "phone": "\x00"}, "phone"),
    "no e-mail address": ({"name": "a", "email": "ida@"}, "email"),
    "a language that nobody speaks": ({"name": "a", "language": "tlh"}, "language"),
    "a kind that is not one": ({"name": "a", "kind": "robot"}, "kind"),
    "a VAT number that does not add up": ({"name": "a", "vat_number": "BE0123456789"}, "vat_number"),
    "a VAT number of a megabyte": ({"name": "a", "vat_number": "B" * 1_000_000}, "vat_number"),
    "NUL in the VAT number": ({"name": "a", "vat_number": "BE\x000123"}, "vat_number"),
    "a country that is not one": ({"name": "a", "addresses": [AddressInput(street="x", country="XX")]}, "country"),
    "NUL in a street": ({"name": "a", "addresses": [AddressInput(street="\x00")]}, "street"),
    "a street without end": ({"name": "a", "addresses": [AddressInput(street="x" * 1000)]}, "street"),
}


@pytest.mark.parametrize("case", BAD)
def test_nonsense_is_refused_with_a_sentence_and_nothing_is_kept(case, cast):
    fields, field = BAD[case]

    with pytest.raises(Refused) as refused:
        actions.add(**fields, by=cast("sam"), at=NOW)

    assert refused.value.field == field
    assert len(str(refused.value)) < 300 and "\x00" not in str(refused.value)
    assert not Party.objects.exists() and not Address.objects.exists() and not Entry.objects.exists()


def test_a_refused_change_changes_nothing(ida, cast):
    with pytest.raises(Refused):
        actions.change(party=ida, name="Ada", vat_number="BE1", by=cast("sam"), at=NOW)
    ida.refresh_from_db()
    assert (ida.name, ida.vat_number) == ("Ida Claes", "")


def test_a_company_is_nobodys_contact(bakery, ida):
    with pytest.raises(Refused, match="nobody's contact"):
        actions.add(kind="company", name="Daughter", company=bakery, by=None, at=NOW)
    with pytest.raises(Refused, match="is not a company"):
        actions.add(name="Friend", company=ida, by=None, at=NOW)


def test_a_company_with_contacts_stays_a_company(bakery):
    with pytest.raises(Refused, match="has contacts"):
        actions.change(party=bakery, kind="person", by=None, at=NOW)


def test_a_reference_names_one_customer(ida):
    actions.change(party=ida, reference="C-1", by=None, at=NOW)
    with pytest.raises(Refused, match="belongs to Ida Claes"):
        actions.add(name="Other", reference="C-1", by=None, at=NOW)


def test_addresses_are_changed_added_and_removed(ida):
    main = ida.addresses.get()

    actions.change(party=ida, addresses=[AddressInput("Dorp 2", "9000", "Gent", "be", id=main.pk), AddressInput("Magazijn 3", use="delivery")], by=None, at=NOW)
    assert [(a.pk == main.pk, a.street, a.country, a.use) for a in ida.addresses.all()] == [(True, "Dorp 2", "BE", "main"), (False, "Magazijn 3", "", "delivery")]

    actions.change(party=ida, addresses=[], by=None, at=NOW)
    assert not ida.addresses.exists()


def test_an_address_of_somebody_else_is_not_taken_over(ida, bakery):
    theirs = ida.addresses.get()
    actions.change(party=bakery, addresses=[AddressInput("Elders 1", id=theirs.pk)], by=None, at=NOW)
    assert str(ida.addresses.get()) == "Kerkstraat 1, 9000 Gent, BE"
    assert bakery.addresses.get().street == "Elders 1"


VAT = [
    ("BE 0123.456.749", "", "BE0123456749"), ("0123 456 749", "BE", "BE0123456749"), ("NL004495445B01", "", "NL004495445B01"),
    ("FR 40 303 265 045", "", "FR40303265045"), ("GB 980 7806 84", "", "GB980780684"), ("EL 094259216", "", "EL094259216"), ("094259216", "GR", "EL094259216"),
    ("CHE-107.787.577 IVA", "", "CHE107787577IVA"), ("", "BE", ""), (" - ", "BE", ""),
]


@pytest.mark.parametrize(("written", "country", "kept"), VAT)
def test_vat_numbers_are_kept_compact(written, country, kept):
    assert numbers.vat_number(written, country) == kept


@pytest.mark.parametrize(("written", "why"), [
    ("BE0123456789", "check digits"), ("BE012345", "too long or too short"), ("123456", "letters of its country"), ("NLABC", "too long|not written"), ("ZZ", "letters of its country"),
])
def test_a_wrong_vat_number_is_told_why(written, why):
    with pytest.raises(Refused, match=why):
        numbers.vat_number(written)


@given(st.text(max_size=60), st.sampled_from(["", "BE", "NL", "GR", "US"]))
@settings(deadline=None)
def test_a_vat_number_is_refused_or_kept_but_never_breaks(text, country):
    try:
        kept = numbers.vat_number(text, country)
    except Refused:
        return
    assert len(kept) <= 20 and kept == numbers.vat_number(kept)


@given(st.text(max_size=40))
def test_a_phone_number_that_is_kept_stays_as_it_is(text):
    kept = numbers.phone(text)
    assert numbers.phone(kept) == kept


@pytest.mark.parametrize("words", ["ida", "CLAES ida", "ida@example", "0470 12 34", "470"])
def test_ida_is_found_by(words, ida, bakery, cast):
    assert list(queries.search(cast("nora"), words)) == [ida]


@pytest.mark.parametrize("words", ["BE 0123.456.749", "0123456749", "peeters bakkerij"])
def test_the_bakery_is_found_by(words, ida, bakery, cast):
    assert bakery in queries.search(cast("nora"), words)
    assert ida not in queries.search(cast("nora"), words)


def test_nobody_outside_sees_customers(ida, cast):
    assert not queries.visible_to(cast("ida")).exists()
    assert not queries.visible_to(None).exists()


def test_who_writes_is_found_whatever_the_capitals(ida, bakery):
    assert queries.by_email("IDA@Example.org") == ida
    assert queries.by_email("nobody@example.org") is None
    assert queries.by_email("\x00") is None


# Imports


ROWS = [
    NewParty("10", "Jan Jansen", email="jan@example.org", company="20", city="Gent", country="be"),
    NewParty("20", "Jansen BV", kind="company", vat_number="BE0123456749", country="BE"),
    NewParty("30", "Piet"),
]


@pytest.mark.django_db
def test_an_import_adds_each_customer_once(django_assert_max_num_queries):
    made = actions.add_many(rows=ROWS, by=None, at=NOW)
    assert {reference: party.name for reference, party in made.items()} == {"10": "Jan Jansen", "20": "Jansen BV", "30": "Piet"}
    assert made["10"].root_id == made["20"].pk
    assert Party.objects.get(reference="10").root_id == made["20"].pk
    assert str(made["10"].addresses.get()) == "Gent, BE"

    again = actions.add_many(rows=[*ROWS, NewParty("40", "New")], by=None, at=NOW)
    assert {r: p.pk for r, p in again.items() if r != "40"} == {r: p.pk for r, p in made.items()}
    assert Party.objects.count() == 4 and Address.objects.count() == 2

    with django_assert_max_num_queries(16):
        actions.add_many(rows=[NewParty(str(n), f"Customer {n}", city="Gent") for n in range(1000, 2000)], by=None, at=NOW)
    assert list(audit.audit()) == []


@pytest.mark.django_db
@pytest.mark.parametrize("bad", [NewParty("", "x"), NewParty("1", ""), NewParty("1", "x", email="no"), NewParty("1", "x", company="999"), NewParty("1", "x" * 999), NewParty("1", "x", country="UK?")])
def test_an_import_with_a_bad_row_adds_nothing(bad):
    with pytest.raises(Refused):
        actions.add_many(rows=[*ROWS, bad], by=None, at=NOW)
    assert not Party.objects.exists()
