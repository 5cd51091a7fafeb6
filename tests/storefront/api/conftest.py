"""What the tests of the API share."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from market.audit import violations
from storefront.db import open_database
from tests.site import Site, a_site
from tests.storefront.api.contract import Api, an_api


@pytest.fixture
def api(site: Site) -> Api:
    return an_api(site)


@pytest.fixture
async def crowded(database_url: str, tmp_path: Path) -> AsyncIterator[Site]:
    """The site on a database with 24 connections, so that requests really meet in it; audited afterwards."""
    async with open_database(database_url, connections=24):
        yield await a_site(tmp_path)
        found = await violations()
    assert not found, found
