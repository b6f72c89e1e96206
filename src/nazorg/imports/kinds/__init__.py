"""The kinds of import, by the word that names them on the command line."""

from __future__ import annotations

from nazorg.imports.importer import Importer
from nazorg.imports.kinds.customers import Customers
from nazorg.imports.kinds.deliveries import Deliveries
from nazorg.imports.kinds.invoices import Invoices
from nazorg.imports.kinds.orders import Orders
from nazorg.imports.kinds.products import Products
from nazorg.imports.kinds.tickets import Tickets

KINDS: dict[str, type[Importer]] = {one.kind: one for one in (Customers, Products, Orders, Invoices, Deliveries, Tickets)}
"""In the order in which a house that moves in imports them."""
