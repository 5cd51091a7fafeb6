"""Tabs in one Chromium, each as of a person who was never here before."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from weakref import WeakKeyDictionary

from playwright.sync_api import Browser
from playwright.sync_api import Page as Tab

IDLE: "WeakKeyDictionary[Browser, dict[str, list[Tab]]]" = WeakKeyDictionary()
SCREEN = {"width": 1280, "height": 720}


@contextmanager
def a_tab(chromium: Browser, **how: Any) -> Iterator[Tab]:
    """Nobody is signed in and no page is open; `how` is what Chromium wants to know about screen, place and scripts.

    It may be an earlier tab of the same `how`, whose page stands there until the first address is opened: style sheets,
    fonts and scripts that are unpacked already are more than half of the work. Pages themselves are never kept, and the
    shop leaves nothing else in a browser but cookies.
    """
    idle = IDLE.setdefault(chromium, {}).setdefault(json.dumps(how, sort_keys=True), [])
    tab = idle.pop() if idle else chromium.new_context(**how).new_page()
    tab.set_default_timeout(60_000)
    tab.set_viewport_size(how.get("viewport", SCREEN))
    try:
        yield tab
    except BaseException:
        tab.context.close()
        raise
    tab.unroute_all()
    tab.context.clear_cookies()
    idle.append(tab)
