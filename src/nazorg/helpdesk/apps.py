from django.utils.translation import gettext_lazy as _

from nazorg.suite.house import HouseApp, MenuItem


class HelpdeskConfig(HouseApp):
    """Tickets of customers, the teams that answer them, and the services by which a team settles them."""

    name = "nazorg.helpdesk"
    label = "helpdesk"
    verbose_name = _("Helpdesk")
    summary = _("Tickets, teams and the after-sales services that a team offers.")
    slug = "helpdesk"
    switchable = True
    icon = "ticket"
    mount = "helpdesk/"
    menu_order = 10
    menu = (
        MenuItem(_("Tickets"), "helpdesk:tickets", "helpdesk.view_ticket"),
        MenuItem(_("Board"), "helpdesk:board", "helpdesk.view_ticket"),
        MenuItem(_("Teams"), "helpdesk:teams", "helpdesk.configure_team", _("Configuration")),
        MenuItem(_("Tags"), "helpdesk:tags", "helpdesk.configure_team", _("Configuration")),
        MenuItem(_("Types"), "helpdesk:types", "helpdesk.configure_team", _("Configuration")),
    )

    def ready(self):
        from nazorg.helpdesk import events  # noqa: F401 - kept events are said by their class
