"""Customers: companies, their contacts, persons."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from nazorg.imports import lookups
from nazorg.imports.fields import Field
from nazorg.imports.importer import Importer
from nazorg.parties import actions as parties
from nazorg.parties.actions import AddressInput
from nazorg.parties.models import Party

COMPANY, PERSON = Party.Kind.COMPANY, Party.Kind.PERSON


class Customers(Importer):
    kind, key = "customers", "reference"
    label = _("Customers")
    help = _("One row for each company or person. Companies stand before their contacts.")
    fields = (
        Field("reference", _("Customer number"), _("The number in the other system."), required=True, max_length=60,
              synonyms=("customer id", "customer no", "customer ref", "id", "ref", "number", "klantnummer", "klantnr", "klant id", "debiteurnummer", "nummer")),
        Field("name", _("Name"), required=True, max_length=200,
              synonyms=("customer name", "full name", "customer", "display name", "naam", "klantnaam", "volledige naam", "klant", "bedrijfsnaam")),
        Field("kind", _("Company or person"), _("Empty: a company when there is a VAT number, else a person."), kind="choice",
              synonyms=("type", "customer type", "soort", "klanttype"),
              choices={"company": COMPANY, "person": PERSON, "individual": PERSON, "bedrijf": COMPANY, "onderneming": COMPANY, "organisatie": COMPANY,
                       "organisation": COMPANY, "persoon": PERSON, "particulier": PERSON, "consumer": PERSON, "contact": PERSON}),
        Field("company", _("Works at"), _("The number, e-mail address or name of the company."), max_length=200,
              synonyms=("company", "employer", "parent", "company ref", "bedrijf", "werkgever", "organisatie", "company number")),
        Field("email", _("E-mail address"), max_length=254, synonyms=("e-mail", "mail", "email address", "e-mailadres", "mailadres")),
        Field("phone", _("Phone"), max_length=60, synonyms=("telephone", "phone number", "mobile", "tel", "telefoon", "telefoonnummer", "gsm", "mobiel")),
        Field("language", _("Language"), kind="choice", synonyms=("lang", "locale", "taal"),
              choices={"nl": "nl", "en": "en", "fr": "fr", "de": "de", "dutch": "nl", "english": "en", "french": "fr", "german": "de",
                       "nederlands": "nl", "engels": "en", "frans": "fr", "duits": "de", "nl-be": "nl", "nl-nl": "nl", "fr-be": "fr", "en-gb": "en", "en-us": "en"}),
        Field("vat_number", _("VAT number"), max_length=60, synonyms=("vat", "vat no", "vat id", "tax id", "btw", "btw nummer", "btw-nr", "ondernemingsnummer")),
        Field("street", _("Street and number"), max_length=200, synonyms=("address", "address line 1", "street", "straat", "adres", "straat en nummer")),
        Field("postcode", _("Postcode"), max_length=16, synonyms=("zip", "zip code", "postal code", "post code", "postnummer")),
        Field("city", _("City"), max_length=100, synonyms=("town", "place", "stad", "gemeente", "plaats", "woonplaats")),
        Field("country", _("Country"), _("Its two letters, such as BE."), max_length=2, synonyms=("country code", "land", "landcode", "landkode")),
    )

    def there(self, references):
        return dict(Party.objects.filter(reference__in=references).exclude(reference="").values_list("reference", "pk"))

    def load(self, rows):
        values = rows[0]
        company = lookups.party(values["company"]) if values["company"] else None
        kind = values["kind"] or (COMPANY if values["vat_number"] and company is None else PERSON)
        address = AddressInput(street=values["street"], postcode=values["postcode"], city=values["city"], country=values["country"])
        party = parties.add(
            kind=kind, name=values["name"], company=company, reference=values["reference"], email=values["email"], phone=values["phone"],
            language=values["language"] or "nl", vat_number=values["vat_number"], addresses=[address], by=self.by, at=self.at,
        )
        return party.pk
