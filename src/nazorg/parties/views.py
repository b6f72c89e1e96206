"""The list of customers, a customer's page, and the form of one."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from nazorg.access.rules import may, must
from nazorg.conversation.history import history
from nazorg.core.idempotency import once
from nazorg.core.refusals import Refused
from nazorg.parties import actions, numbers, queries
from nazorg.parties.forms import AddressForms, ContactForms, PartyForm
from nazorg.parties.models import Party
from nazorg.ui.lookups import options
from nazorg.ui.pages import as_body, blame, number_in, page_of
from nazorg.ui.responses import refused, settled

ORDERS = {"name": ("name",), "added": ("made_at",), "email": ("email",)}
KINDS = [("company", gettext_lazy("Companies")), ("person", gettext_lazy("People")), ("archived", gettext_lazy("Archived"))]
FOUND = 20


@login_required
@require_safe
def listing(request) -> HttpResponse:
    """Customers, fifty a page."""
    must(request.user, "parties.view_party")
    text, kind = request.GET.get("q", "").strip()[:200], request.GET.get("kind", "")
    rows = queries.matching(queries.for_list(request.user), text).filter(is_archived=kind == "archived")
    if kind in Party.Kind:
        rows = rows.filter(kind=kind)
    page = page_of(request, rows, ORDERS, "name")
    return render(request, "parties/list.html", {
        "page": page, "text": text, "kind": kind, "kinds": KINDS, "is_searched": bool(text or kind),
        "may_edit": may(request.user, "parties.edit_party"),
    })


@login_required
@require_safe
def party(request, pk: int) -> HttpResponse:
    """One customer: how to reach them, who works there, and what other apps know of them."""
    record = get_object_or_404(queries.visible_to(request.user).select_related("company"), pk=pk)
    return render(request, "parties/party.html", {
        "party": record, "addresses": record.addresses.all(), "contacts": record.contacts.filter(is_archived=False).order_by("name", "id"),
        "panels": queries.panels_of(record, request.user), "history": history(record), "may_edit": may(request.user, "parties.edit_party"),
    })


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request) -> HttpResponse:
    """Add a customer, or with `?company=` a contact of one."""
    must(request.user, "parties.edit_party")
    company = Party.objects.filter(pk=number_in(request.GET, "company"), kind=Party.Kind.COMPANY).first()
    initial = {"kind": Party.Kind.PERSON, "company": company, "language": company.language if company else request.user.language, "name": request.GET.get("name", "")[:200],
               "email": request.GET.get("email", "")[:254]}
    return _form(request, None, PartyForm(request.POST or None, initial=initial))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request, pk: int) -> HttpResponse:
    """Change a customer, its addresses, and add contacts."""
    record = get_object_or_404(queries.visible_to(request.user), pk=pk)
    must(request.user, "parties.edit_party")
    return _form(request, record, PartyForm(request.POST or None, instance=record))


def _form(request, record: Party | None, form: PartyForm) -> HttpResponse:
    there = record.addresses.values("id", "use", "street", "postcode", "city", "country") if record else []
    addresses = AddressForms(request.POST or None, initial=list(there), prefix="address")
    contacts = ContactForms(request.POST or None, prefix="contact")
    context = {"form": form, "addresses": addresses, "contacts": contacts, "party": record, "twins": []}
    if request.method != "POST":
        return render(request, "parties/form.html", context)
    if form.is_valid() and addresses.is_valid() and contacts.is_valid():
        try:
            pk = once(by=request.user, key=str(form.cleaned_data["key"]), scope="parties.save", body=as_body(request.POST),
                      do=lambda: _save(request, record, form, addresses, contacts).pk)
            saved = Party.objects.get(pk=pk)
            return settled(request, saved, _("Saved.") if record else _("%s was added.") % saved)
        except Refused as refusal:
            if refusal.code == "twins":
                context["twins"] = Party.objects.filter(pk__in=refusal.facts["twins"]).select_related("company")
            else:
                blame(form, refusal)
    return refused(request, "parties/form.html", context)


def _twins(form: PartyForm, record: Party | None) -> list[int]:
    """Others with the same e-mail address or VAT number, if that is what was changed."""
    given = form.cleaned_data
    was = record or Party()
    try:
        vat_number = numbers.vat_number(given["vat_number"])
    except Refused:
        vat_number = ""  # the action says what is wrong with it
    email = given["email"] if given["email"].lower() != was.email.lower() else ""
    found = queries.twins(email=email, vat_number=vat_number if vat_number != was.vat_number else "", but=record)
    return list(found.values_list("pk", flat=True)[:5])


def _save(request, record, form, addresses, contacts) -> Party:
    # Asked inside `once`, or the same form sent twice would find its own first as a twin.
    if "anyway" not in request.POST and (twins := _twins(form, record)):
        raise Refused(_("This customer may be here already."), code="twins", twins=twins)
    by, at = request.user, timezone.now()
    fields = {name: form.cleaned_data[name] for name in PartyForm.Meta.fields}
    given = [one.as_input() for one in addresses]
    if record is None:
        record = actions.add(**fields, addresses=given, by=by, at=at)
    else:
        record = actions.change(party=record, **fields, addresses=given, by=by, at=at)
    for one in contacts:
        if name := one.cleaned_data.get("name"):
            actions.add(
                name=name, email=one.cleaned_data["email"], phone=one.cleaned_data["phone"], company=record, language=record.language, by=by, at=at,
            )
    return record


@login_required
@require_POST
def archive(request, pk: int) -> HttpResponse:
    """Put a customer in the archive, or take them out of it."""
    record = get_object_or_404(queries.visible_to(request.user), pk=pk)
    record = actions.change(party=record, is_archived=not record.is_archived, by=request.user, at=timezone.now())
    return settled(request, record, _("%s is in the archive now.") % record if record.is_archived else _("%s is out of the archive.") % record)


@login_required
@require_safe
def lookup(request, kind: str = "") -> HttpResponse:
    """Options of a searchable box: customers; with `kind` only companies or people, with `?root=` only members of a customer."""
    found = queries.search(request.user, request.GET.get("q", ""))
    if kind:
        found = found.filter(kind=kind)
    if root := number_in(request.GET, "root"):
        found = found.filter(root__in=Party.objects.filter(pk=root).values("root"))
    rows = list(found[: FOUND + 1])
    hints = [" · ".join(part for part in (str(one.company or ""), one.email or one.phone) if part) for one in rows]
    return options(request, [(one.pk, one.name, hint) for one, hint in zip(rows[:FOUND], hints, strict=False)], more=len(rows) > FOUND)
