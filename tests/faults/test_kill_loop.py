"""Web, worker, PostgreSQL and the parent killed with -9 under load; the control shows that a loss would be seen."""

import asyncio
import random
import sys
from collections.abc import Iterator

import pytest

from storefront.cluster import Cluster
from tests.faults.kill_loop import a_crowd, answers, kill_loop
from tests.faults.shop_to_kill import ShopToKill, a_shop_to_kill
from tests.meeting import watching

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the processes are found in /proc")


@pytest.fixture(scope="module")
def shop(
    migrated_cluster: Cluster, worker_id: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ShopToKill]:
    folder = tmp_path_factory.mktemp("shop")
    with a_shop_to_kill(folder, beside=migrated_cluster, name=f"books_{worker_id}") as shop:
        yield shop


async def test_nothing_acknowledged_is_lost_whoever_is_killed(
    shop: ShopToKill, kill_rounds: int, kill_seed: int, record_property
):
    report = await kill_loop(shop, rounds=kill_rounds, seed=kill_seed)

    print(report)
    record_property("kill loop", str(report))
    assert not report.wrong, (str(report), report.wrong)
    assert report.book.told
    assert report.book.paid


async def test_control_a_database_that_says_done_too_early_loses_what_was_acknowledged(shop: ShopToKill):
    await shop.start()
    shop.forget_to_write()
    async with a_crowd(shop, "lazy", random.Random(1)) as crowd:
        shop.kill("postgres")
        await answers(crowd)
        shop.stop_the_writers()
        await asyncio.gather(*(crowd.order() for _ in range(20)))

        shop.kill("postgres")

        await answers(crowd)
        async with watching(shop.database.url()) as database:
            found = {row["number"] for row in await database.fetch("SELECT number FROM orders")}
    assert crowd.book.told
    assert not found & crowd.book.told.keys()
