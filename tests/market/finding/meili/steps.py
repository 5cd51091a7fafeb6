"""Short ways to a Meilisearch that is in step with what is on sale, and to what is found."""

from market.finding.index import Wanted
from market.finding.meili.client import MeiliClient
from market.finding.meili.upkeep import keep_meili_in_step
from market.finding.postgres_index import PostgresIndex
from market.finding.upkeep import index_changed_listings
from tests.builders import NOW


async def documented() -> None:
    while await index_changed_listings(NOW):
        pass


async def in_step(client: MeiliClient) -> None:
    """As if the worker had been round until nothing was left to do."""
    await documented()
    idle = 0
    while idle < 3:
        idle = 0 if await keep_meili_in_step(NOW, client) else idle + 1


async def found(index: PostgresIndex, query: str, **more: object) -> list[str]:
    answer = await index.search(Wanted(query, **more), now=NOW)  # type: ignore[arg-type]
    return [item.name for item in answer.items]
