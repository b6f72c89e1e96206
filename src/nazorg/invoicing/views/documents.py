"""A document's page, its editor, and what is done with it."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from nazorg.access.rules import may, must
from nazorg.catalogue.taxes import totals
from nazorg.conversation.history import history
from nazorg.core.idempotency import once
from nazorg.core.refusals import Refused
from nazorg.invoicing import actions, queries, rules
from nazorg.invoicing.forms import CreditedLines, CreditForm, CreditNoteForm, InvoiceForm, Lines, plain
from nazorg.invoicing.lines import drawn
from nazorg.invoicing.models import Document
from nazorg.invoicing.views.lists import toned
from nazorg.ui.pages import as_body, blame, done, number_in
from nazorg.ui.responses import refused, settled


def _get(request, pk: int, kind: str | None = None) -> Document:
    documents = queries.visible_to(request.user).select_related(*queries.RELATED)
    return get_object_or_404(documents.filter(kind=kind) if kind else documents, pk=pk)


@login_required
@require_safe
def invoice(request, pk: int) -> HttpResponse:
    return _page(request, _get(request, pk, "invoice"))


@login_required
@require_safe
def credit_note(request, pk: int) -> HttpResponse:
    return _page(request, _get(request, pk, "credit_note"))


def _page(request, document: Document) -> HttpResponse:
    """The document: its state, lines, taxes and totals, and what was credited and paid of it."""
    user = request.user
    notes = [toned(one) for one in queries.credit_notes_of(document)] if not document.is_credit_note and document.is_posted else []
    left = queries.left_to_credit(document) if not document.is_credit_note and document.is_posted else None
    may_credit = left is not None and left["creditable"] and rules.may_credit(user)
    return render(request, "invoicing/document.html", {
        "document": toned(document), "lines": document.lines.select_related("unit", "product", "credits__document"), "taxes": document.tax_sums.all(),
        "steps": _steps(document), "credit_notes": notes, "settlements": queries.settled_by(document) if document.is_posted else [], "left": left,
        "replaced_by": document.replaced_by.exclude(state="cancelled") if not document.is_credit_note else [],
        "history": history(document), "may_edit": document.is_draft and rules.may_edit(user, document), "may_post": document.is_draft and rules.may_post(user, document),
        "may_credit": may_credit, "may_pay": document.is_posted and document.amount_due and rules.may_register_payment(user),
        "sees_all": may(user, "invoicing.view_document"), "sees_books": may(user, "ledger.view_books"),
    })


def _steps(document: Document) -> list[dict]:
    if document.state == "cancelled":
        return [{"label": _("Draft"), "state": "done"}, {"label": _("Cancelled"), "state": "now"}]
    is_settled = document.is_posted and document.open_item.residual == 0
    end = document.state_label if is_settled else _("Settled") if document.is_credit_note else _("Paid")
    return [
        {"label": _("Draft"), "state": "now" if document.is_draft else "done"},
        {"label": _("Posted"), "state": "next" if document.is_draft else "done" if is_settled else "now"},
        {"label": end, "state": "now" if is_settled else "next"},
    ]


@login_required
@require_safe
def printed(request, pk: int) -> HttpResponse:
    """The document alone, to be printed."""
    document = _get(request, pk)
    return render(request, "invoicing/print.html", {
        "document": document, "lines": document.lines.select_related("unit"), "taxes": document.tax_sums.all(),
        "address": document.customer.addresses.order_by("use").first(),
    })


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request) -> HttpResponse:
    """Draft an invoice, with `?customer=` for that customer."""
    must(request.user, "invoicing.edit_document")
    initial = {"customer": number_in(request.GET, "customer"), "on": timezone.localdate()}
    return _invoice_editor(request, None, InvoiceForm(request.POST or None, initial=initial))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request, pk: int) -> HttpResponse:
    """Change a draft."""
    document = _get(request, pk)
    must(request.user, rules.ability_to_edit(document))
    if not document.is_draft:
        return settled(request, document, _("%s is no draft any more, so it stays as it is.") % document, kind="warning")
    if document.is_credit_note:
        return _credit_note_editor(request, document)
    return _invoice_editor(request, document, InvoiceForm(request.POST or None, instance=document))


def _invoice_lines(request, document: Document | None) -> Lines:
    kept = {line.pk: line for line in document.lines.select_related("product", "unit", "sold_line")} if document else {}
    initial = [
        {"product": line.product, "description": line.description, "quantity": plain(line.quantity), "price": plain(line.price),
         "discount": plain(line.discount) if line.discount else "", "keep": line.pk}
        for line in kept.values()
    ]
    return Lines(request.POST or None, initial=initial, prefix="line", kept=kept)


def _invoice_editor(request, document: Document | None, form: InvoiceForm) -> HttpResponse:
    lines = _invoice_lines(request, document)
    context = {"form": form, "lines": lines, "document": document}
    if request.method != "POST":
        return render(request, "invoicing/editor.html", context | {"sums": _sums(lines, document.currency) if document else None})
    if form.is_valid() and lines.is_valid():
        given = {name: form.cleaned_data[name] for name in InvoiceForm.Meta.fields}
        who = {"by": request.user, "at": timezone.now()}

        def save() -> int:
            due_on, asked = given.pop("due_on"), lines.as_lines()
            if document is None:
                made = actions.draft_invoice(**given, lines=asked, **who)
                if due_on:
                    actions.change(document=made, due_on=due_on, **who)
                return made.pk
            given.pop("currency")
            head = {**given, "due_on": due_on} if due_on and due_on != document_was["due_on"] else given
            actions.change(document=document, **head, **who)
            return actions.change_lines(document=document, lines=asked, **who).pk

        document_was = Document.objects.filter(pk=document.pk).values("due_on").get() if document else {}
        pk = done(form, lambda: once(by=request.user, key=str(form.cleaned_data["key"]), scope="invoicing.save", body=as_body(request.POST), do=save))
        if pk is not None:
            return settled(request, Document.objects.get(pk=pk), _("Saved."))
    return refused(request, "invoicing/editor.html", context | {"sums": _sums(lines, form.data.get("currency") or (document.currency if document else ""))})


def _sums(lines: Lines, currency: str):
    """What the lines of the editor come to; None while they make no sense."""
    if lines.is_bound:
        if not lines.is_valid():
            return None
        asked = lines.as_lines()
    else:
        return None
    try:
        sums = totals([one.priced for one in drawn(asked)], currency) if asked and currency else None
    except (Refused, ValueError):
        return None
    return {"sums": sums, "currency": currency} if sums else None


@login_required
@require_POST
def preview(request, pk: int | None = None) -> HttpResponse:
    """What the lines in the editor come to, for htmx."""
    document = _get(request, pk, "invoice") if pk else None
    must(request.user, "invoicing.edit_document")
    form = InvoiceForm(request.POST, instance=document)
    currency = document.currency if document else form.data.get("currency", "")
    known = {code for code, _label in form.fields["currency"].choices}
    return render(request, "invoicing/sums.html", {"sums": _sums(_invoice_lines(request, document), currency) if currency in known else None})


def _credit_note_editor(request, note: Document) -> HttpResponse:
    form = CreditNoteForm(request.POST or None, instance=note)
    initial = [
        {"line": line.pk, "description": line.description, "quantity": plain(line.quantity), "price": plain(line.price), "discount": plain(line.discount) if line.discount else ""}
        for line in note.lines.all()
    ]
    lines = CreditedLines(request.POST or None, initial=initial, prefix="line")
    context = {"form": form, "lines": lines, "document": note}
    if request.method != "POST":
        return render(request, "invoicing/credit_note_editor.html", context)
    if form.is_valid() and lines.is_valid():
        given, who = {name: form.cleaned_data[name] for name in CreditNoteForm.Meta.fields}, {"by": request.user, "at": timezone.now()}
        changes = [one for one in (line.as_change() for line in lines) if one is not None]

        def save() -> int:
            actions.change_lines(document=note, lines=changes, **who)
            return actions.change(document=note, **given, **who).pk

        pk = done(form, lambda: once(by=request.user, key=str(form.cleaned_data["key"]), scope="invoicing.save", body=as_body(request.POST), do=save))
        if pk is not None:
            return settled(request, Document.objects.get(pk=pk), _("Saved."))
    return refused(request, "invoicing/credit_note_editor.html", context)


def _step(request, pk: int, do, sentence) -> HttpResponse:
    """Do one thing with a document and say on its page how it went."""
    document = _get(request, pk)
    try:
        document = do(document)
    except Refused as refusal:
        return settled(request, document, str(refusal), kind="danger")
    return settled(request, document, sentence(document))


@login_required
@require_POST
def post(request, pk: int) -> HttpResponse:
    return _step(request, pk, lambda one: actions.post(document=one, by=request.user, at=timezone.now()), lambda one: _("%s is posted.") % one)


@login_required
@require_POST
def cancel(request, pk: int) -> HttpResponse:
    return _step(request, pk, lambda one: actions.cancel(document=one, by=request.user, at=timezone.now()), lambda one: _("The draft is cancelled."))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def credit(request, pk: int) -> HttpResponse:
    """Credit an invoice: shown first, booked as shown."""
    document = _get(request, pk, "invoice")
    must(request.user, "invoicing.credit_document")
    if not document.is_posted:
        return settled(request, document, _("%s has not been posted. Change or cancel the draft instead.") % document, kind="warning")
    form, plan, refusal = _credit_plan(request, document)
    context = {"document": document, "form": form, "rows": _credit_rows(document, form), "plan": plan, "refusal": refusal}
    if request.method != "POST":
        return render(request, "invoicing/credit.html", context)
    if plan is None:
        if refusal:
            blame(form, refusal)
        return refused(request, "invoicing/credit.html", context)
    given = form.cleaned_data

    def do() -> int:
        made = actions.credit(
            invoice=document, method=given["method"], lines=form.lines(), on=given["on"], reason=given["reason"], expected=given["expected"] or None,
            by=request.user, at=timezone.now(),
        )
        return made.credit_note.pk

    try:
        note = once(by=request.user, key=str(given["key"]), scope="invoicing.credit", body={**as_body(request.POST), "expected": ""}, do=do)
    except Refused as no:
        blame(form, no)
        return refused(request, "invoicing/credit.html", context)
    made = Document.objects.get(pk=note)
    return settled(request, made, _("%s is made.") % made)


@login_required
@require_POST
def credit_preview(request, pk: int) -> HttpResponse:
    """What crediting would book with the form as it is."""
    document = _get(request, pk, "invoice")
    must(request.user, "invoicing.credit_document")
    form, plan, refusal = _credit_plan(request, document)
    return render(request, "invoicing/credit_outcome.html", {"document": document, "form": form, "plan": plan, "refusal": refusal})


def _credit_plan(request, document: Document):
    left, today = queries.left(document), timezone.localdate()
    initial = {"on": max(today, document.on)}
    form = CreditForm(request.POST or None, left=left, is_paid=document.open_item.residual == 0, initial=initial)
    given = {"method": "partial", "lines": None, "on": initial["on"], "reason": ""}
    if form.is_bound:
        if not form.is_valid():
            return form, None, None
        given = {"method": form.cleaned_data["method"], "lines": form.lines(), "on": form.cleaned_data["on"], "reason": form.cleaned_data["reason"]}
    try:
        return form, actions.plan_credit(invoice=document, today=today, **given), None
    except Refused as refusal:
        return form, None, refusal


def _credit_rows(document: Document, form: CreditForm) -> list[dict]:
    lines = {line.pk: line for line in document.lines.all()}
    return [{"line": lines[one.line_id], "left": one, "field": form[f"quantity_{one.line_id}"]} for one in form.left]
