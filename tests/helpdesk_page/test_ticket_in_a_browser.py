"""An agent's day on the ticket page, in Chromium: by keyboard, with files, on a phone, for everybody."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from nazorg.conversation.models import Draft, Entry
from nazorg.helpdesk import actions
from nazorg.helpdesk.models import Ticket

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
AXE = Path(__file__).resolve().parent.parent / "vendor" / "axe.min.js"


@pytest.fixture
def desk(signed_in, nora, ticket):
    """Nora's browser with the ticket open; anything that the browser complains of fails the test."""
    page = signed_in(nora)
    complaints = []
    # A refusal is a 422 by intent; and the look round (a span) is cut off when the test ends.
    expected = ("422", "[object HTMLSpanElement]", "net::ERR_")
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" and not any(one in said.text for one in expected) else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"/helpdesk/tickets/{ticket.pk}/")
    page.wait_for_selector("#around:not([hx-get])")
    yield page
    assert complaints == []


def test_one_reads_a_ticket(desk):
    assert desk.locator("#ticket-title").input_value() == "Kettle leaks"
    assert "It leaks at the bottom." in desk.locator("#timeline").inner_text()
    for region in ("Thread", "Write", "Customer", "Order and product", "Properties", "Followers"):
        assert desk.get_by_role("region", name=region, exact=True).count() == 1
    assert desk.get_by_role("complementary", name="Details").is_visible()
    assert "until 9 Nov 2028" in desk.locator("#around").inner_text()
    width = desk.evaluate("document.querySelector('.entry.is-in .entry-text').getBoundingClientRect().width")
    assert 560 <= width <= 760


@pytest.mark.parametrize("width", [1024, 1280, 1920])
def test_the_text_keeps_its_width(desk, width):
    desk.set_viewport_size({"width": width, "height": 900})
    assert 560 <= desk.evaluate("document.querySelector('.entry.is-in .entry-text').getBoundingClientRect().width") <= 760


def test_a_note_is_written_with_the_keyboard_only(desk):
    desk.keyboard.press("n")
    desk.locator("#composer-text:focus").wait_for()
    desk.keyboard.type("Bottom seam: refund.")
    desk.keyboard.press("Control+Enter")
    desk.locator(".entry.is-note").wait_for()
    assert "Bottom seam: refund." in desk.locator(".entry.is-note").inner_text()
    assert desk.locator("#composer-text").input_value() == ""
    assert desk.locator("#composer-text").evaluate("box => box === document.activeElement")
    assert Entry.objects.get(kind="note").text == "Bottom seam: refund."


def test_the_stage_is_changed_in_place(desk, ticket):
    desk.select_option("#ticket-stage", label=ticket.team.stages.get(kind="waiting").name)
    desk.locator(".stage-form.is-waiting").wait_for()
    desk.locator("#timeline >> text=moved this ticket").wait_for()
    assert Ticket.objects.get(pk=ticket.pk).stage.kind == "waiting"



def test_a_title_is_saved_by_enter_and_a_refused_one_says_why(desk, ticket):
    desk.fill("#ticket-title", "Kettle leaks at the seam")
    desk.keyboard.press("Enter")
    desk.locator("#timeline >> text=changed title").wait_for()
    assert Ticket.objects.get(pk=ticket.pk).title == "Kettle leaks at the seam"
    desk.fill("#ticket-title", " ")
    desk.keyboard.press("Enter")
    desk.locator(".toast-note.is-danger >> text=Give the ticket a title").wait_for()
    assert Ticket.objects.get(pk=ticket.pk).title == "Kettle leaks at the seam"


def test_a_reply_is_held_when_a_colleague_wrote(desk, ticket, pim):
    desk.fill("#composer-text", "We send you a new one.")
    actions.reply(ticket=ticket, text="You get your money back.", by=pim, at=timezone.now())
    desk.keyboard.press("Control+Enter")
    held = desk.locator(".held")
    held.wait_for()
    assert "You get your money back." in held.inner_text()
    assert desk.locator("#composer-text").input_value() == "We send you a new one."
    assert Entry.objects.filter(kind="sent").count() == 1
    desk.get_by_role("button", name="Reply anyway", exact=True).click()
    desk.locator("#timeline >> text=We send you a new one.").wait_for()
    assert Entry.objects.filter(kind="sent").count() == 2
    assert desk.locator("#timeline >> text=You get your money back.").count() == 1


def test_a_draft_waits_for_its_writer(desk, ticket):
    desk.locator("label", has=desk.locator("[name=kind][value=note]")).click()
    desk.locator("#composer-text").press_sequentially("Ask the supplier about")
    desk.locator("#draft-state >> text=Draft kept").wait_for()
    assert Draft.objects.get().text == "Ask the supplier about"
    desk.reload()
    assert desk.locator("#composer-text").input_value() == "Ask the supplier about"
    assert desk.locator("[name=kind][value=note]").is_checked()


def test_a_file_is_added_and_comes_back_as_it_was(desk, tmp_path):
    leak = tmp_path / "leak.txt"
    leak.write_text("drip drip")
    desk.set_input_files("[name=files]", leak)
    assert "leak.txt" in desk.locator("[data-file-list]").inner_text()
    desk.fill("#composer-text", "See the picture")
    desk.keyboard.press("Control+Enter")
    link = desk.locator("#timeline a.file")
    link.wait_for()
    with desk.expect_download() as download:
        link.click()
    assert download.value.suggested_filename == "leak.txt"
    assert Path(download.value.path()).read_text() == "drip drip"


def test_a_colleague_s_message_comes_by_itself(desk, ticket, pim):
    actions.reply(ticket=ticket, text="I called her.", by=pim, at=timezone.now())
    desk.evaluate("htmx.trigger('[data-look]', 'ticket:look')")
    desk.locator("#timeline >> text=I called her.").wait_for()
    desk.locator("[data-ticket-live] >> text=Pim Jacobs wrote").wait_for(state="attached")


def test_a_service_that_is_not_possible_says_why_to_the_keyboard(desk, ticket, nora):
    actions.switch_service(team=ticket.team, slug="refund", on=True, activate_apps=True, by=None, at=timezone.now())
    desk.reload()
    button = desk.locator("#service-refund")
    button.focus()
    assert button.get_attribute("aria-disabled") == "true"
    assert button.get_attribute("aria-description")
    assert button.get_attribute("aria-description") in desk.locator(".tip").inner_text()


def test_a_phone_has_three_tabs_and_large_targets(desk):
    desk.set_viewport_size({"width": 390, "height": 844})
    assert desk.locator("#thread").is_visible() and not desk.locator(".ticket-details").is_visible()
    desk.locator("#pane-details").check()
    assert desk.locator("#properties").is_visible() and not desk.locator("#thread").is_visible()
    desk.locator("#pane-services").check()
    assert desk.locator("#services").is_visible() and not desk.locator("#properties").is_visible()
    desk.locator("#pane-thread").check()
    assert desk.evaluate("document.documentElement.scrollWidth") <= 390
    small = desk.evaluate(
        """[...document.querySelectorAll('.ticket button, .ticket a, .ticket select, .ticket .panes span, .ticket .composer-kinds span')]
        .filter(e => e.checkVisibility() && !e.closest('.prose, .entry-log, .entry-fact')).filter(e => e.getBoundingClientRect().height < 44)
        .map(e => e.outerHTML.slice(0, 90))"""
    )
    assert small == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing_serious(desk, ticket, nora, pim, live_server, theme, width):
    now = timezone.now()
    actions.note(ticket=ticket, text="A note", by=pim, at=now, files=[SimpleUploadedFile("a.txt", b"a")])
    actions.call(ticket=ticket, text="A call", by=pim, at=now)
    actions.reply(ticket=ticket, text="A reply", by=nora, at=now)
    actions.add_follower(ticket=ticket, email="peter@acme.example", by=nora, at=now)
    desk.context.add_cookies([{"name": "theme", "value": theme, "url": live_server.url}])
    desk.set_viewport_size({"width": width, "height": 900})
    desk.reload()
    desk.wait_for_selector("#around:not([hx-get])", state="attached")
    for pane in ("thread", "services", "details") if width < 760 else ("thread",):
        if width < 760:
            desk.locator(f"#pane-{pane}").check(force=True)
        found = desk.evaluate(f"{AXE.read_text()}; axe.run(document, {{resultTypes: ['violations']}})")["violations"]
        grave = [(one["id"], [node["html"][:160] for node in one["nodes"]]) for one in found if one["impact"] in ("serious", "critical")]
        assert grave == []
