"""Meilisearch's stand-in, running, and a client that has its key."""

from collections.abc import AsyncIterator, Iterator

import pytest

from market.finding.meili.client import MeiliClient
from tests.meili_stand_in.server import KEY, StandIn, running_stand_in


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    with running_stand_in() as running:
        yield running


@pytest.fixture
async def client(stand_in: StandIn) -> AsyncIterator[MeiliClient]:
    client = MeiliClient(stand_in.url, KEY)
    yield client
    await client.close()
