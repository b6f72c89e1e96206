"""Rows of a retail file for tests: those that one test is about, the rest as usual."""

from __future__ import annotations

from nazorg.imports.retail.read import COLUMNS, Retail, read_retail


class Rows:
    """A table in memory with the face that `read_retail` needs of one."""

    name = "test.csv"
    columns = COLUMNS

    def __init__(self, rows):
        self.rows = rows

    def __iter__(self):
        return iter(enumerate(self.rows, 2))

    def progress(self):
        return 0.5


def row(number="536365", code="22423", quantity=6, price="2.55", *, customer="17850.0", at="2010-12-01 08:26:00",
        description="CAKESTAND", country="United Kingdom", **more) -> dict:
    cells = (number, code, description, str(quantity), at, price, customer, country)
    return dict(zip(COLUMNS, cells, strict=True)) | more


def read(*rows) -> Retail:
    return read_retail(Rows(rows))
