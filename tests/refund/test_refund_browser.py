"""The main job in a browser: a ticket, Refund, an invoice, what will happen, confirm, the smart button. Also by keys alone, in Dutch, and without JavaScript."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from django.utils.translation import gettext, override
from refund_desk import Desk, facts

from nazorg.services.refund.models import Refund

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
AXE = Path(__file__).resolve().parent.parent / "vendor" / "axe.min.js"
ORIGIN = "S00012"


@pytest.fixture
def desk():
    desk = Desk()
    desk.invoice(desk.line("2", "40.50", product=desk.kettle), origin="S00011")
    desk.mine = desk.invoice(desk.line("1", "40.50", product=desk.kettle, serial="SN-8841"), desk.line("3", "53.71", product=desk.toaster), origin=ORIGIN)
    desk.paid = desk.invoice(desk.line("1", "32.22", description="Fan"), origin="S00013", paid=True)
    desk.leaking = desk.ticket(title="Kettle leaks", product=desk.kettle, serial="SN-8841", message="It leaks.")
    return desk


@pytest.fixture
def enter(client, live_server):
    """`enter(page, nora)`: the browser carries her session; what it complains of is kept in `page.said`."""

    def enter(page, person):
        client.force_login(person, backend="nazorg.access.backend.Backend")
        page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
        page.said = []
        page.on("console", lambda said: page.said.append(said.text) if said.type == "error" and "422" not in said.text else None)
        page.on("pageerror", lambda error: page.said.append(str(error)))
        return page

    return enter


def grave(page) -> list:
    found = page.evaluate(f"{AXE.read_text()}; axe.run(document, {{resultTypes: ['violations']}})")["violations"]
    return [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found if one["impact"] in ("serious", "critical")]


def test_the_main_job_from_end_to_end(page, desk, enter):
    enter(page, desk.nora).goto(desk.leaking.get_absolute_url())
    page.click("#service-refund")
    sheet = page.locator("#sheet")
    sheet.get_by_role("button", name="Refund €49.00").wait_for()
    assert sheet.get_by_role("radio", name=desk.mine.number).is_checked()
    sheet.get_by_label("Quantity of Toaster").fill("9")
    sheet.get_by_text("9 is more than the 3").first.wait_for()
    sheet.get_by_label("Quantity of Toaster").fill("1")
    sheet.get_by_role("button", name="Refund €113.99").click()
    page.get_by_text("Draft credit note of €113.99 made.").first.wait_for()
    assert page.locator(".tile", has_text="Credit notes 1").inner_text().split() == ["Credit", "notes", "1", "€113.99", "Draft"]
    page.get_by_role("button", name="Confirm €113.99").click()
    page.get_by_text("€113.99 refunded by CN/").first.wait_for()
    note = Refund.objects.get().credit_note
    assert (facts(note).state, facts(desk.mine).due) == ("posted", desk.mine.total - note.total)
    assert "Draft" not in page.locator(".tile").inner_text()
    page.get_by_text("confirmed the refund of €113.99").wait_for()
    page.locator(".tile").click()
    page.wait_for_url(f"**{note.get_absolute_url()}")
    assert page.said == []


def test_choosing_another_invoice_and_method_shows_its_lines(page, desk, enter):
    enter(page, desk.nora).goto(desk.leaking.get_absolute_url())
    page.click("#service-refund")
    sheet = page.locator("#sheet")
    sheet.get_by_role("radio", name=desk.paid.number).check()
    sheet.get_by_text("This invoice has been paid: you make a draft credit note").wait_for()
    sheet.get_by_role("button", name="Refund €38.99").wait_for()
    assert sheet.get_by_role("radio", name="All that is left").count() == 0
    assert page.evaluate("document.activeElement.value") == str(desk.paid.pk), "the choice keeps the focus"
    sheet.get_by_role("radio", name=desk.mine.number).check()
    sheet.get_by_role("radio", name="All that is left Posts").check()
    sheet.get_by_text("It settles the invoice: nothing stays due.").wait_for()
    sheet.get_by_role("button", name="Refund €243.97").click()
    page.get_by_text("€243.97 refunded by CN/").first.wait_for()
    assert facts(desk.mine).payment == "settled"
    assert page.said == []


def test_by_keyboard_alone_and_the_focus_comes_back(page, desk, enter):
    enter(page, desk.nora).goto(desk.leaking.get_absolute_url())
    page.locator("#service-refund").focus()
    page.keyboard.press("Enter")
    page.locator("#refund-form").wait_for()
    page.keyboard.press("Escape")
    page.wait_for_function("!document.querySelector('#sheet').open")
    assert page.evaluate("document.activeElement.id") == "service-refund"
    page.keyboard.press("Enter")
    page.locator("#refund-form").wait_for()
    for _turn in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.getAttribute('aria-label')") == "Quantity of Toaster":
            break
    page.keyboard.type("1")
    page.locator("#refund-verb", has_text="€113.99").wait_for()
    for _turn in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("Boolean(document.activeElement.closest('#refund-verb'))"):
            break
    page.keyboard.press("Enter")
    page.get_by_text("Draft credit note of €113.99 made.").first.wait_for()
    assert facts(Refund.objects.get().credit_note).total == Decimal("113.99")


def test_pressed_twice_quickly_it_refunds_once(page, desk, enter):
    enter(page, desk.nora).goto(desk.leaking.get_absolute_url())
    page.click("#service-refund")
    page.locator("#refund-verb button").dblclick()
    page.get_by_text("Draft credit note of €49.00 made.").first.wait_for()
    assert Refund.objects.count() == 1


def test_in_dutch_with_amounts_as_there(page, desk, enter):
    enter(page, desk.pim).goto(desk.leaking.get_absolute_url())
    with override("nl"):
        refund = gettext("Refund")
    page.click("#service-refund")
    sheet = page.locator("#sheet")
    sheet.get_by_role("heading", name=refund, exact=True).wait_for()
    assert page.locator("html").get_attribute("lang") == "nl"
    assert "€ 49,00" in sheet.locator("#refund-verb").inner_text().replace("\xa0", " ")
    sheet.locator("#refund-verb button").click()
    page.locator(".tile").wait_for()
    assert "€ 49,00" in page.locator(".tile").inner_text().replace("\xa0", " ")


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])
def test_axe_finds_nothing_serious_in_any_state(page, desk, enter, live_server, width, theme):
    page.set_viewport_size({"width": width, "height": 844})
    enter(page, desk.nora).context.add_cookies([{"name": "theme", "value": theme, "url": live_server.url}])
    address = f"/refunds/tickets/{desk.leaking.pk}/new/"
    for parameters in (f"?invoice={desk.mine.pk}", f"?invoice={desk.paid.pk}", "?invoice=0", f"?invoice={desk.mine.pk}&method=full"):
        page.goto(address + parameters)
        assert grave(page) == [], parameters
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, "The page scrolls sideways"
    page.goto(address)
    page.locator("#refund-verb button").click()
    page.locator(".refund-card").wait_for(state="attached")
    for after in (desk.leaking.get_absolute_url(), f"/refunds/tickets/{desk.leaking.pk}/", f"/refunds/{Refund.objects.get().pk}/lines/"):
        page.goto(after)
        assert grave(page) == [], after
    assert page.said == []


def test_without_javascript_it_is_a_plain_page(chromium, desk, enter, live_server):
    with chromium.new_context(base_url=live_server.url, java_script_enabled=False) as context:
        page = enter(context.new_page(), desk.nora)
        page.goto(desk.leaking.get_absolute_url())
        page.click("#service-refund")
        page.get_by_role("radio", name=desk.paid.number).check()
        page.get_by_role("button", name="Use this invoice").click()
        page.get_by_role("button", name="Refund €38.99").wait_for()
        page.get_by_role("radio", name=desk.mine.number).check()
        page.get_by_role("button", name="Use this invoice").click()
        page.get_by_label("Quantity of Toaster").fill("1")
        page.get_by_role("button", name="Refund €49.00").click()
        page.get_by_text("Something has changed meanwhile").first.wait_for()
        page.get_by_role("button", name="Refund €113.99").click()
        page.get_by_text("Draft credit note of €113.99 made.").wait_for()
