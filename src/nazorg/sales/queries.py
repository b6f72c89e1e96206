"""Looking at orders, and at what of them was invoiced and delivered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q, QuerySet, Sum

from nazorg.access.rules import may
from nazorg.catalogue.taxes import Priced, TaxSum, totals
from nazorg.core.money import ZERO
from nazorg.inventory import queries as inventory
from nazorg.invoicing import queries as invoicing
from nazorg.invoicing.models import Document, DocumentLine
from nazorg.sales.models import Order, OrderLine
from nazorg.suite import queries as suite


def visible_to(user) -> QuerySet[Order]:
    """The orders that this person may see: all of them with the ability, else those that were granted one by one."""
    if may(user, "sales.view_order"):
        return Order.objects.defer("words")
    if user is None or not user.is_authenticated or not suite.is_active("sales"):
        return Order.objects.none()
    return Order.objects.filter(thread__grants__user=user)


def for_list(user) -> QuerySet[Order]:
    return visible_to(user).select_related("customer", "customer__company")


def matching(orders: QuerySet[Order], text: str) -> QuerySet[Order]:
    """Those whose number, reference or customer has each of the words."""
    for word in text.replace("\x00", "").lower().split()[:6]:
        orders = orders.filter(Q(words__contains=word) | Q(customer__words__contains=word))
    return orders


def by_number(number: str) -> Order | None:
    """The order with this number, however it was typed."""
    return Order.objects.filter(number__iexact=number.strip()).select_related("customer").first()


def of_customer(customer) -> QuerySet[Order]:
    """Orders of a customer (a company with its contacts), newest first."""
    return Order.objects.filter(customer__root=customer.root_id).order_by("-on", "-id")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a line is: quantities invoiced by drafts and posted documents, the net of posted ones, quantity delivered."""

    ordered: Decimal
    net: Decimal
    invoiced: Decimal = ZERO
    invoiced_net: Decimal = ZERO
    delivered: Decimal = ZERO
    on_the_way: Decimal = ZERO

    @property
    def to_invoice(self) -> Decimal:
        return max(ZERO, self.ordered - self.invoiced)

    @property
    def net_to_invoice(self) -> Decimal:
        """What posted documents do not bill yet."""
        return self.net - self.invoiced_net

    @property
    def to_deliver(self) -> Decimal:
        """What is neither delivered nor planned to be."""
        return max(ZERO, self.ordered - self.delivered - self.on_the_way)


def invoiced(sold_line_ids: Iterable[int]) -> dict[int, tuple[Decimal, Decimal]]:
    """Per sold line the quantity and the net that were invoiced, less what was credited.

    Quantities count drafts: what a draft invoice bills is not to be billed again, and what a draft credit note takes
    back is. Amounts are those of posted documents alone. A credit of value only takes no pieces back.
    """
    live = DocumentLine.objects.filter(sold_line__in=list(sold_line_ids)).exclude(document__state="cancelled")
    rows = live.order_by().values("sold_line").annotate(
        billed=Sum("quantity", filter=Q(document__kind="invoice"), default=ZERO),
        taken=Sum("credited_quantity", filter=Q(document__kind="credit_note"), default=ZERO),
        charged=Sum("net", filter=Q(document__kind="invoice", document__state="posted"), default=ZERO),
        back=Sum("net", filter=Q(document__kind="credit_note", document__state="posted"), default=ZERO),
    )
    return {row["sold_line"]: (row["billed"] - row["taken"], row["charged"] - row["back"]) for row in rows}


def progress(lines: Iterable[OrderLine]) -> dict[int, Progress]:
    """How far each line is, by its id: two queries however many lines."""
    lines = list(lines)
    sold = [line.sold_line_id for line in lines if line.sold_line_id]
    billed = invoiced(sold) if sold else {}
    carried = inventory.quantities(sold) if sold else {}
    found = {}
    for line in lines:
        quantity, net = billed.get(line.sold_line_id, (ZERO, ZERO))
        done, both = carried.get(line.sold_line_id, (ZERO, ZERO))
        found[line.pk] = Progress(line.quantity, line.net, quantity, net, done, both - done)
    return found


def invoicing_state(order: Order, progresses: Iterable[Progress]) -> str:
    """`nothing`, `partly` or `fully` invoiced; empty while there is nothing to invoice."""
    if order.state != Order.State.CONFIRMED:
        return ""
    progresses = list(progresses)
    if all(one.to_invoice == 0 for one in progresses):
        return "fully"
    return "partly" if any(one.invoiced > 0 for one in progresses) else "nothing"


def delivery_state(order: Order, progresses: Iterable[Progress]) -> str:
    """`nothing`, `partly` or `fully` delivered, of goods; empty when there are none."""
    progresses = list(progresses)
    if order.state != Order.State.CONFIRMED or not progresses:
        return ""
    if all(one.delivered >= one.ordered for one in progresses):
        return "fully"
    return "partly" if any(one.delivered > 0 for one in progresses) else "nothing"


def with_states(orders: Iterable[Order]) -> list[Order]:
    """The orders, each with `invoicing_state` and `delivery_state`: three queries however many there are."""
    orders = list(orders)
    lines = list(OrderLine.objects.filter(order__in=orders, order__state="confirmed").select_related("product").only(
        "order", "quantity", "net", "sold_line", "product__kind"))
    how_far = progress(lines)
    for order in orders:
        own = [line for line in lines if line.order_id == order.pk]
        order.invoicing_state = invoicing_state(order, [how_far[line.pk] for line in own])
        order.delivery_state = delivery_state(order, [how_far[line.pk] for line in own if line.product_id is None or line.product.kind == "goods"])
    return orders


def lines(order: Order) -> QuerySet[OrderLine]:
    return order.lines.select_related("product", "unit", "sold_line")


def documents(order: Order, user) -> QuerySet[Document]:
    """The invoices and credit notes that bill this order's lines, oldest first, as far as this person may see them."""
    of_order = DocumentLine.objects.filter(sold_line__order_lines__order=order).values("document")
    return invoicing.with_payment_state(invoicing.visible_to(user).filter(pk__in=of_order)).order_by("on", "id")


def deliveries(order: Order, user):
    """The deliveries of this order's lines, oldest first, as far as this person may see them."""
    return inventory.visible_to(user).filter(lines__sold_line__order_lines__order=order).distinct().order_by("planned_on", "id")


def tax_sums(order: Order) -> list[TaxSum]:
    """The taxes of an order, worked out from its lines."""
    priced = [Priced(line.quantity, line.price, line.discount, line.tax_facts) for line in order.lines.all()]
    return totals(priced, order.currency).taxes
