"""Looking at a page as everybody may meet it: axe, reflow, targets and headings, in a width, text size and mode."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, ConsoleMessage, Response
from playwright.sync_api import Page as Tab

from tests.a11y.pages_to_see import Seen, stay_signed_in
from tests.shop import Shop
from tests.tabs import a_tab

AXE = (Path(__file__).parent.parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


PHONE = {
    "viewport": {"width": 390, "height": 900}, "locale": "ko-KR", "timezone_id": "Asia/Seoul", "reduced_motion": "reduce",
}  # fmt: skip


@dataclass(frozen=True)
class Look:
    """`axe` False: only whether it fits, its headings and targets, which is told in a moment."""

    width: int
    scale: str = ""
    mode: str = ""
    axe: bool = True

    def __str__(self) -> str:
        return f"{self.width}{'-' + self.scale if self.scale else ''}{'-' + self.mode if self.mode else ''}"


TALLEST = 16000
USUAL = [Look(390), Look(320, "xxl", axe=False), Look(1280, axe=False)]
"""Axe on a phone; whether it fits where it is narrowest with the largest text, and where it is widest."""
ALL = [
    *(Look(width, scale) for width in (320, 390, 768, 1280) for scale in ("", "xxl")),
    *(Look(width, "", "hc") for width in (320, 390, 768, 1280)),
    *(Look(width, "xxl", "hc") for width in (320, 768)),
    *(Look(width, scale) for width in (390, 1280) for scale in ("sm", "lg", "xl")),
]
REST = [look for look in ALL if look not in USUAL]
"""What `make a11y` adds."""


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
            # As tall as the page, so that nothing is called small because a sticky bar lies over it for the moment.
            tab.set_viewport_size({"width": look.width, "height": min(height + 10, TALLEST)})
            if height > TALLEST:
                tab.evaluate("() => document.querySelector('.bars').style.setProperty('position', 'static')")
            found += [f"{seen.name} at {look}: {fault}" for fault in faults(tab, seen, look)]

    assert not found, "\n".join(found)


def wear(tab: Tab, look: Look) -> None:
    """As the page comes when this size and mode were chosen; the server writes the same two attributes."""
    tab.evaluate(
        "([scale, mode]) => { document.documentElement.dataset.scale = scale; document.documentElement.dataset.mode = mode; }",
        [look.scale, look.mode],
    )


def faults(tab: Tab, seen: Seen, look: Look) -> list[str]:
    found = tab.evaluate(AXE_SAYS, [TAGS, [list(each[:3]) for each in UNDECIDED]]) if look.axe else []
    shape = tab.evaluate(SHAPE, 24 if seen.skin == "city" else 44)
    if shape["overflow"] > 0:
        found.append(f"overflows by {shape['overflow']} px: {shape['widest']}")
    if shape["h1"] != 1:
        found.append(f"{shape['h1']} h1")
    found += [f"small target {target}" for target in shape["small"]]
    return found


@contextmanager
def at_page(chromium: Browser, shop: Shop, seen: Seen) -> Iterator[Tab]:
    statuses: list[int] = []
    troubles: list[str] = []

    def answered(answer: Response) -> None:
        if answer.request.is_navigation_request():
            statuses.append(answer.status)

    def said(line: ConsoleMessage) -> None:
        if line.type == "error":
            troubles.append(line.text)

    with a_tab(chromium, **PHONE) as tab:
        tab.on("response", answered)
        tab.on("console", said)
        if seen.who != "guest":
            stay_signed_in(tab, shop, seen.who)
        if callable(seen.path):
            seen.path(tab, shop)
        else:
            tab.goto(shop.origin + seen.path)
        assert statuses[-1] == seen.status, f"{seen.name} answered {statuses[-1]} at {tab.url}"
        tab.evaluate(AXE)
        yield tab
        assert [text for text in troubles if "Content Security Policy" in text] == [], json.dumps(troubles)
        tab.remove_listener("response", answered)
        tab.remove_listener("console", said)


UNDECIDED = [
    (
        "color-contrast",
        "nonBmp",
        "[aria-hidden=true]",
        "− and + beside a number field, in the button's own colours",
    ),
    (
        "color-contrast",
        "shortTextContent",
        "td, th, td *, svg.chart text",
        "one digit, in the colours of longer neighbours",
    ),
    (
        "color-contrast",
        "imgNode",
        "svg.chart text",
        "a drawing is an image to axe; test_colours.py has its pairs",
    ),
    ("color-contrast", "bgOverlap", "svg.chart text", "a figure on its block; test_colours.py has the pair"),
    *(
        (
            "color-contrast",
            reason,
            "svg.citymap text",
            "words on the map's land, water and pins; test_colours.py has the pairs",
        )
        for reason in ("imgNode", "bgOverlap", "shortTextContent")
    ),
    (
        "color-contrast",
        "elmPartiallyObscured",
        "td, th, td *, th *",
        "a table wider than the screen, scrolled sideways",
    ),
]
"""What axe cannot decide and a person has looked at: rule, its reason, where, why it is good. All else fails."""

AXE_SAYS = """async ([tags, undecided]) => {
    const said = await axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations', 'incomplete']});
    const found = said.violations.map(each => `${each.id}: ${each.nodes[0].html.slice(0, 160)} (${each.nodes.length})`);
    for (const each of said.incomplete) for (const node of each.nodes) {
        const why = [...node.any, ...node.all, ...node.none].map(check => check.data?.messageKey ?? check.id)[0];
        const there = document.querySelector(node.target.at(-1));
        if (!undecided.some(([rule, reason, where]) => rule === each.id && reason === why && there?.matches(where)))
            found.push(`undecided ${each.id} (${why}): ${node.target} ${node.html.slice(0, 160)}`);
    }
    return found;
}"""

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
