"""The operator's and the city's pages in the widths, text sizes and modes that `make test` leaves out."""

import pytest

from tests.a11y.looking import REST, look_at
from tests.a11y.pages_to_see import PAGES


@pytest.mark.a11y_full
@pytest.mark.parametrize("seen", [seen for seen in PAGES if seen.skin != "shop"], ids=lambda seen: seen.name)
def test_page(chromium, shop, seen):
    look_at(chromium, shop, seen, REST)
