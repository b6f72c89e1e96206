"""VAT numbers and phone numbers as they are kept: checked where a rule exists, without the spaces people write."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _
from stdnum import exceptions as wrong
from stdnum.eu import vat
from stdnum.util import get_cc_module

from nazorg.core.refusals import Refused

LIKE_A_NUMBER = re.compile(r"[A-Z]{2}[A-Z0-9+*]{2,18}")


def vat_number(text: str, country: str = "") -> str:
    """A VAT number as kept: compact, its country's letters first (`BE0123456749`); Refused says what is wrong with it.

    A number without letters is taken as one of `country` (ISO 3166). EU numbers are checked by their country's rule, and
    others as far as a rule for their country is known. Nothing is asked from outside: whether a number is in use is for VIES.
    """
    number = re.sub(r"[\s.\-/]", "", text).upper()
    if not number:
        return ""
    if not number[:2].isalpha():
        number = {"GR": "EL"}.get(country.upper(), country.upper()) + number
    if not LIKE_A_NUMBER.fullmatch(number):
        raise _refused(text, _("Write it with the two letters of its country first, such as BE0123456749."))
    letters = number[:2]
    try:
        if letters.lower() in vat.MEMBER_STATES or letters in ("EL", "XI", "EU"):
            return vat.validate(number)
        rule = get_cc_module(letters.lower(), "vat")
        if rule is not None:
            kept = rule.validate(number)
            return kept if kept.startswith(letters) else letters + kept
    except wrong.InvalidChecksum:
        raise _refused(text, _("Its check digits do not fit: a digit is mistyped or two have changed places.")) from None
    except wrong.InvalidLength:
        raise _refused(text, _("It is too long or too short for its country.")) from None
    except wrong.InvalidComponent:
        raise _refused(text, _("Its country or another part of it does not exist.")) from None
    except wrong.ValidationError:
        raise _refused(text, _("It is not written as its country writes them.")) from None
    return number


def _refused(text: str, why: str) -> Refused:
    return Refused(_("“%(number)s” is not a VAT number. %(why)s") % {"number": text.strip()[:30], "why": why}, field="vat_number", code="bad_vat_number")


def phone(text: str) -> str:
    """A phone number as kept: `00` for abroad becomes `+`, whatever separates digits becomes one space; words stay."""
    text = re.sub(r"[\s./\-]+", " ", text.replace("(0)", " ")).strip()
    return "+" + text.lstrip("0 ") if text.startswith("00") else text
