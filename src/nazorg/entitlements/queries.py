"""What may this customer still get for this unit?"""

from __future__ import annotations

from django.db.models import QuerySet

from nazorg.entitlements.models import SoldLine


def of_customer(customer) -> QuerySet[SoldLine]:
    """Everything sold to a customer (a company with its contacts), newest first."""
    return SoldLine.objects.filter(customer__root=customer.root_id).select_related("product").order_by("-sold_on", "-id")


def for_ticket(customer, product=None, serial: str = "") -> QuerySet[SoldLine]:
    """What was sold to the customer of this product or serial, newest first."""
    lines = of_customer(customer)
    if serial:
        lines = lines.filter(serial__iexact=serial)
    elif product is not None:
        lines = lines.filter(product=product)
    return lines
