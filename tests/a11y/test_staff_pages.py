"""The operator's and the city's pages; in a file of their own, so that another process can look at them meanwhile."""

import pytest

from tests.a11y.looking import USUAL, look_at
from tests.a11y.pages_to_see import PAGES


@pytest.mark.parametrize("seen", [seen for seen in PAGES if seen.skin != "shop"], ids=lambda seen: seen.name)
def test_page(chromium, shop, seen):
    look_at(chromium, shop, seen, USUAL)
