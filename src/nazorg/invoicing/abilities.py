ROLES = {
    "agent": ["invoicing.credit_document"],
    "team_lead": ["invoicing.credit_document"],
    "accountant": [
        "invoicing.view_document", "invoicing.edit_document", "invoicing.post_document",
        "invoicing.credit_document", "invoicing.register_payment",
    ],
    "sales": ["invoicing.view_document", "invoicing.edit_document"],
}
