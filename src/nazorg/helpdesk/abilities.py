ROLES = {
    "agent": ["helpdesk.view_ticket", "helpdesk.work_ticket"],
    "team_lead": ["helpdesk.view_ticket", "helpdesk.work_ticket", "helpdesk.configure_team"],
    # `see_every_team` is the administrator's alone, who has all abilities: a members-only team is closed to other roles.
}
