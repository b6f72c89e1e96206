"""What the tests of pages share."""

from pathlib import Path

import pytest

AXE = Path(__file__).parent.parent / "vendor" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.fixture
def axe():
    """Asks axe-core what is wrong with a page: the serious and critical faults, each as a line that names its elements."""

    def look(page) -> list[str]:
        page.evaluate(AXE.read_text())
        found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
        return [
            f"{fault['id']}: {', '.join(str(node['target']) for node in fault['nodes'][:5])}"
            for fault in found["violations"]
            if fault["impact"] in ("serious", "critical")
        ]

    return look
