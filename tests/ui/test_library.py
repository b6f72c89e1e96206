"""Promises that each template of the house keeps, ours and those of every app."""

import re
from pathlib import Path

import pytest

from nazorg.ui.gallery import TEMPLATES, components, readme, samples
from nazorg.ui.icons import names

SOURCE = TEMPLATES.parent.parent
ALL = sorted(p for p in SOURCE.rglob("*.html") if "templates" in p.parts and "static" not in p.parts)
SPRITE = (SOURCE / "ui/static/ui/icons.svg").read_text()
COMMENTS = re.compile(r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}", re.DOTALL)


def test_the_readme_tells_of_each_component_as_it_is():
    assert (SOURCE / "ui/README.md").read_text() == readme(), "Run: python -m nazorg.ui.gallery"


def test_the_sprite_holds_the_icons_that_are_listed():
    assert sorted(re.findall(r'<symbol id="([^"]+)"', SPRITE)) == names()


def test_each_component_says_what_it_takes_and_declares_it():
    for name, component in components().items():
        text = (TEMPLATES / "cotton" / (name.replace(".", "/") + ".html"))
        text = text if text.exists() else TEMPLATES / "cotton" / name / "index.html"
        assert component.takes, f"c-{name} does not say what it takes"
        body = COMMENTS.sub("", text.read_text())
        assert "<c-vars" in body or "{{" not in body, f"c-{name} uses values that it does not declare"


def test_each_component_has_an_example():
    shown = "\n".join(s.source for s in samples())
    helpers = {"crumb", "input", "select", "stats", "money", "timeline.log"}  # shown through others, or by a filter
    missing = [n for n in components() if f"<c-{n}" not in shown and n not in helpers]
    assert missing == []


@pytest.mark.parametrize("path", ALL, ids=lambda p: str(Path(p).relative_to(SOURCE)))
def test_a_template_has_no_inline_style_or_script_and_only_icons_that_exist(path):
    text = COMMENTS.sub("", path.read_text())
    assert not re.search(r'\sstyle="', text), "A style attribute is blocked by the content security policy: use a class"
    assert not re.search(r"<style|<script(?![^>]*\ssrc=)|\son[a-z]+=|javascript:", text), "Inline script or style is blocked"
    named = re.findall(r'\{% icon "([a-z0-9-]+)"', text) + re.findall(r'\bicon(?:_end)?="([a-z0-9-]+)"', text)
    named += re.findall(r'<c-icon name="([a-z0-9-]+)"', text)
    assert [n for n in named if f'id="{n}"' not in SPRITE] == [], "Add the icon to ui/icons.txt and run ui/vendor.sh"
