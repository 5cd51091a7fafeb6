"""Every page for everybody: axe, reflow, targets and headings."""

import pytest
from starlette.routing import Route

from storefront.app import ROUTES
from tests.a11y.looking import USUAL, Look, look_at
from tests.a11y.pages_to_see import PAGES, STATES
from villages.people import Permission

NOT_LOOKED_AT = {
    "/city/figures.csv": "a file",
    "/city/figures.xlsx": "a file",
    "/city/statements/{month}/{village}/lines.csv": "a file",
    "/city/statements/{month}/{village}/lines.xlsx": "a file",
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
