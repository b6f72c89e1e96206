ROLES: dict[str, list[str]] = {}
"""Nobody but administrators, who have every ability: an import writes posted invoices."""
