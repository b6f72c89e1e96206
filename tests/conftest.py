"""What every test may ask for; the cast and its papers stand in tests/cast.py."""

import os
import shutil

import pytest


@pytest.fixture(scope="session")
def chromium():
    """Debian's Chromium, one for the whole run; without it a browser test skips and says so."""
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not program:
        pytest.skip("There is no Chromium here. On Debian: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    flags = [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
        "--disable-background-networking", "--disable-component-update",
    ]  # fmt: skip
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=flags)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium, live_server):
    """A page of a fresh browser, at the address of a running server: `page.goto("/")`."""
    with chromium.new_context(base_url=live_server.url, viewport={"width": 1440, "height": 900}) as context:
        yield context.new_page()
