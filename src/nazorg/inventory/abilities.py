ROLES = {
    "warehouse": ["inventory.view_delivery", "inventory.edit_delivery"],
    "sales": ["inventory.view_delivery"],
    "team_lead": ["inventory.view_delivery"],
    "agent": ["inventory.view_delivery"],
}
