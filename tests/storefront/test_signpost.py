"""An address is answered as if every route had been tried in turn."""

import pytest
from starlette.routing import Match, Route, Router

from storefront.app import ROUTES
from storefront.signpost import Signpost, first_word


def scope_of(method: str, path: str) -> dict[str, object]:
    return {"type": "http", "method": method, "path": path, "root_path": "", "headers": []}


def tried_in_turn(scope: dict[str, object]) -> tuple[Match, object]:
    partly = (Match.NONE, None)
    for route in ROUTES:
        match, child = route.matches(scope)
        if match == Match.FULL:
            return match, child["endpoint"]
        if match == Match.PARTIAL and partly[0] == Match.NONE:
            partly = match, child["endpoint"]
    return partly


PATHS = [
    getattr(route, "path", "")
    .replace("{number}", "261122-000001")
    .replace("{slug}", "rice")
    .replace("{id}", "7")
    for route in ROUTES
]


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "DELETE"])
@pytest.mark.parametrize(
    "path", sorted({*PATHS, "/nowhere", "/goods/a/b", "//", "/cartoon", "/static/x.css", "/goods/"})
)
def test_the_route_found_is_the_first_that_matches(method, path):
    scope = scope_of(method, path)

    match, child = Signpost(ROUTES).matches(scope)

    assert (match, child.get("endpoint")) == tried_in_turn(scope)


def test_only_routes_of_the_same_first_word_are_asked():
    asked = []

    class Asked(Route):
        def matches(self, scope):
            asked.append(self.path)
            return super().matches(scope)

    signpost = Signpost(
        [Asked(path, Router()) for path in ("/", "/goods", "/goods/{slug}", "/villages/{slug}")]
    )

    signpost.matches(scope_of("GET", "/goods/rice"))

    assert asked == ["/goods", "/goods/{slug}"]


def test_the_first_word_of_an_address():
    assert [first_word(path) for path in ("/", "/goods", "/goods/rice", "")] == ["", "goods", "goods", ""]
