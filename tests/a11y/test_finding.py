"""Looking for something on a phone: what a tap sends, what the way back shows, what a finger can hit."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import combinations
from math import hypot
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, expect
from playwright.sync_api import Page as Tab

from tests.a11y.looking import PHONE, Look, wear
from tests.shop import Shop
from tests.tabs import a_tab

SORT, SEASON, VILLAGE = "#f-sort", "[name=season][type=checkbox]", "#f-village"


@contextmanager
def on_a_phone(chromium: Browser, *, javascript: bool = True) -> Iterator[Tab]:
    with a_tab(chromium, **PHONE, java_script_enabled=javascript) as tab:
        yield tab


@pytest.fixture
def tab(chromium: Browser) -> Iterator[Tab]:
    with on_a_phone(chromium) as tab:
        yield tab


def asked(tab: Tab) -> dict[str, list[str]]:
    return parse_qs(urlsplit(tab.url).query)


@pytest.mark.parametrize("list_of", ["/search?q=과일", "/goods"])
def test_a_menu_acts_at_once_and_the_way_back_shows_what_the_address_says(tab: Tab, shop: Shop, list_of: str):
    tab.goto(shop.origin + list_of)
    usual = tab.input_value(SORT)
    for _ in range(2):  # on a phone the same choice must send something once more
        with tab.expect_navigation():
            tab.select_option(SORT, "price")
        assert asked(tab)["sort"] == ["price"]
        tab.go_back()
        expect(tab.locator(SORT)).to_have_value(usual)

    tab.click(".filters-box summary")
    with tab.expect_navigation():
        tab.check(SEASON)
    assert (asked(tab)["season"], asked(tab).get("sort", [usual])) == (["1"], [usual])
    tab.go_back()
    expect(tab.locator(SEASON)).not_to_be_checked()


def test_without_scripts_too_the_way_back_shows_what_the_address_says(chromium: Browser, shop: Shop):
    with on_a_phone(chromium, javascript=False) as tab:
        tab.goto(shop.origin + "/search?q=과일")
        tab.select_option(SORT, "price")
        tab.click("text=순서 바꾸기")
        tab.wait_for_url("**sort=price*")
        tab.go_back()

        expect(tab.locator(SORT)).to_have_value("")


def test_the_programs_show_after_the_way_back_what_their_address_says(tab: Tab, shop: Shop):
    tab.goto(shop.origin + "/programs")
    tab.click(".filters-box summary")
    tab.select_option("#f-place", "indoor")
    with tab.expect_navigation():
        tab.click(".filter-form button")
    tab.go_back()

    expect(tab.locator("#f-place")).to_have_value("")


def test_a_page_that_the_browser_kept_whole_is_set_back_to_its_address(
    chromium: Browser, chromium_path: str, shop: Shop
):
    """A browser of its own: the others are told to keep no pages."""
    keeping = chromium.browser_type.launch(
        executable_path=chromium_path, args=["--no-sandbox"], ignore_default_args=["--disable-back-forward-cache"],
    )  # fmt: skip
    try:
        tab = keeping.new_context(**PHONE).new_page()
        tab.goto(shop.origin + "/goods")
        usual = tab.input_value(SORT)
        tab.evaluate("() => addEventListener('pageshow', event => { window.wasKept = event.persisted })")
        with tab.expect_navigation():
            tab.select_option(SORT, "price")
        tab.evaluate("() => history.back()")
        tab.wait_for_function("() => window.wasKept")

        assert tab.input_value(SORT) == usual
    finally:
        keeping.close()


def test_the_button_beside_a_menu_is_for_those_without_scripts(chromium: Browser, tab: Tab, shop: Shop):
    tab.goto(shop.origin + "/search?q=과일")
    expect(tab.get_by_role("button", name="순서 바꾸기")).to_have_count(0)

    with on_a_phone(chromium, javascript=False) as plain:
        plain.goto(shop.origin + "/search?q=과일")
        expect(plain.get_by_role("button", name="순서 바꾸기")).to_be_visible()


def test_who_comes_back_from_a_suggestion_finds_what_was_typed(tab: Tab, shop: Shop):
    tab.goto(shop.origin)
    tab.fill("#q", "내장")
    tab.locator("[role=option][data-url]").first.click()
    tab.wait_for_url("**/*s/*")
    tab.go_back()

    expect(tab.locator("#q")).to_have_value("내장")


def test_over_an_answer_stand_its_own_words_whatever_was_typed_since(tab: Tab, shop: Shop):
    tab.goto(shop.origin + "/search?q=과일")
    tab.fill("#q", "쌀")
    with tab.expect_navigation():
        tab.press("#q", "Enter")
    tab.go_back()

    expect(tab.locator("#q")).to_have_value("과일")


def test_choosing_goods_leaves_goods_in_sight_and_the_four_chips_in_one_line(tab: Tab, shop: Shop):
    tab.set_viewport_size({"width": 390, "height": 844})
    tab.goto(shop.origin + "/search?q=과일")
    tab.locator(".kinds .chip", has_text="특산물").click()

    expect(tab.locator(".grid .card").first).to_be_in_viewport(ratio=0.3)
    assert len({box["y"] for each in tab.locator(".kinds li").all() if (box := each.bounding_box())}) == 1


@pytest.mark.parametrize("scale", ["", "xxl"])
def test_the_hint_in_the_search_field_is_not_cut(tab: Tab, shop: Shop, scale: str):
    tab.goto(shop.origin)
    wear(tab, Look(390, scale))

    hint, room = tab.evaluate(
        """() => { const field = document.querySelector('#q'), look = getComputedStyle(field);
        const pen = document.createElement('canvas').getContext('2d');
        pen.font = look.font;
        return [pen.measureText(field.placeholder).width,
                field.clientWidth - parseFloat(look.paddingLeft) - parseFloat(look.paddingRight)] }"""
    )
    assert hint < room


@pytest.mark.parametrize(("width", "scale"), [(390, ""), (390, "xxl"), (320, ""), (1280, "")])
def test_a_finger_finds_one_village_on_the_map(tab: Tab, shop: Shop, width: int, scale: str):
    """24 px wide, 24 px apart (WCAG 2.5.8), and none over another."""
    tab.set_viewport_size({"width": width, "height": 900})
    tab.goto(shop.origin + "/map")
    wear(tab, Look(width, scale))
    reach, marks = (circles(tab, f".pin .{name}") for name in ("reach", "mark"))

    assert len(reach) > 5 and all(2 * radius >= 24 for _, _, radius in reach)
    for pins in (reach, marks):
        for (x, y, radius), (u, v, other) in combinations(pins, 2):
            assert hypot(x - u, y - v) >= max(24, radius + other - 0.2)


def test_the_pins_grow_with_the_text(tab: Tab, shop: Shop):
    tab.goto(shop.origin + "/map")
    usual = circles(tab, ".pin .mark")[0][2]
    wear(tab, Look(390, "xxl"))

    assert circles(tab, ".pin .mark")[0][2] > usual * 1.1


def circles(tab: Tab, selector: str) -> list[tuple[float, float, float]]:
    """Middle and radius of each on the screen."""
    return tab.evaluate(
        """selector => [...document.querySelectorAll(selector)].map(each => {
        const box = each.getBoundingClientRect();
        return [box.x + box.width / 2, box.y + box.height / 2, box.width / 2] })""",
        selector,
    )


def test_on_a_phone_too_the_calendar_says_the_months_of_each_and_that_it_goes_on(tab: Tab, shop: Shop):
    tab.goto(shop.origin + "/season")

    assert all(each.is_visible() for each in tab.locator(".season .when").all())
    expect(tab.get_by_text("표를 옆으로 미시면")).to_be_visible()
    tab.set_viewport_size({"width": 1280, "height": 900})
    expect(tab.get_by_text("표를 옆으로 미시면")).to_be_hidden()
