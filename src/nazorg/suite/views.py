"""The apps page, the warning before an app is switched on, and billing where a plan is in force."""

from __future__ import annotations

import tempfile
import zipfile

from django import forms
from django.apps import apps as django_apps
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import connection
from django.http import FileResponse, Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from nazorg.access.rules import must
from nazorg.core.refusals import Refused
from nazorg.suite import actions, queries
from nazorg.suite.house import switchable_apps, that_need
from nazorg.suite.planned import PLANNED
from nazorg.ui.forms import Date


@login_required
def apps(request):
    """Every app: what it is for, what it needs, whether it is on."""
    must(request.user, "suite.switch_app")
    active = queries.active_apps()
    known = switchable_apps()
    rows = [
        {
            "slug": slug, "name": config.verbose_name, "icon": config.icon, "summary": config.summary, "active": slug in active,
            "needs": [known[need].verbose_name for need in config.needs if need in known],
            "needed_by": [known[other].verbose_name for other in that_need(slug) if other in active],
        }
        for slug, config in known.items()
    ]
    planned = [one for one in PLANNED if one.slug not in known]
    return render(request, "suite/apps.html", {"apps": rows, "planned": planned, "has_plan": bool(settings.PLANS), "trial": queries.trial() if settings.PLANS else None})


@login_required
def activate(request, slug):
    """Say what would be switched on; do it on confirm."""
    must(request.user, "suite.switch_app")
    if slug not in switchable_apps():
        raise Http404
    if request.method == "POST":
        try:
            done = actions.activate(slug=slug, by=request.user, at=timezone.now(), accept_trial=request.POST.get("accept_trial") == "on")
        except Refused as refusal:
            return _activation(request, slug, error=refusal.sentence, status=422)
        names = ", ".join(str(switchable_apps()[one].verbose_name) for one in done)
        messages.success(request, _("Switched on: %s.") % names if done else _("It was on already."))
        return redirect("suite:apps")
    return _activation(request, slug)


def _activation(request, slug, error="", status=200):
    known = switchable_apps()
    plan = actions.plan_activation(slug)
    return render(request, "suite/activate.html", {
        "app": known[slug], "slug": slug, "activates": [known[one] for one in plan.activates], "starts_trial": plan.starts_trial, "error": error,
    }, status=status)


@login_required
@require_POST
def deactivate(request, slug):
    must(request.user, "suite.switch_app")
    try:
        actions.deactivate(slug=slug, by=request.user, at=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("%s was switched off. Its data stays and is there again when you switch it on.") % switchable_apps()[slug].verbose_name)
    return redirect("suite:apps")


class SubscriptionForm(forms.Form):
    reference = forms.CharField(label=gettext_lazy("Reference"), max_length=100, help_text=gettext_lazy("The number of the contract or payment."))
    starts_on = forms.DateField(label=gettext_lazy("From"), widget=Date)
    ends_on = forms.DateField(label=gettext_lazy("Until"), widget=Date, required=False)


@login_required
def billing(request):
    """The trial, the subscription and the way on; there is nothing to see without a plan."""
    if not settings.PLANS:
        raise Http404
    now = timezone.now()
    form = SubscriptionForm(request.POST or None, initial={"starts_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            actions.record_subscription(**form.cleaned_data, by=request.user, at=now)
        except Refused as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, _("The subscription was recorded."))
            return redirect("suite:billing")
    context = {"form": form, "trial": queries.trial(), "subscription": queries.subscription(timezone.localdate()), "locked": queries.is_locked(now), "now": now}
    return render(request, "suite/billing.html", context, status=422 if form.errors else 200)


SECRET_COLUMNS = {"password", "digest", "session_data", "data", "secret"}


@login_required
def export(request):
    """Everything that the house keeps, one CSV file a table in one zip; secrets are left out. Works when locked, too."""
    must(request.user, "suite.switch_app")
    if request.method != "POST":
        return render(request, "suite/export.html")
    file = tempfile.TemporaryFile()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive, connection.cursor() as cursor:
        for model in django_apps.get_models():
            if not model.__module__.startswith("nazorg.") or not model._meta.managed or model._meta.proxy:
                continue
            columns = [field.column for field in model._meta.local_concrete_fields if field.column not in SECRET_COLUMNS and not field.generated]
            with archive.open(f"{model._meta.db_table}.csv", "w", force_zip64=True) as out:
                quoted = ", ".join(connection.ops.quote_name(column) for column in columns)
                with cursor.copy(f"COPY (SELECT {quoted} FROM {connection.ops.quote_name(model._meta.db_table)}) TO STDOUT WITH (FORMAT csv, HEADER)") as copy:
                    for chunk in copy:
                        out.write(chunk)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"nazorg-{timezone.localdate():%Y-%m-%d}.zip")
