"""Looking at deliveries and stock adjustments."""

from __future__ import annotations

from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum

from nazorg.access.rules import may
from nazorg.inventory.models import Delivery, DeliveryLine, StockAdjustment
from nazorg.suite import queries as suite


def visible_to(user) -> QuerySet[Delivery]:
    """The deliveries that this person may see: all of them with the ability, else those that were granted one by one."""
    if may(user, "inventory.view_delivery"):
        return Delivery.objects.all()
    if user is None or not user.is_authenticated or not suite.is_active("inventory"):
        return Delivery.objects.none()
    return Delivery.objects.filter(thread__grants__user=user)


def for_list(user) -> QuerySet[Delivery]:
    return visible_to(user).select_related("customer", "customer__company").annotate(line_count=Count("lines"))


def matching(deliveries: QuerySet[Delivery], text: str) -> QuerySet[Delivery]:
    """Those whose number, origin, reference, customer or serial number has the text."""
    text = text.replace("\x00", "").strip()
    if not text:
        return deliveries
    with_serial = DeliveryLine.objects.filter(serial__iexact=text).values("delivery")
    return deliveries.filter(
        Q(number__icontains=text) | Q(origin__icontains=text) | Q(reference__icontains=text) | Q(customer__words__contains=text.lower()) | Q(pk__in=with_serial)
    )


def lines(delivery: Delivery) -> QuerySet[DeliveryLine]:
    return delivery.lines.select_related("product", "unit", "sold_line")


def of_customer(customer) -> QuerySet[Delivery]:
    """Deliveries to a customer (a company with its contacts), newest first."""
    return Delivery.objects.filter(customer__root=customer.root_id).order_by("-planned_on", "-id")


def of_sold_lines(ids) -> QuerySet[Delivery]:
    """The deliveries in which these sold lines are, newest first."""
    return Delivery.objects.filter(lines__sold_line__in=ids).distinct().order_by("-planned_on", "-id")


def quantities(sold_line_ids) -> dict[int, tuple[Decimal, Decimal]]:
    """Per sold line what was delivered and what is planned or delivered together."""
    rows = (
        DeliveryLine.objects.filter(sold_line__in=sold_line_ids).exclude(delivery__state="cancelled").order_by().values("sold_line")
        .annotate(done=Sum("quantity", filter=Q(delivery__state="done"), default=Decimal(0)), both=Sum("quantity"))
    )
    return {row["sold_line"]: (row["done"], row["both"]) for row in rows}


def adjustments(user) -> QuerySet[StockAdjustment]:
    rows = StockAdjustment.objects.select_related("product", "product__unit", "made_by")
    return rows if may(user, "inventory.view_delivery") else rows.none()
