ROLES: dict[str, list[str]] = {}
