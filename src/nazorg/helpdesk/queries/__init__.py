"""Which tickets and teams somebody sees, and what a ticket's page shows."""

from nazorg.helpdesk.queries.listing import Pages, columns, desk, filtered, ordered, with_row
from nazorg.helpdesk.queries.remedies import Offer, buttons, offers, pending, remedies, tiles
from nazorg.helpdesk.queries.search import found_by
from nazorg.helpdesk.queries.teams import assignable, configurable_teams, visible_teams
from nazorg.helpdesk.queries.tickets import for_page, of_customer, saved_views, visible_to

__all__ = [
    "Offer", "Pages", "assignable", "buttons", "columns", "configurable_teams", "desk", "filtered", "for_page", "found_by", "of_customer", "offers", "ordered", "pending",
    "remedies", "saved_views", "tiles", "visible_teams", "visible_to", "with_row",
]
