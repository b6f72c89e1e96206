"""The living page in a real browser: accessible, quiet under the content security policy, and usable by keyboard alone."""

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def quiet(page):
    """The page, and what the browser complained of."""
    said = []
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.said = said
    return page


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (1024, "dark"), (390, "light")])
def test_nothing_serious_is_wrong_for_assistive_technology(quiet, axe, width, scheme):
    quiet.set_viewport_size({"width": width, "height": 900})
    quiet.emulate_media(color_scheme=scheme)
    quiet.goto("/ui/")
    assert axe(quiet) == []
    assert quiet.evaluate("document.documentElement.scrollWidth - innerWidth") == 0, "The page scrolls sideways"
    assert quiet.said == []


def test_a_sheet_takes_the_focus_keeps_it_and_gives_it_back(quiet):
    quiet.goto("/ui/")
    opener = quiet.locator("[data-side=light] [data-sheet]").last
    opener.focus()
    quiet.keyboard.press("Enter")
    quiet.locator("dialog#sheet[open] h1").wait_for()
    expect(quiet.locator("#sheet-title")).to_be_focused()
    quiet.locator("dialog#sheet .btn.is-primary").click()
    expect(quiet.locator("dialog#sheet .alert-box")).to_be_focused()
    quiet.keyboard.press("Escape")
    expect(opener).to_be_focused()


def test_a_greyed_button_is_reached_by_keyboard_and_says_why(quiet):
    quiet.goto("/ui/")
    quiet.locator("[data-side=light] .btn.is-danger-ghost").first.focus()
    quiet.keyboard.press("Tab")
    assert quiet.locator(".tip").inner_text() == "No posted invoice for Anna"
    quiet.keyboard.press("Escape")
    assert quiet.locator(".tip").count() == 0


def test_a_searchable_box_picks_by_keyboard(quiet):
    quiet.goto("/ui/")
    box = quiet.locator("[data-side=light] input[role=combobox]")
    box.focus()
    quiet.keyboard.press("ArrowDown")
    box.fill("fat")
    quiet.locator("[data-side=light] [role=option]", has_text="Fatima").wait_for()
    expect(quiet.locator("[data-side=light] [role=option]")).to_have_count(1)
    quiet.keyboard.press("Enter")
    assert quiet.evaluate("document.querySelector('[data-side=light] select[data-lookup]').value") == "4"


def test_a_card_moves_by_keyboard_and_is_told(quiet):
    quiet.goto("/ui/")
    quiet.locator("[data-side=light] [data-move] a").first.focus()
    quiet.keyboard.press("Alt+ArrowRight")
    expect(quiet.locator("[data-live]")).to_contain_text("In progress")
    assert quiet.evaluate("document.activeElement.closest('[data-column]').dataset.column") == "2"
