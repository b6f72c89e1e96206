"""Is this record fit to keep? The fields' own rules, said as a refusal, for forms, API and imports alike."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from nazorg.core.refusals import Refused


def checked(record: models.Model, *, but: tuple[str, ...] = ()) -> models.Model:
    """The record, if each of its plain fields holds what it may; Refused names the first that does not.

    Lengths, ranges, choices and formats are looked at, and NUL, which PostgreSQL cannot keep. Foreign keys are not
    (they were fetched by whoever set them), nor is anything that needs a query.
    """
    left_out = {*but}
    for field in record._meta.concrete_fields:
        if field.is_relation or field.primary_key or field.generated:
            left_out.add(field.name)
        elif isinstance(text := getattr(record, field.attname), str) and "\x00" in text:
            raise Refused(_("%s contains a character that cannot be kept (NUL). Remove it.") % _capital(field.verbose_name), field=field.name, code="bad_text")
    try:
        record.clean_fields(exclude=left_out)
    except ValidationError as wrong:
        name, errors = next(iter(wrong.error_dict.items()))
        label = _capital(record._meta.get_field(name).verbose_name)
        raise Refused(f"{label}: {errors[0].messages[0]}", field=name, code="invalid") from None
    return record


def _capital(text) -> str:
    text = str(text)
    return text[:1].upper() + text[1:]
