ROLES = {
    "sales": ["sales.view_order", "sales.edit_order"],
    "accountant": ["sales.view_order"],
    "warehouse": ["sales.view_order"],
    "team_lead": ["sales.view_order"],
    "agent": ["sales.view_order"],
}
