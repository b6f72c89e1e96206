"""How a rule says no: in one sentence that serves the page, the API and the test, and says what to do instead."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied


class Refused(Exception):
    """A rule said no. Nothing was written.

    `sentence` is translated and meant for the person who asked; `field` names the form field it belongs to, if any;
    `code` is a stable word for programs (`nothing_left`, `changed`, …); `facts` are JSON-able details for the API.
    """

    def __init__(self, sentence, *, field: str | None = None, code: str = "refused", **facts):
        super().__init__(sentence)
        self.sentence, self.field, self.code, self.facts = sentence, field, code, facts

    def __str__(self) -> str:
        return str(self.sentence)


class NotAllowed(PermissionDenied):
    """This person may not do this, whatever the record says. A page answers 403, the API a problem with status 403."""

    def __init__(self, sentence):
        super().__init__(sentence)
        self.sentence = sentence
