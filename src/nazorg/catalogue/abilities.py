ROLES = {
    "agent": ["catalogue.view_product"],
    "team_lead": ["catalogue.view_product"],
    "accountant": ["catalogue.view_product"],
    "sales": ["catalogue.view_product", "catalogue.edit_product"],
    "warehouse": ["catalogue.view_product"],
    "repair_technician": ["catalogue.view_product"],
    "field_technician": ["catalogue.view_product"],
}
