"""The jobs of an import. Each may run twice: it goes on from where the run says that it is."""

from __future__ import annotations

from procrastinate.contrib.django import app

from . import actions
from .models import ImportRun


@app.task(name="imports.check")
def check(run_id: int) -> None:
    """The dry run."""
    if run := ImportRun.objects.select_related("made_by").filter(pk=run_id).first():
        actions.check(run)


@app.task(name="imports.carry_out")
def carry_out(run_id: int) -> None:
    """The import itself."""
    if run := ImportRun.objects.select_related("made_by").filter(pk=run_id).first():
        actions.carry_out(run)
