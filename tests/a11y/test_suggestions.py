"""The list under the search field: by keyboard, for a screen reader, while Hangul is put together, and without it."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Route, expect
from playwright.sync_api import Page as Tab

from market.finding.entries import Findable
from market.finding.index import Suggestion
from market.finding.narrowing import KIND_NAMES
from storefront.pages.suggestions import ICONS, address
from storefront.web import TEMPLATES
from tests.a11y.looking import AXE, AXE_SAYS, TAGS
from tests.shop import Shop
from tests.tabs import a_tab

ASKED: list[str] = []
FIELD, LIST, OPTION = "#q", ".search [role=listbox]", ".search [role=option]"


def answer(route: Route) -> None:
    """As the shop would: a word, goods and a village; nothing for 뷁."""
    words = parse_qs(urlsplit(route.request.url).query)["q"][0]
    ASKED.append(words)
    found = () if words == "뷁" else (
        Suggestion(f"{words}즙"), Suggestion("꿀사과 5kg", Findable.goods, "nothing-here", "내장산 마을"),
        Suggestion("내장산마을", Findable.village, "naejangsan"),
    )  # fmt: skip
    listed = [(each, address(each)) for each in found]
    html = TEMPLATES.get_template("parts/suggestions.html").render(
        found=listed, icons=ICONS, kinds=KIND_NAMES
    )
    route.fulfill(body=html, content_type="text/html; charset=utf-8")


@contextmanager
def at_field(chromium: Browser, shop: Shop, *, javascript: bool = True) -> Iterator[Tab]:
    how = {"viewport": {"width": 390, "height": 900}, "locale": "ko-KR", "java_script_enabled": javascript}
    with a_tab(chromium, **how) as tab:
        ASKED.clear()
        tab.route("**/search/suggestions?*", answer)
        tab.goto(shop.origin + "/terms")
        tab.focus(FIELD)
        yield tab


@pytest.fixture
def tab(chromium: Browser, shop: Shop) -> Iterator[Tab]:
    with at_field(chromium, shop) as tab:
        yield tab


def type_words(tab: Tab, text: str) -> None:
    tab.fill(FIELD, text)
    expect(tab.locator(LIST)).to_be_visible()


def test_typing_opens_a_list_that_a_screen_reader_is_told_of(tab: Tab):
    expect(tab.locator(FIELD)).to_have_attribute("aria-expanded", "false")

    type_words(tab, "사과")

    field = tab.locator(FIELD)
    expect(field).to_have_role("combobox")
    expect(field).to_have_attribute("aria-expanded", "true")
    assert field.get_attribute("aria-controls") == tab.locator(LIST).get_attribute("id")
    expect(tab.locator(".search [role=status]")).to_have_text("추천 3개. 위아래 화살표로 고르세요.")
    tab.evaluate(AXE)
    # What lies under the list for the moment cannot be judged through it.
    assert [said for said in tab.evaluate(AXE_SAYS, [TAGS, []]) if "(bgOverlap)" not in said] == []
    assert tab.evaluate("() => document.documentElement.scrollWidth - innerWidth") <= 0
    assert all(box["height"] >= 44 for each in tab.locator(OPTION).all() if (box := each.bounding_box()))


def test_the_arrows_go_round_and_mark_one(tab: Tab):
    type_words(tab, "사과")
    marked = []
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "ArrowDown", "ArrowUp"):
        tab.keyboard.press(key)
        marked.append(tab.get_attribute(FIELD, "aria-activedescendant"))

    assert marked == ["suggestion-1", "suggestion-2", "suggestion-3", "suggestion-1", "suggestion-3"]
    assert tab.locator(f"{OPTION}[aria-selected=true]").count() == 1
    assert tab.evaluate("() => document.activeElement.id") == "q"


def test_enter_searches_for_a_word_and_goes_to_a_thing(tab: Tab, shop: Shop):
    type_words(tab, "사과")
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/search?q=*")
    assert parse_qs(urlsplit(tab.url).query)["q"] == ["사과즙"]

    tab.focus(FIELD)
    type_words(tab, "내장산")
    tab.keyboard.press("ArrowUp")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/villages/naejangsan")


def test_a_finger_chooses_too(tab: Tab):
    type_words(tab, "내장산")
    tab.locator(OPTION).last.click()

    tab.wait_for_url("**/villages/naejangsan")


def test_enter_without_a_choice_searches_for_what_was_typed(tab: Tab):
    type_words(tab, "사과")
    tab.keyboard.press("Enter")

    tab.wait_for_url("**/search?q=*")
    assert parse_qs(urlsplit(tab.url).query)["q"] == ["사과"]


def test_escape_closes_the_list_and_keeps_the_words(tab: Tab):
    type_words(tab, "사과")
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("Escape")

    expect(tab.locator(LIST)).to_be_hidden()
    expect(tab.locator(FIELD)).to_have_attribute("aria-expanded", "false")
    expect(tab.locator(FIELD)).to_have_value("사과")
    assert tab.get_attribute(FIELD, "aria-activedescendant") is None


def test_leaving_the_field_closes_the_list(tab: Tab):
    type_words(tab, "사과")
    tab.keyboard.press("Tab")

    expect(tab.locator(LIST)).to_be_hidden()


def test_nothing_to_suggest_opens_nothing_and_says_so(tab: Tab):
    tab.fill(FIELD, "뷁")

    expect(tab.locator(".search [role=status]")).to_have_text("추천하는 말이 없습니다.")
    expect(tab.locator(LIST)).to_be_hidden()
    expect(tab.locator(FIELD)).to_have_attribute("aria-expanded", "false")


def test_a_syllable_under_way_is_asked_about_and_its_enter_chooses_nothing(tab: Tab):
    """As an input method types 사과: the last syllable is in composition all the time."""
    keyboard = tab.context.new_cdp_session(tab)
    for syllable in ("ㅅ", "사"):
        keyboard.send("Input.imeSetComposition", {"text": syllable, "selectionStart": 1, "selectionEnd": 1})
    expect(tab.locator(LIST)).to_be_visible()
    assert ASKED[-1] == "사"

    tab.evaluate(
        """() => { const key = {key: 'ArrowDown', isComposing: true, bubbles: true, cancelable: true};
        window.passed = document.querySelector('#q').dispatchEvent(new KeyboardEvent('keydown', key)) }"""
    )
    assert tab.evaluate("() => window.passed") is True
    assert tab.get_attribute(FIELD, "aria-activedescendant") is None
    keyboard.send("Input.insertText", {"text": "사"})
    expect(tab.locator(FIELD)).to_have_value("사")


# Syllable by syllable, quicker than any machine is slow.
TYPED_AT_ONCE = """(field, text) => {
    field.focus();
    for (let end = 1; end <= text.length; end++) {
        field.value = text.slice(0, end);
        field.dispatchEvent(new InputEvent('input', {bubbles: true}));
    }
}"""


def test_while_one_types_the_shop_is_asked_once(tab: Tab):
    tab.eval_on_selector(FIELD, TYPED_AT_ONCE, "내장산사과")
    expect(tab.locator(LIST)).to_be_visible()

    assert ASKED == ["내장산사과"]


def test_without_javascript_it_is_a_form(chromium: Browser, shop: Shop):
    with at_field(chromium, shop, javascript=False) as tab:
        assert tab.get_attribute(FIELD, "role") is None
        tab.fill(FIELD, "사과")
        tab.keyboard.press("Enter")

        tab.wait_for_url("**/search?q=*")
        assert "찾았습니다." in tab.inner_text("main") and ASKED == []
