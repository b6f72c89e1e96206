"""Starts a demo shop in a temporary folder, signs in as Nora, and photographs the pages that the README shows."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import sync_playwright

from nazorg.demo.cast import PASSWORD

SHOTS = Path(__file__).resolve().parent.parent / "docs" / "screenshots"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"]


def main() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    home = tempfile.mkdtemp(prefix="nazorg-shots-")
    environment = {**os.environ, "NAZORG_HOME": home, "PORT": str(port)}
    environment.pop("DATABASE_URL", None)
    server = subprocess.Popen([sys.executable, "-m", "nazorg.command", "serve", "--demo"], env=environment)
    try:
        for _turn in range(1200):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/accounts/login/", timeout=5)
                break
            except OSError:
                time.sleep(0.25)
        photograph(f"http://127.0.0.1:{port}")
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(30)
        shutil.rmtree(home, ignore_errors=True)


def photograph(address: str) -> None:
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        page = browser.new_page(base_url=address, viewport={"width": 1440, "height": 900}, color_scheme="light")
        page.goto("/accounts/login/")
        page.fill("[name=login]", "nora")
        page.fill("[name=password]", PASSWORD)
        page.click("main button[type=submit]:not([form])")
        page.goto("/helpdesk/tickets/")
        page.screenshot(path=SHOTS / "tickets.png")
        page.goto("/helpdesk/tickets/?q=lekt")
        page.locator("a.row-link").first.click()
        page.wait_for_timeout(1500)
        page.screenshot(path=SHOTS / "ticket.png")
        browser.close()


if __name__ == "__main__":
    main()
