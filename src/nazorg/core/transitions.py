"""Which step follows which, as data: for the action that takes the step, the page that offers it and the docs."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from nazorg.core.refusals import Refused


class Transitions:
    """A table from state to the states that may follow.

    Built from `{"draft": {"posted", "cancelled"}, …}`; a state that is not a key is an end.
    """

    def __init__(self, steps: Mapping[str, set[str]]):
        self.steps = {state: frozenset(after) for state, after in steps.items()}

    def allows(self, state: str, to: str) -> bool:
        return to in self.steps.get(state, frozenset())

    def step(self, record, to: str, *, field: str = "state") -> None:
        """Set the record's state to `to` (without saving); refuse a step that the table does not have."""
        state = getattr(record, field)
        if not self.allows(state, to):
            labels = dict(record._meta.get_field(field).flatchoices)
            raise Refused(
                _("%(record)s is %(state)s and cannot become %(to)s.")
                % {"record": record, "state": str(labels.get(state, state)).lower(), "to": str(labels.get(to, to)).lower()},
                code="illegal_step",
            )
        setattr(record, field, to)
