ROLES = {
    "agent": ["parties.view_party"],
    "team_lead": ["parties.view_party"],
    "accountant": ["parties.view_party"],
    "sales": ["parties.view_party", "parties.edit_party"],
    "warehouse": ["parties.view_party"],
    "repair_technician": ["parties.view_party"],
    "field_technician": ["parties.view_party"],
}
