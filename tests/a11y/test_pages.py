"""Every page for everybody: axe, reflow, targets, headings and titles; and the way through it by keyboard."""

from collections import defaultdict

import pytest
from starlette.routing import Route

from storefront.app import ROUTES
from tests.a11y.looking import FOCUS, USUAL, Look, at_page, look_at
from tests.a11y.pages_to_see import PAGES, STATES
from villages.people import Permission

NOT_LOOKED_AT = {
    "/city/figures.csv": "a file",
    "/city/figures.xlsx": "a file",
}


def test_every_page_is_looked_at():
    seen = {page.route for page in [*PAGES, *STATES]} | set(NOT_LOOKED_AT)
    pages = {
        route.path
        for route in ROUTES
        if isinstance(route, Route)
        and "GET" in (route.methods or ())
        and route.endpoint.may != Permission.machine
    }

    assert pages - seen == set()


@pytest.mark.parametrize("seen", [seen for seen in PAGES if seen.skin == "shop"], ids=lambda seen: seen.name)
def test_page(chromium, shop, seen):
    look_at(chromium, shop, seen, USUAL)


@pytest.mark.parametrize("seen", STATES, ids=lambda seen: seen.name)
def test_state(chromium, shop, seen):
    look_at(chromium, shop, seen, [Look(390)])


def test_titles_are_unique(chromium, shop):
    titles: dict[str, list[str]] = defaultdict(list)
    for seen in PAGES:
        with at_page(chromium, shop, seen) as tab:
            titles[tab.title()].append(seen.name)

    assert {title: names for title, names in titles.items() if len(names) > 1} == {}


@pytest.mark.parametrize(
    "seen",
    [seen for seen in PAGES if seen.name in ("goods", "cart", "checkout pay", "desk sale", "city")],
    ids=lambda seen: seen.name,
)
def test_by_keyboard_the_skip_link_comes_first_and_every_control_shows_its_focus(chromium, shop, seen):
    with at_page(chromium, shop, seen) as tab:
        tab.evaluate("() => { document.activeElement?.blur(); window.scrollTo(0, 0); }")
        stops = []
        for _ in range(250):
            tab.keyboard.press("Tab")
            stop = tab.evaluate(FOCUS)
            if stop is None or (stops and stop["place"] == stops[0]["place"]):
                break
            stops.append(stop)

        assert stops[0]["href"] == "#main"
        assert [stop for stop in stops if not stop["shown"]] == []
        assert [stop for stop in stops if stop["hidden"]] == []
        assert len(stops) > 5
