"""Import in the browser: a file, its columns, a trial, the import, its report."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from nazorg.access.rules import must
from nazorg.core.refusals import Refused
from nazorg.ui.responses import is_htmx, refused, settled

from . import actions
from .engine import raw_text
from .errors import error_lines
from .fields import automatic_map
from .forms import UploadForm
from .kinds import KINDS
from .models import ImportRun
from .queries import visible_to
from .tables import open_table

PREVIEW = 20
ABILITY = "imports.run_import"
State = ImportRun.State
TONES = {State.UPLOADED: "info", State.CHECKING: "accent", State.CHECKED: "info", State.RUNNING: "accent", State.DONE: "success", State.FAILED: "danger"}


@login_required
def runs(request):
    """Every file that came in, newest first."""
    must(request.user, ABILITY)
    page = Paginator(visible_to(request.user), 50).get_page(request.GET.get("page"))
    for one in page:
        one.tone = TONES[one.state]
    return render(request, "imports/runs.html", {"page": page})


@login_required
def new(request):
    """Choose what the file holds, and the file."""
    must(request.user, ABILITY)
    form = UploadForm(request.POST or None, request.FILES or None, initial={"kind": request.GET.get("kind", "customers")})
    if request.method == "POST" and form.is_valid():
        try:
            run = actions.upload(kind=form.cleaned_data["kind"], file=form.cleaned_data["file"], by=request.user, at=timezone.now())
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            return redirect("imports:columns", run.pk)
    context = {"form": form, "kinds": [(kind, one) for kind, one in KINDS.items()]}
    return render(request, "imports/new.html", context, status=422 if form.errors else 200)


@login_required
def columns(request, pk):
    """Which column is which field, with the first rows."""
    run = get_object_or_404(visible_to(request.user).exclude(file=""), pk=pk)
    must(request.user, ABILITY)
    if run.is_busy or run.state == State.DONE:
        return redirect(run)
    options, error = run.options, ""
    if request.method == "POST":
        names = options["columns"]
        mapped = {column: name for i, column in enumerate(names) if (name := request.POST.get(f"column_{i}", ""))}
        options = options | {"map": mapped, "decimal": request.POST.get("decimal", ""), "days": request.POST.get("days", "")}
        try:
            actions.choose(run=run, mapped=mapped, decimal=options["decimal"], days=options["days"], by=request.user, at=timezone.now())
        except Refused as refusal:
            error = str(refusal)
        else:
            return settled(request, run)
    context = {"run": run, "error": error, "options": options, **_preview(run, options)}
    return refused(request, "imports/columns.html", context) if error else render(request, "imports/columns.html", context)


def _preview(run: ImportRun, options: dict) -> dict:
    importer = KINDS[run.kind]
    names = options["columns"]
    with open_table(Path(run.file.path), max_bytes=actions.LIMIT_UNPACKED) as table:
        rows = [(number, [raw_text(cells.get(column), decimal=options["decimal"] or ".")[:80] for column in names]) for number, cells in islice(table, PREVIEW)]
    automatic = automatic_map(names, importer.fields)
    return {
        "importer": importer, "rows": rows, "names": names,
        "columns": [
            {
                "id": f"column_{i}", "name": name, "value": options["map"].get(name, ""), "recognised": name in automatic,
                "examples": list(dict.fromkeys(cells[i] for _number, cells in rows if cells[i]))[:3],
            }
            for i, name in enumerate(names)
        ],
        "choices": [(f.name, f"{f.label} *" if f.required else str(f.label)) for f in importer.fields],
        "fields": importer.fields,
        "decimals": [(",", _("1.234,50 (comma)")), (".", _("1,234.50 (point)"))],
        "days": [("dmy", _("31/05/2026 (day first)")), ("mdy", _("05/31/2026 (month first)"))],
    }


@login_required
def run(request, pk):
    """Where an import stands: being tried, tried, running, done or broken off."""
    found = get_object_or_404(visible_to(request.user), pk=pk)
    if found.state == State.UPLOADED and found.file:
        return redirect("imports:columns", pk)
    return render(request, "imports/run.html", _standing(found))


def _standing(found: ImportRun) -> dict:
    result = found.check_result if found.state in (State.CHECKING, State.CHECKED) else (found.report if found.state == State.DONE else found.counts)
    if found.kind == ImportRun.Kind.RETAIL:
        result = {}
    refused_rows = [] if found.state in (State.CHECKING, State.CHECKED) else list(found.refused_rows.all()[:50])
    problems = result.get("problems") or [{"row": one.row, "sentence": one.sentence} for one in refused_rows]
    order = [State.UPLOADED, State.CHECKED, State.DONE]
    at = {State.UPLOADED: 0, State.CHECKING: 1, State.CHECKED: 1, State.RUNNING: 2, State.FAILED: 2, State.DONE: 3}[found.state]
    labels = {State.UPLOADED: _("Columns"), State.CHECKED: _("Trial"), State.DONE: _("Import")}
    return {
        "run": found, "result": result, "problems": problems, "tone": TONES[found.state], "has_errors": bool(refused_rows),
        "more_problems": result.get("refused", 0) > len(problems), "columns": _columns_used(found),
        "steps": [{"label": labels[one], "state": "done" if i < at else "now" if i == at else "next"} for i, one in enumerate(order)],
    }


def _columns_used(found: ImportRun) -> list[tuple[str, str]]:
    """Column and field, in the file's order."""
    if found.kind not in KINDS:
        return []
    labels = {f.name: f.label for f in KINDS[found.kind].fields}
    mapped = found.options.get("map", {})
    return [(column, labels[mapped[column]]) for column in found.options.get("columns", []) if mapped.get(column) in labels]


@login_required
@require_POST
def start(request, pk):
    """Import for good what was tried, or let go on what broke off."""
    found = get_object_or_404(visible_to(request.user), pk=pk)
    try:
        actions.start(run=found, by=request.user, at=timezone.now())
    except Refused as refusal:
        return settled(request, found, str(refusal), kind="danger")
    return settled(request, found)


@login_required
def progress(request, pk):
    """The part of the page that htmx asks for again and again; once the job is through the whole page is fetched."""
    found = get_object_or_404(visible_to(request.user), pk=pk)
    if not is_htmx(request):
        return redirect(found)
    if not found.is_busy:
        return HttpResponse(headers={"HX-Redirect": found.get_absolute_url()})
    return render(request, "imports/progress.html", {"run": found})


@login_required
def errors(request, pk):
    """The rows that did not come in, as a .csv to be mended and imported again."""
    found = get_object_or_404(visible_to(request.user), pk=pk)
    stem = Path(found.file_name).stem.removesuffix(".csv")
    answer = HttpResponse("".join(error_lines(found)), content_type="text/csv; charset=utf-8")
    safe = "".join(letter if letter.isalnum() or letter in "-_." else "-" for letter in stem)[:80] or "file"
    answer["Content-Disposition"] = f"attachment; filename=\"{safe.encode('ascii', 'replace').decode().replace('?', '-')}-errors.csv\""
    return answer
