"""What a row, a code and a description of the shop's file mean: the rules, each without memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Kind(TextChoices):
    """What a document is."""

    INVOICE = "invoice", _("invoice")
    CREDIT_NOTE = "credit_note", _("credit note")
    STOCK_WRITE_OFF = "stock_write_off", _("stock write-off")
    ADJUSTMENT = "adjustment", _("adjustment")


class Merged(TextChoices):
    """Why a row, though imported, has something in common with other rows that it does not say itself."""

    CODE = "code", _("its code is another spelling of a product's code")
    MOMENT = "moment", _("its document has an earlier time on another row, which is taken")
    COUNTRY = "country", _("its customer lives, by most documents, in another country")


class SetAside(TextChoices):
    """Why a row was not imported."""

    UNREADABLE = "unreadable", _("a cell cannot be read")
    TOO_MANY_CELLS = "too_many_cells", _("it has more cells than the header has columns")
    ADJUSTMENT = "adjustment", _("an adjustment of a debt is an entry in the books, not a sale: book it in the ledger")
    NO_QUANTITY = "no_quantity", _("its quantity is zero")
    NEGATIVE_PRICE = "negative_price", _("its price is negative")
    NEGATIVE_ON_INVOICE = "negative_on_invoice", _("a negative quantity with a price stands on an invoice")
    POSITIVE_ON_CREDIT_NOTE = "positive_on_credit_note", _("a positive quantity stands on a credit note")
    OTHER_CUSTOMER = "other_customer", _("its document belongs to another customer on its first row")


class Seen(TextChoices):
    """What was noticed on rows, cleaned or kept as it was; one row may show several."""

    BLANKS = "blanks", _("blanks at an end of a cell: taken off")
    NO_DESCRIPTION = "no_description", _("no description: the product's name is used")
    STOCK_NOTE = "stock_note", _("a stock note in place of a description: kept as a note, never a name")
    NO_CUSTOMER = "no_customer", _("a sale or credit without customer: booked on “Counter sales” of its country")
    PRICE_ZERO = "price_zero", _("a price of zero: kept, it changes no total")
    REPEATED = "repeated", _("a line that stands there twice, alike in every cell: kept, since the totals hold both")
    SERVICE = "service", _("a service code (postage, charges, vouchers, discounts): a service, of which no stock is kept")


WALK_IN = "counter:"
"""How the key of a walk-in customer begins; a customer's own number never does."""

SERVICE_CODES = frozenset({"POST", "DOT", "M", "C2", "D", "S", "BANK CHARGES", "AMAZONFEE", "CRUK", "PADS", "B"})
SERVICE_PREFIXES = ("GIFT_", "DCGS")


def product_code(code: str) -> str:
    """The code that a product is known by: 85123a and 85123A are one product."""
    return code.upper()


def is_service(code: str) -> bool:
    """Whether a product's code stands for a service. The shop says so nowhere; these are the codes that are no numbers."""
    return code in SERVICE_CODES or code.startswith(SERVICE_PREFIXES)


def kind_of(number: str, quantity: Decimal, price: Decimal) -> Kind:
    """What the document of a row is: C… a credit note, A… an adjustment; taking away at no price is a stock write-off."""
    if number[:1] in "Cc":
        return Kind.CREDIT_NOTE
    if number[:1] in "Aa":
        return Kind.ADJUSTMENT
    if quantity < 0 and price == 0:
        return Kind.STOCK_WRITE_OFF
    return Kind.INVOICE


def why_set_aside(kind: Kind, quantity: Decimal, price: Decimal) -> SetAside | None:
    """What keeps a row that can be read from being imported, if anything does."""
    if kind is Kind.ADJUSTMENT:
        return SetAside.ADJUSTMENT
    if quantity == 0:
        return SetAside.NO_QUANTITY
    if price < 0:
        return SetAside.NEGATIVE_PRICE
    if kind is Kind.INVOICE and quantity < 0:
        return SetAside.NEGATIVE_ON_INVOICE
    if kind is Kind.CREDIT_NOTE and quantity > 0:
        return SetAside.POSITIVE_ON_CREDIT_NOTE
    return None


def customer_key(customer: str, country: str) -> str:
    """Who a sale belongs to: the customer's number, else the walk-in customer of the country it was sold to."""
    return customer or f"{WALK_IN}{country}"


def names_a_product(price: Decimal, customer: str) -> bool:
    """Whether the description of such a row is a name: somebody paid for it, or a known customer got it.

    Stock notes (“thrown away”, “?”, “sold as set on dotcom”) stand only on rows with neither price nor customer, and no
    list of words would ever hold them all.
    """
    return price > 0 or bool(customer)


def most_frequent(counted: Counter) -> str:
    """The entry that occurs most; among equals the first by alphabet, so that the order of rows does not matter."""
    return min(counted, key=lambda entry: (-counted[entry], entry), default="")


def usual_price(prices: Counter) -> Decimal:
    """The price that most rows ask; among equals the higher. Zero when the product was never sold."""
    return max((price for price in prices if price), key=lambda price: (prices[price], price), default=Decimal(0))


def usual_country(countries: Iterable[str]) -> str:
    """Where a customer lives when the documents disagree: where most of them say."""
    return most_frequent(Counter(countries))
