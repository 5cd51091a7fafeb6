"""Two people in front of the shop."""

import pytest

from tests.site import Site
from tests.storefront.pages.shopping import Shopper, a_shopper


@pytest.fixture
def shopper(site: Site) -> Shopper:
    return a_shopper(site)


@pytest.fixture
def stranger(site: Site) -> Shopper:
    """Another browser at the same shop."""
    return a_shopper(site)
