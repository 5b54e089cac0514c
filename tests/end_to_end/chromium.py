"""Debian's Chromium, with patience: beside other tests a page takes its time, and none is measured."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from typing import Any

from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

PATIENCE_MS = 180_000
"""So long is waited for what a page is to show or do. Only a test that fails waits as long."""
QUIET = (
    "--no-sandbox",
    "--no-first-run",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def chromium_path() -> str:
    """Debian's; other distributions name it differently."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert found, "Chromium is missing; install it with: apt-get install chromium"
    return found


@contextlib.contextmanager
def launched(*more: str) -> Iterator[Browser]:
    """A browser that asks nobody but our own servers; ended afterwards."""
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium_path(), args=[*QUIET, *more], timeout=PATIENCE_MS
        )
        yield browser
        browser.close()


def window(browser: Browser, **more: Any) -> BrowserContext:
    """A context of its own, in English unless told otherwise, as patient as the rest."""
    context = browser.new_context(**{"locale": "en", **more})
    context.set_default_timeout(PATIENCE_MS)
    return context
