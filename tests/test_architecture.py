"""Who may import whom: the map of docs/map.md, held line by line. Each breach is said as a sentence."""

from __future__ import annotations

import ast
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent / "src" / "nazorg"
KERNEL = {"core", "ui", "users", "access", "conversation", "suite"}
FLOORS = [
    {"parties"},
    {"catalogue"},
    {"ledger"},
    {"entitlements"},
    {"invoicing", "inventory", "loyalty"},
    {"sales"},
    {"repairs", "fieldservice"},
    {"helpdesk"},
    {"services"},
    {"portal", "shop", "api", "imports", "demo"},
]
OUTSIDE = {"config", "launch", "command"}
"""Configuration and command line: they know everybody and nobody knows them."""
FACE = {"actions", "queries", "rules", "events", "models"}
PURE = {"catalogue.taxes", "invoicing.lines", "invoicing.crediting", "invoicing.bulk", "helpdesk.services", "ledger.chart"}
"""Pure modules and tables that belong to an app's face although they are none of the four."""


def floor(app: str) -> int:
    return next((i for i, apps in enumerate(FLOORS) if app in apps), -1)


def imports(file: Path):
    """Each `nazorg.…` module that the file imports, with its line; imports for type checkers only do not count."""
    tree = ast.parse(file.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("nazorg"):
            for alias in node.names:
                yield f"{node.module}.{alias.name}".split(".")[1:], node.lineno
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.startswith("nazorg."):
                    yield alias.name.split(".")[1:], node.lineno


def breaches():
    for file in sorted(SOURCE.rglob("*.py")):
        here = file.relative_to(SOURCE).with_suffix("").parts
        app = here[0]
        if app in OUTSIDE or app == "__init__" or "tests" in here or "migrations" in here:
            continue
        for target, line in imports(file):
            other = target[0]
            where = f"{file.relative_to(SOURCE.parent.parent)}:{line}"
            if other == app and app != "services" or other.startswith("__"):
                continue
            if app == "services" and other == "services":
                if len(target) > 1 and target[1] != here[1]:
                    yield f"{where}: the service {here[1]} imports the service {target[1]}; services never know each other."
                continue
            if other in OUTSIDE:
                yield f"{where}: {app} imports {other}, which is known by nobody."
            elif other in KERNEL:
                continue
            elif app in KERNEL:
                yield f"{where}: the kernel ({app}) imports the app {other}."
            elif floor(other) < 0:
                yield f"{where}: {other} has no place on the map."
            elif floor(other) >= floor(app):
                yield f"{where}: {app} imports {other}, which does not stand below it."
            elif other == "services":
                if len(target) > 2 and target[2] not in FACE:
                    yield f"{where}: {app} imports services.{target[1]}.{target[2]}, which is not that service's face."
            elif len(target) > 1 and target[1] not in FACE and ".".join(target[:2]) not in PURE:
                yield f"{where}: {app} imports {other}.{target[1]}, which is not {other}'s face ({', '.join(sorted(FACE))})."


def test_imports_go_downward_only():
    assert not list(breaches()), "\n".join(breaches())


def test_the_map_in_the_docs_names_every_app():
    page = (SOURCE.parent.parent / "docs" / "map.md").read_text()
    missing = [app for apps in [*FLOORS, KERNEL] for app in sorted(apps) if app not in page]
    assert not missing, f"docs/map.md does not name {missing}"
    strangers = {p.name for p in SOURCE.iterdir() if p.is_dir() and (p / "__init__.py").exists()} - KERNEL - OUTSIDE - set().union(*FLOORS)
    assert not strangers, f"{strangers} have no place on the map"
