"""Looking at imports."""

from __future__ import annotations

from django.db.models import QuerySet

from nazorg.access.rules import may

from .models import ImportRun


def visible_to(user) -> QuerySet[ImportRun]:
    """All imports for those who may import, none for others."""
    runs = ImportRun.objects.select_related("made_by").order_by("-made_at", "-pk")
    return runs if may(user, "imports.run_import") else runs.none()
