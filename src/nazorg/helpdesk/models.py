"""Teams, the tickets that they answer, and the remedies that were given on a ticket."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from nazorg.conversation.models import HasThread


class Team(HasThread):
    """People who answer tickets together, with stages and services of their own."""

    class Visibility(models.TextChoices):
        PUBLIC = "public", _("Every agent sees its tickets")
        MEMBERS = "members", _("Only members and administrators see its tickets")

    name = models.CharField(_("name"), max_length=80)
    description = models.TextField(_("description"), blank=True, max_length=2000)
    visibility = models.CharField(_("visibility"), max_length=10, choices=Visibility, default=Visibility.PUBLIC)
    email = models.EmailField(_("e-mail address"), blank=True)
    """The address to which its customers write."""
    is_archived = models.BooleanField(_("archived"), default=False)
    members = models.ManyToManyField(settings.AUTH_USER_MODEL, through="TeamMember", related_name="teams", verbose_name=_("members"))

    class Meta:
        verbose_name, verbose_name_plural = _("team"), _("teams")
        default_permissions = ()
        permissions = [
            ("configure_team", _("Set up teams, stages and after-sales services")),
            ("see_every_team", _("See the tickets of every team, also of those that are for members only")),
        ]
        constraints = [
            models.UniqueConstraint(Lower("name"), name="a_name_belongs_to_one_team"),
            models.UniqueConstraint(Lower("email"), condition=Q(email__gt=""), name="an_address_reaches_one_team"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("helpdesk:team", args=[self.pk])


class TeamMember(models.Model):
    """Somebody who works in a team."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="memberships", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "user"], name="one_is_a_member_of_a_team_once")]

    def __str__(self) -> str:
        return f"{self.user} · {self.team}"


class Stage(models.Model):
    """A step on a team's board. Its kind says what the step means for clocks, filters and reports."""

    class Kind(models.TextChoices):
        NEW = "new", _("New")
        OPEN = "open", _("Open")
        WAITING = "waiting", _("Waiting for the customer")
        CLOSED = "closed", _("Closed")

    team = models.ForeignKey(Team, models.CASCADE, related_name="stages")
    name = models.CharField(_("name"), max_length=60)
    position = models.PositiveSmallIntegerField(_("position"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.OPEN)
    is_folded = models.BooleanField(_("folded on the board"), default=False)

    class Meta:
        ordering = ["team_id", "position", "id"]
        verbose_name, verbose_name_plural = _("stage"), _("stages")
        constraints = [
            models.UniqueConstraint("team", Lower("name"), name="a_team_names_a_stage_once"),
            models.UniqueConstraint(fields=["id", "team"], name="a_stage_with_its_team"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_closed(self) -> bool:
        return self.kind == self.Kind.CLOSED


class TicketType(models.Model):
    """What a ticket is about: a question, a fault, a complaint."""

    name = models.CharField(_("name"), max_length=60)
    is_archived = models.BooleanField(_("archived"), default=False)

    class Meta:
        ordering = ["name"]
        verbose_name, verbose_name_plural = _("type"), _("types")
        constraints = [models.UniqueConstraint(Lower("name"), name="a_name_belongs_to_one_ticket_type")]

    def __str__(self) -> str:
        return self.name


class Tag(models.Model):
    """A word to find tickets by, with one of the eight colours of the house."""

    name = models.CharField(_("name"), max_length=40)
    colour = models.PositiveSmallIntegerField(_("colour"), default=0)

    class Meta:
        ordering = ["name"]
        verbose_name, verbose_name_plural = _("tag"), _("tags")
        constraints = [
            models.UniqueConstraint(Lower("name"), name="a_name_belongs_to_one_tag"),
            models.CheckConstraint(condition=Q(colour__lte=7), name="a_tag_has_one_of_eight_colours"),
        ]

    def __str__(self) -> str:
        return self.name


class Ticket(HasThread):
    """A customer's matter, from the first message until it is settled. Its number is shown as #48213."""

    class Priority(models.IntegerChoices):
        LOW = 0, _("Low")
        NORMAL = 1, _("Normal")
        HIGH = 2, _("High")
        URGENT = 3, _("Urgent")

    class Channel(models.TextChoices):
        AGENT = "agent", _("By an agent")
        MAIL = "mail", _("Mail")
        PHONE = "phone", _("Phone")
        WEB = "web", _("Web site")
        API = "api", _("API")
        IMPORT = "import", _("Import")

    number = models.BigAutoField(_("number"), primary_key=True)
    title = models.CharField(_("title"), max_length=200)
    team = models.ForeignKey(Team, models.PROTECT, related_name="tickets", verbose_name=_("team"), db_index=False)
    customer = models.ForeignKey("parties.Party", models.PROTECT, null=True, blank=True, related_name="tickets", verbose_name=_("customer"), db_index=False)
    contact = models.ForeignKey("parties.Party", models.PROTECT, null=True, blank=True, related_name="tickets_as_contact", verbose_name=_("contact"), db_index=False)
    assignee = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="assigned_tickets", verbose_name=_("assignee"), db_index=False)
    stage = models.ForeignKey(Stage, models.PROTECT, related_name="tickets", verbose_name=_("stage"), db_index=False)
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority, default=Priority.NORMAL)
    type = models.ForeignKey(TicketType, models.PROTECT, null=True, blank=True, related_name="tickets", verbose_name=_("type"))
    tags = models.ManyToManyField(Tag, blank=True, related_name="tickets", verbose_name=_("tags"))
    product = models.ForeignKey("catalogue.Product", models.PROTECT, null=True, blank=True, related_name="tickets", verbose_name=_("product"))
    serial = models.CharField(_("serial number"), max_length=80, blank=True)
    order_reference = models.CharField(_("order"), max_length=60, blank=True)
    """The order's number as the customer names it, whether Sales is active or not."""
    language = models.CharField(_("language"), max_length=5, blank=True)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel, default=Channel.AGENT)
    made_at = models.DateTimeField(_("opened"))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    """Since when it stands in a closed stage; null exactly while it does not. A trigger holds both together."""
    updated_at = models.DateTimeField(_("updated"))
    last_message_at = models.DateTimeField(_("last message"), null=True, blank=True)
    words = models.GeneratedField(expression=SearchVector("title", config="simple"), output_field=SearchVectorField(), db_persist=True)

    class Meta:
        verbose_name, verbose_name_plural = _("ticket"), _("tickets")
        default_permissions = ()
        permissions = [("view_ticket", _("See tickets")), ("work_ticket", _("Answer tickets and give remedies"))]
        indexes = [
            # The list: newest change first, of the open ones (the usual view) or of all; `team` filters inside the index.
            models.Index(F("updated_at").desc(), F("number").desc(), F("team"), F("assignee"), condition=Q(closed_at=None), name="open_tickets_by_change"),
            models.Index(F("updated_at").desc(), F("number").desc(), name="tickets_by_change"),
            models.Index(F("priority").desc(), F("updated_at").desc(), F("number").desc(), name="tickets_by_priority"),
            models.Index("title", "number", name="tickets_by_title"),
            models.Index(F("made_at"), F("number"), name="tickets_by_opening"),
            # The board's columns, and a team's or a stage's tickets.
            models.Index("stage", F("priority").desc(), F("updated_at").desc(), F("number").desc(), name="tickets_of_a_stage"),
            models.Index("team", F("updated_at").desc(), F("number").desc(), name="tickets_of_a_team"),
            models.Index("assignee", F("updated_at").desc(), F("number").desc(), name="tickets_of_an_assignee"),
            models.Index("customer", F("number").desc(), name="tickets_of_a_customer"),
            models.Index("contact", F("number").desc(), condition=Q(contact__isnull=False), name="tickets_of_a_contact"),
            GinIndex(fields=["words"], name="words_of_titles"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(priority__lte=3), name="a_priority_goes_from_0_to_3"),
            models.CheckConstraint(condition=~Q(title=""), name="a_ticket_has_a_title"),
        ]

    def __str__(self) -> str:
        return f"#{self.number} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("helpdesk:ticket", args=[self.number])

    @property
    def is_closed(self) -> bool:
        return self.closed_at is not None


class SavedView(models.Model):
    """A list of tickets worth coming back to: the filters of the list page under a name."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="ticket_views")
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(max_length=1000)
    """The list's parameters as they stand in its address."""
    is_shared = models.BooleanField(_("shared with every agent"), default=False)

    class Meta:
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint("owner", Lower("name"), name="one_names_a_view_once")]

    def __str__(self) -> str:
        return self.name


class DefaultView(models.Model):
    """The saved view with which somebody's list of tickets opens."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="default_ticket_view")
    view = models.ForeignKey(SavedView, models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return f"{self.user} {self.view}"


class TeamService(models.Model):
    """A service that a team offers on its tickets. Switching it off removes this row; remedies and settings stay."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="services", db_index=False)
    service = models.SlugField(max_length=40, db_index=False)
    switched_on_at = models.DateTimeField()
    switched_on_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "service"], name="a_team_offers_a_service_once")]

    def __str__(self) -> str:
        return f"{self.team} {self.service}"


class Remedy(models.Model):
    """One use of a service on one ticket. A service derives its own model with a foreign key to what it made.

    A derived model says `document` (the record that it made) and may say `fact` (its state, sum or date, in words).
    """

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="remedies")
    service = models.SlugField(max_length=40, db_index=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name, verbose_name_plural = _("remedy"), _("remedies")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.service} {self.pk}"
