"""Reading a JSON body strictly: what is not plain JSON of a sane depth is a problem with a sentence, never a crash."""

from __future__ import annotations

import json

from django.utils.translation import gettext as _
from ninja.parser import Parser

DEEPEST = 32
"""No body of ours is deeper than five; a thousand brackets are an attempt to exhaust the stack."""


class Unreadable(Exception):
    """The body cannot be read: becomes a problem with this status, code and sentence."""

    def __init__(self, status: int, code: str, sentence: str):
        super().__init__(sentence)
        self.status, self.code, self.sentence = status, code, sentence


class StrictJson(Parser):
    """JSON by RFC 8259: UTF-8, no NaN, nothing deeper than `DEEPEST`, and sent as what it is."""

    def parse_body(self, request):
        if request.content_type != "application/json" and not request.content_type.endswith("+json"):
            raise Unreadable(415, "not_json", _("Send the body as JSON, with the header “Content-Type: application/json”."))
        try:
            value = json.loads(request.body.decode("utf-8-sig"), parse_constant=_no_constant)
        except UnicodeDecodeError:
            raise Unreadable(400, "broken_json", _("The body is not text in UTF-8.")) from None
        except RecursionError:
            raise Unreadable(400, "too_deep", _("The body is nested too deeply.")) from None
        except ValueError:
            raise Unreadable(400, "broken_json", _("The body is not valid JSON.")) from None
        _refuse_depths(value)
        return value


def _no_constant(name: str):
    raise ValueError(name)


def _refuse_depths(value) -> None:
    level = [value]
    for _depth in range(DEEPEST):
        level = [
            inner
            for one in level if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
            if isinstance(inner, dict | list)
        ]  # fmt: skip
        if not level:
            return
    raise Unreadable(400, "too_deep", _("The body is nested too deeply."))
