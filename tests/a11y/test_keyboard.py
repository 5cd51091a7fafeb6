"""A page by keyboard, on a phone: the skip link first, then every control, in order, in sight and marked."""

from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Page as Tab

from tests.a11y.looking import at_page
from tests.a11y.pages_to_see import PAGES

WALKED = ("home", "goods", "program with a day chosen", "cart", "checkout pay", "desk sale", "city")


@pytest.mark.parametrize("seen", [seen for seen in PAGES if seen.name in WALKED], ids=lambda seen: seen.name)
def test_tab_reaches_every_control_in_order_and_shows_where_it_is(chromium, shop, seen):
    with at_page(chromium, shop, seen) as tab:
        if "#" in tab.url:  # from the top, wherever the way here has led
            tab.goto(tab.url.partition("#")[0])
        controls = tab.evaluate(CONTROLS)
        stops = walked(tab, most=len(controls) + 20)

        assert stops[0]["href"] == "#main"
        assert len(stops) > 5
        assert [control for number, control in enumerate(controls) if number not in places(stops)] == []
        assert places(stops) == sorted(places(stops))
        assert [stop["html"] for stop in stops if not stop["marked"]] == []
        assert [stop for stop in stops if stop["hidden"]] == []
        assert leaps(stops) == []


def test_the_skip_link_leads_into_the_page(chromium, shop):
    seen = next(seen for seen in PAGES if seen.name == "goods list")
    with at_page(chromium, shop, seen) as tab:
        for key in ("Tab", "Enter", "Tab"):
            tab.keyboard.press(key)

        assert tab.evaluate("() => document.querySelector('main').contains(document.activeElement)")


def walked(tab: Tab, *, most: int) -> list[dict[str, Any]]:
    """The stops of the Tab key until it leaves the page or begins again."""
    stops: list[dict[str, Any]] = []
    for _ in range(most):
        tab.keyboard.press("Tab")
        stop = tab.evaluate(STOP)
        if stop is None or stop["place"] in places(stops):
            break
        stops.append(stop)
    return stops


def places(stops: list[dict[str, Any]]) -> list[int]:
    """Where the stops stand in the page; a box that only scrolls has no place."""
    return [stop["place"] for stop in stops if stop["place"] >= 0]


def leaps(stops: list[dict[str, Any]]) -> list[str]:
    """Steps up and not to the right: the eye would have to search. The bar at the bottom has a place of its own."""
    flow = [stop for stop in stops if not stop["in_bar"]]
    return [
        f"{before['html']} -> {after['html']}"
        for before, after in pairwise(flow)
        if after["bottom"] <= before["top"] and after["left"] <= before["left"]
    ]


# Of radio buttons of one name Tab reaches one. Styles are noted before anything is focused, with those around a
# control: its mark may stand on a label, a card or the word beside it.
CONTROLS = """() => {
    const all = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex]')];
    const shown = all.filter(each => each.tabIndex >= 0 && !each.disabled && each.type !== 'hidden'
        && each.checkVisibility({visibilityProperty: true}) && each.getClientRects().length);
    const radios = new Map();
    window.controls = shown.filter(each => {
        if (each.type !== 'radio') return true;
        const group = each.form?.id + each.name, inside = shown.filter(other => other.name === each.name && other.form === each.form);
        if (inside.some(other => other.checked)) return each.checked;
        return !radios.has(group) && radios.set(group, each);
    });
    window.around = each => [each, each.closest('label, li, .card, .opt, .slot, td'), each.nextElementSibling].filter(Boolean);
    window.dress = each => { const style = getComputedStyle(each);
        return (style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 2 ? '' : style.outline) + '|' + style.boxShadow; };
    window.before = new Map(window.controls.map(each => [each, window.around(each).map(window.dress)]));
    return window.controls.map(each => each.outerHTML.slice(0, 120));
}"""

STOP = """() => {
    const it = document.activeElement;
    if (!it || it === document.body) return null;
    const box = it.getClientRects()[0] ?? it.getBoundingClientRect(), before = window.before.get(it);
    const x = (Math.max(box.left, 0) + Math.min(box.right, innerWidth)) / 2;
    const y = (Math.max(box.top, 0) + Math.min(box.bottom, innerHeight)) / 2;
    const hit = document.elementFromPoint(x, y);
    const its = hit && (it.contains(hit) || hit.contains(it) || [...(it.labels ?? [])].some(label => label.contains(hit)));
    return {place: window.controls.indexOf(it), href: it.getAttribute('href'), html: it.outerHTML.slice(0, 120),
            marked: !before || window.around(it).map(window.dress).some((now, at) => now !== before[at]),
            hidden: its ? '' : `under ${hit?.outerHTML.slice(0, 80)}`, in_bar: !!it.closest('.bars'),
            left: box.left, top: box.top + scrollY, bottom: box.bottom + scrollY};
}"""
