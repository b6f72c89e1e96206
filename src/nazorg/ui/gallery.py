"""What the living page and the README tell of the components: read from the templates themselves, so that it is never stale."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

TEMPLATES = Path(__file__).parent / "templates"
COMMENT = re.compile(r"\s*(?:\{#(.*?)#\}|\{% comment %\}(.*?)\{% endcomment %\})", re.DOTALL)
ORDER = [
    "button", "icon", "badge", "state", "tile", "card", "panel", "table", "paging", "filters", "tabs", "form",
    "errors", "field", "switch", "alert", "empty", "avatar", "menu", "steps", "progress", "stat", "facts", "chip",
    "timeline", "composer", "board", "sheet",
]


@dataclass(frozen=True)
class Component:
    """A template under cotton/ and the sentence that says what it takes."""

    name: str
    takes: str


@dataclass(frozen=True)
class Sample:
    """An example of some components: a template under ui/samples/."""

    name: str
    source: str
    components: tuple[Component, ...]

    @property
    def template(self) -> str:
        return f"ui/samples/{self.name}.html"


def components() -> dict[str, Component]:
    """Every component by its tag's name: `button`, `menu.item`, …"""
    found = {}
    for path in sorted((TEMPLATES / "cotton").rglob("*.html")):
        name = ".".join(path.relative_to(TEMPLATES / "cotton").with_suffix("").parts).removesuffix(".index")
        told = COMMENT.match(path.read_text())
        text = " ".join((told.group(1) or told.group(2)).split()) if told else ""
        found[name] = Component(name, text.removeprefix(f"{name}: "))
    return found


@cache
def samples() -> tuple[Sample, ...]:
    """Every example, in the order of the page; a component is told of at the first example that uses it."""
    known, told, out = components(), set(), []
    for name in ORDER:
        source = (TEMPLATES / f"ui/samples/{name}.html").read_text()
        if name == "sheet":
            source += (TEMPLATES / "ui/gallery_sheet.html").read_text()
        used = [n for n in dict.fromkeys([name, *re.findall(r"<c-([a-z.]+)", source)]) if n in known and n not in told]
        mine = [n for n in used if n == name or n.split(".")[0] == name or n not in ORDER]
        told.update(mine)
        out.append(Sample(name, source, tuple(known[n] for n in mine)))
    return tuple(out)


def readme() -> str:
    """README.md: its written part, then each component with what it takes and one example."""
    lines = [(Path(__file__).parent / "readme_head.md").read_text()]
    sources = "\n".join(sample.source for sample in samples())
    for component in components().values():
        example = re.search(rf"<c-{re.escape(component.name)}[\s>](?:[^<>]*)>", sources)
        lines.append(f"- **`c-{component.name}`** {component.takes}" + (f"\n  `{' '.join(example.group(0).split())}`" if example else "") + "\n")
    return "".join(lines)


if __name__ == "__main__":  # python -m nazorg.ui.gallery, after a component changed
    (Path(__file__).parent / "README.md").write_text(readme())
