"""Attachments: served as downloads to those who may see the record, and to nobody else."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from nazorg.conversation.models import Attachment
from nazorg.conversation.rules import may_read


@login_required
@require_safe
def download(request, pk: int, name: str = ""):
    """The file itself, never shown inside a page of ours: what a stranger sent must not run under our address.

    `name` is only there for who reads the link; the number decides. Whoever may not see the record gets the same 404
    as for a number that does not exist.
    """
    attachment = get_object_or_404(Attachment.objects.select_related("thread"), pk=pk)
    if not may_read(request.user, attachment.thread):
        raise Http404
    try:
        content = attachment.file.open("rb")
    except FileNotFoundError:
        raise Http404
    answer = FileResponse(content, as_attachment=True, filename=attachment.name, content_type="application/octet-stream")
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
