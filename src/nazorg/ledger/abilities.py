ROLES = {"accountant": ["ledger.view_books", "ledger.post_entry"]}
