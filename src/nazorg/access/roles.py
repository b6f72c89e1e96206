"""The roles of the house. What a role may do is said by each app in its `abilities.py`:

    ROLES = {"agent": ["helpdesk.work_ticket"], "accountant": [...]}
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Role:
    """A group that every installation has."""

    name: str
    label: str
    description: str


ROLES = [
    Role("agent", _("Agent"), _("Answers tickets of their teams and gives the remedies that those teams offer.")),
    Role("team_lead", _("Team lead"), _("An agent who also sets up teams, stages and after-sales services.")),
    Role("accountant", _("Accountant"), _("Sees, posts and credits invoices, registers payments, keeps the books.")),
    Role("sales", _("Sales"), _("Keeps customers, products, prices and sales orders.")),
    Role("warehouse", _("Warehouse"), _("Ships deliveries and receives what comes back.")),
    Role("repair_technician", _("Repair technician"), _("Works on repairs.")),
    Role("field_technician", _("Field technician"), _("Visits customers and completes field tasks.")),
    Role("administrator", _("Administrator"), _("Sets everything up: people, apps, imports. Has all abilities.")),
]


def label_of(group_name: str):
    """The role's name as people read it; a group that somebody made keeps its own."""
    return next((role.label for role in ROLES if role.name == group_name), group_name)


def abilities_by_role() -> dict[str, set[str]]:
    """For each role the permissions (`app.codename`) that the apps give it."""
    found: dict[str, set[str]] = {role.name: set() for role in ROLES}
    for config in apps.get_app_configs():
        name = f"{config.name}.abilities"
        if config.name.startswith("nazorg.") and find_spec(name):
            for role, abilities in import_module(name).ROLES.items():
                found[role] |= set(abilities)
    return found


def sync_roles(**_signal) -> None:
    """Make the groups and give them what the apps say; what an administrator added to a group stays."""
    from django.contrib.auth.models import Group, Permission

    by_code = {f"{p.content_type.app_label}.{p.codename}": p for p in Permission.objects.select_related("content_type")}
    for role, abilities in abilities_by_role().items():
        group, _made = Group.objects.get_or_create(name=role)
        wanted = set(by_code) if role == "administrator" else abilities
        group.permissions.add(*(by_code[one] for one in wanted if one in by_code))
