"""Plain Django forms in the house's look: a renderer for `{{ form }}` and the widgets that Django has not.

`FORM_RENDERER = "nazorg.ui.forms.Renderer"` makes every form, allauth's too, come out as ui/form.html and ui/field.html.
"""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal

from django import forms
from django.forms.renderers import DjangoTemplates
from django.template.loader import get_template
from django.utils.translation import gettext_lazy as _


class Renderer(DjangoTemplates):
    """Forms, fields and error lists by our templates; the bare widgets by Django's own."""

    form_template_name = "ui/form.html"
    field_template_name = "ui/field_group.html"

    def get_template(self, template_name):
        if template_name.startswith("ui/"):
            return get_template(template_name)
        return super().get_template(template_name)


class Date(forms.DateInput):
    """A day, by the browser's own calendar."""

    input_type = "date"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%Y-%m-%d")


class Moment(forms.DateTimeInput):
    """A day and a time, by the browser's own calendar."""

    input_type = "datetime-local"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class Switch(forms.CheckboxInput):
    """A yes or no that looks like a switch."""

    is_switch = True


class Search(forms.TextInput):
    input_type = "search"


class Amount(forms.NumberInput):
    """An amount of money; `currency` stands before the number."""

    kind = "money"

    def __init__(self, attrs=None, currency: str = ""):
        super().__init__({"inputmode": "decimal", "step": "any", **(attrs or {})})
        self.currency = currency

    def format_value(self, value):
        """A kept number without the zeros that say nothing: 40.500000 → 40.50, 5.0000 → 5; what was typed stays."""
        if isinstance(value, Decimal) and value.is_finite():
            text = f"{value.normalize():f}"
            return text if len(text.partition(".")[2]) != 1 else f"{text}0"
        return super().format_value(value)


class Autosize(forms.Textarea):
    """A text that grows with what is written."""

    def __init__(self, attrs=None):
        super().__init__({"rows": 3, "data-autosize": "", **(attrs or {})})


class Lookup(forms.Select):
    """A choice among many: a searchable box fed by `url`, which answers `?q=` by `nazorg.ui.lookups.options`.

    Without JavaScript it is a plain select of the first `shown` choices and of whatever is chosen now. The form field
    itself (a ModelChoiceField) still decides which choices are valid.
    """

    def __init__(self, attrs=None, *, url: str = "", placeholder=None, shown: int = 50):
        super().__init__(attrs)
        self.url, self.shown = url, shown
        self.placeholder = placeholder or _("Search…")

    def build_attrs(self, base_attrs, extra_attrs=None):
        return {**super().build_attrs(base_attrs, extra_attrs), "data-lookup": str(self.url),
                "data-placeholder": str(self.placeholder)}

    def optgroups(self, name, value, attrs=None):
        """Only the first choices and the chosen one: a shop has a hundred thousand customers."""
        chosen = {str(v) for v in value if v}
        choices, queryset = self.choices, getattr(self.choices, "queryset", None)
        if queryset is None:
            return super().optgroups(name, value, attrs)
        make = choices.choice
        few = [make(record) for record in queryset.all()[: self.shown]]
        known = {str(pk) for pk, _label in few}
        if missing := [pk for pk in chosen - known if pk]:
            to_field = choices.field.to_field_name or "pk"
            with suppress(ValueError, TypeError, OverflowError):  # nonsense was posted: the field says so itself
                few += [make(record) for record in queryset.filter(**{f"{to_field}__in": missing})]
        if not self.is_required or not chosen:
            few.insert(0, ("", ""))
        self.choices = few
        try:
            return super().optgroups(name, value, attrs)
        finally:
            self.choices = choices
