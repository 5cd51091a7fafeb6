"""Every page for everybody: axe, reflow, targets, headings, titles; by keyboard; without JavaScript."""

import json
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from playwright.sync_api import Page as Tab
from starlette.routing import Route

from storefront.app import ROUTES
from tests.a11y.pages_to_see import PAGES, STATES, Seen, sign_in
from tests.shop import Shop
from villages.people import Permission

AXE = (Path(__file__).parent.parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
NOT_LOOKED_AT = {
    "/city/figures.csv": "a file",
    "/city/figures.xlsx": "a file",
    "/city/villages/{slug}/{month}/{day}": "looked at from the month's page below",
    "/city/orders/{number}": "looked at from the day's page below",
}


@dataclass(frozen=True)
class Look:
    width: int
    scale: str = ""
    mode: str = ""

    def __str__(self) -> str:
        return f"{self.width}{'-' + self.scale if self.scale else ''}{'-' + self.mode if self.mode else ''}"


USUAL = [
    Look(390),
    Look(1280),
    Look(390, "xxl"),
    Look(1280, "xxl"),
    Look(390, "", "hc"),
    Look(1280, "", "hc"),
]
WHOLE = [
    Look(width, scale, mode)
    for width in (320, 390, 768, 1280)
    for scale in ("", "sm", "lg", "xl", "xxl")
    for mode in ("", "hc")
]


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


@pytest.mark.parametrize("seen", PAGES, ids=lambda seen: seen.name)
def test_page(chromium, shop, seen):
    look_at(chromium, shop, seen, USUAL)


@pytest.mark.parametrize("seen", STATES, ids=lambda seen: seen.name)
def test_state(chromium, shop, seen):
    look_at(chromium, shop, seen, [Look(390)])


@pytest.mark.a11y_full
@pytest.mark.parametrize("seen", PAGES, ids=lambda seen: seen.name)
def test_page_in_the_whole_matrix(chromium, shop, seen):
    look_at(chromium, shop, seen, WHOLE)


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


def look_at(chromium: Browser, shop: Shop, seen: Seen, looks: list[Look]) -> None:
    found = []
    with at_page(chromium, shop, seen) as tab:
        state = None
        for look in sorted(looks, key=lambda look: (look.scale, look.mode)):
            if (look.scale, look.mode) != state:
                state = (look.scale, look.mode)
                wear(tab, look)
            tab.set_viewport_size({"width": look.width, "height": 900})
            height = tab.evaluate("() => document.documentElement.scrollHeight")
            tab.set_viewport_size({"width": look.width, "height": min(height + 10, 16000)})
            found += [f"{seen.name} at {look}: {fault}" for fault in faults(tab, seen)]

    assert not found, "\n".join(found)


def wear(tab: Tab, look: Look) -> None:
    """As the page comes when this size and mode were chosen; the server writes the same two attributes."""
    tab.evaluate(
        "([scale, mode]) => { document.documentElement.dataset.scale = scale; document.documentElement.dataset.mode = mode; }",
        [look.scale, look.mode],
    )


def faults(tab: Tab, seen: Seen) -> list[str]:
    said = tab.evaluate(
        "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})", TAGS
    )
    found = [
        f"{fault['id']}: {fault['nodes'][0]['html'][:160]} ({len(fault['nodes'])})"
        for fault in said["violations"]
    ]
    shape = tab.evaluate(SHAPE, 24 if seen.skin == "city" else 44)
    if shape["overflow"] > 0:
        found.append(f"overflows by {shape['overflow']} px: {shape['widest']}")
    if shape["h1"] != 1:
        found.append(f"{shape['h1']} h1")
    found += [f"small target {target}" for target in shape["small"]]
    return found


@contextmanager
def at_page(chromium: Browser, shop: Shop, seen: Seen) -> Iterator[Tab]:
    context = chromium.new_context(
        viewport={"width": 390, "height": 900},
        locale="ko-KR",
        timezone_id="Asia/Seoul",
        reduced_motion="reduce",
    )
    context.set_default_timeout(15_000)
    tab = context.new_page()
    statuses: list[int] = []
    tab.on(
        "response",
        lambda answer: statuses.append(answer.status) if answer.request.is_navigation_request() else None,
    )
    troubles: list[str] = []
    tab.on("console", lambda line: troubles.append(line.text) if line.type == "error" else None)
    try:
        if seen.who != "guest":
            sign_in(tab, shop, seen.who)
        if callable(seen.path):
            seen.path(tab, shop)
        else:
            tab.goto(shop.origin + seen.path)
        assert statuses[-1] == seen.status, f"{seen.name} answered {statuses[-1]} at {tab.url}"
        tab.evaluate(AXE)
        yield tab
        assert [text for text in troubles if "Content Security Policy" in text] == [], json.dumps(troubles)
    finally:
        context.close()


# Links inside running text may be as small as the text (WCAG 2.5.8); everything else has a size.
SHAPE = """least => {
    const wide = document.documentElement.scrollWidth - window.innerWidth;
    let widest = '';
    if (wide > 0) {
        for (const each of document.querySelectorAll('body *')) {
            const box = each.getBoundingClientRect();
            if (box.right > window.innerWidth + 1 && !each.closest('.tblwrap, .scroll-x, .sr-only')) { widest = each.outerHTML.slice(0, 160); break; }
        }
    }
    const small = [];
    for (const each of document.querySelectorAll('button, [role=button], input:not([type=hidden]), select, textarea, a.btn, a.chip, nav a')) {
        const box = each.getBoundingClientRect();
        if (!box.width || !box.height || each.closest('.sr-only, .skip')) continue;
        if (['radio', 'checkbox', 'file'].includes(each.type) || getComputedStyle(each).opacity === '0') continue;
        if (Math.round(box.height) < least - 0.5) small.push(`${each.outerHTML.slice(0, 120)} ${Math.round(box.width)}x${Math.round(box.height)}`);
    }
    return {overflow: wide, widest, h1: document.querySelectorAll('h1').length, small: small.slice(0, 5)};
}"""

FOCUS = """() => {
    const it = document.activeElement;
    if (!it || it === document.body) return null;
    const style = getComputedStyle(it), box = it.getBoundingClientRect();
    const ringed = [it, it.closest('label, .opt, .slot')].some(each => each && getComputedStyle(each).outlineStyle !== 'none');
    const middle = document.elementFromPoint(box.x + box.width / 2, Math.min(Math.max(box.y + box.height / 2, 0), innerHeight - 1));
    const under = middle && !it.contains(middle) && !middle.contains(it) && middle.closest('.bars');
    return {place: `${it.outerHTML.slice(0, 80)}@${Math.round(box.x)},${Math.round(box.y + scrollY)}`,
            href: it.getAttribute('href'), shown: ringed, hidden: !!under, html: it.outerHTML.slice(0, 120)};
}"""
