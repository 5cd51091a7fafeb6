"""Tabs in one Chromium, each as of a person who was never here before."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from weakref import WeakKeyDictionary

from playwright.sync_api import Browser, BrowserContext
from playwright.sync_api import Page as Tab

IDLE: "WeakKeyDictionary[Browser, dict[str, list[BrowserContext]]]" = WeakKeyDictionary()


@contextmanager
def a_tab(chromium: Browser, **how: Any) -> Iterator[Tab]:
    """Nobody is signed in and no page is open; `how` is what Chromium wants to know about screen, place and scripts.

    What an earlier tab of the same `how` has fetched for good, fonts above all, need not be fetched and unpacked again:
    that would be half of the work. Pages forbid to be kept, the shop keeps nothing else in a browser but cookies.
    """
    idle = IDLE.setdefault(chromium, {}).setdefault(json.dumps(how, sort_keys=True), [])
    context = idle.pop() if idle else chromium.new_context(**how)
    context.set_default_timeout(60_000)
    try:
        yield context.new_page()
    except BaseException:
        context.close()
        raise
    for tab in context.pages:
        tab.close()
    context.clear_cookies()
    idle.append(context)
