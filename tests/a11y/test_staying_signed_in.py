"""Cookies are kept from tab to tab, but not beyond what the shop knows."""

from tests.a11y.pages_to_see import SIGNED_IN, go, stay_signed_in
from tests.tabs import a_tab


def test_who_was_forgotten_by_the_shop_is_signed_in_again(chromium, shop):
    with a_tab(chromium) as tab:
        stay_signed_in(tab, shop, "officer")
    kept = SIGNED_IN[shop.origin, "officer"]
    SIGNED_IN[shop.origin, "officer"] = [cookie | {"value": "forgotten"} for cookie in kept]

    with a_tab(chromium) as tab:
        stay_signed_in(tab, shop, "officer")
        go(tab, shop, "/city")

        assert tab.url == f"{shop.origin}/city"
