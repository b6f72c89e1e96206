"""Tickets with what the customer wrote."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from nazorg.core.refusals import Refused
from nazorg.helpdesk import actions as helpdesk
from nazorg.helpdesk.models import Stage, Tag, Team, Ticket, TicketType
from nazorg.imports import lookups
from nazorg.imports.fields import Field
from nazorg.imports.importer import Importer

LOW, NORMAL, HIGH, URGENT = (str(value) for value in Ticket.Priority.values)


class Tickets(Importer):
    app = "helpdesk"
    kind, key = "tickets", "reference"
    label = _l("Tickets")
    help = _l("One row for each ticket, with the customer's first message. Each gets a number of this desk.")
    fields = (
        Field("reference", _l("Ticket number"), _l("The number in the other system."), required=True, max_length=60,
              synonyms=("ticket id", "id", "ticket", "number", "case", "case number", "ticketnummer", "nummer", "dossiernummer")),
        Field("title", _l("Title"), required=True, max_length=200, synonyms=("subject", "summary", "onderwerp", "titel")),
        Field("message", _l("Message"), _l("What the customer wrote."), max_length=100_000, synonyms=("body", "description", "text", "content", "bericht", "omschrijving", "tekst", "inhoud")),
        Field("customer", _l("Customer"), _l("Number, e-mail address or name."), max_length=254,
              synonyms=("customer ref", "customer id", "requester", "requester email", "email", "klant", "klantnummer", "aanvrager")),
        Field("contact", _l("Contact"), _l("Somebody who works at the customer."), max_length=254, synonyms=("contact person", "contactpersoon")),
        Field("team", _l("Team"), _l("Its name. Empty: the only team, or the first."), max_length=80, synonyms=("group", "queue", "department", "groep", "afdeling")),
        Field("stage", _l("Stage"), _l("A stage of the team, or open or closed."), max_length=60, synonyms=("state", "status", "fase")),
        Field("priority", _l("Priority"), kind="choice", synonyms=("urgency", "prioriteit", "urgentie"),
              choices={"low": LOW, "normal": NORMAL, "medium": NORMAL, "high": HIGH, "urgent": URGENT, "laag": LOW, "normaal": NORMAL, "hoog": HIGH, "dringend": URGENT,
                       "0": LOW, "1": NORMAL, "2": HIGH, "3": URGENT}),
        Field("type", _l("Type"), max_length=60, synonyms=("ticket type", "kind", "category", "label", "soort", "categorie")),
        Field("tags", _l("Tags"), _l("With commas between; new ones are made."), max_length=400, synonyms=("labels", "tag", "trefwoorden")),
        Field("product", _l("Product"), _l("Code or barcode."), max_length=60, synonyms=("product ref", "product code", "sku", "artikel", "artikelnummer")),
        Field("serial", _l("Serial number"), max_length=80, synonyms=("serial no", "serienummer")),
        Field("order", _l("Order"), max_length=60, synonyms=("order ref", "order number", "order id", "order reference", "bestelling", "bestelnummer", "ordernummer")),
        Field("language", _l("Language"), max_length=5, synonyms=("lang", "taal")),
        Field("opened", _l("Opened"), kind="moment", synonyms=("opened at", "created", "created on", "created at", "date", "made at", "geopend", "aangemaakt", "aangemaakt op", "datum")),
    )

    def there(self, references):
        return {}

    def load(self, rows):
        values = rows[0]
        team = self._team(values["team"])
        ticket = helpdesk.open_ticket(
            title=values["title"], team=team, customer=lookups.party(values["customer"]) if values["customer"] else None,
            contact=lookups.party(values["contact"]) if values["contact"] else None, stage=self._stage(team, values["stage"]),
            priority=int(values["priority"] or NORMAL), type=self._type(values["type"]), tags=self._tags(values["tags"]),
            product=lookups.product(values["product"]) if values["product"] else None, serial=values["serial"], order_reference=values["order"],
            language=values["language"].lower(), channel="import" if "import" in Ticket.Channel.values else Ticket.Channel.AGENT,
            message=values["message"], by=self.by, at=values["opened"] or self.at,
        )
        return ticket.pk

    @staticmethod
    def _team(name: str) -> Team:
        teams = Team.objects.filter(is_archived=False).order_by("pk")
        team = teams.filter(name__iexact=name).first() if name else teams.first()
        if team is None:
            names = ", ".join(teams.values_list("name", flat=True)[:12])
            if not names:
                raise Refused(_("There is no team yet to open tickets in. Make one at Helpdesk, Configuration, Teams."), field="team", code="no_team")
            raise Refused(_("There is no team “%(name)s”. The teams: %(names)s.") % {"name": name, "names": names}, field="team", code="no_team")
        return team

    @staticmethod
    def _stage(team: Team, name: str) -> Stage | None:
        if not name:
            return None
        stages = list(team.stages.order_by("position"))
        plain = name.casefold()
        for stage in stages:
            if stage.name.casefold() == plain:
                return stage
        kinds = {"new": "new", "nieuw": "new", "open": "open", "waiting": "waiting", "pending": "waiting", "wachtend": "waiting",
                 "closed": "closed", "solved": "closed", "resolved": "closed", "gesloten": "closed", "opgelost": "closed", "afgesloten": "closed"}
        for stage in stages:
            if stage.kind == kinds.get(plain):
                return stage
        raise Refused(
            _("%(team)s has no stage “%(name)s”. Its stages: %(stages)s.") % {"team": team, "name": name, "stages": ", ".join(s.name for s in stages)},
            field="stage", code="no_stage",
        )

    @staticmethod
    def _type(name: str) -> TicketType | None:
        if not name:
            return None
        found = TicketType.objects.filter(name__iexact=name, is_archived=False).first()
        if found is None:
            names = ", ".join(TicketType.objects.filter(is_archived=False).values_list("name", flat=True)[:12])
            raise Refused(_("There is no ticket type “%(name)s”. The types: %(names)s.") % {"name": name, "names": names}, field="type", code="no_type")
        return found

    def _tags(self, text: str) -> list[Tag]:
        names = dict.fromkeys(" ".join(name.split()) for name in text.split(",") if name.strip())
        return [Tag.objects.filter(name__iexact=name).first() or helpdesk.add_tag(name=name, by=self.by, at=self.at) for name in names]
