"""The form by which a file comes in."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from nazorg.imports.kinds import KINDS


class UploadForm(forms.Form):
    kind = forms.ChoiceField(label=_("What the file holds"), choices=lambda: [(kind, one.label) for kind, one in KINDS.items()])
    file = forms.FileField(
        label=_("File"), help_text=_("A .csv or .xlsx of at most 25 MB, its first row naming the columns."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx,.gz,text/csv"}), allow_empty_file=True,
    )
