"""What watches over us: alive, ready, counted."""

import httpx
import pytest
from tortoise import connections

from tests.site import Site, a_site, test_services


async def test_a_process_that_lives_says_so_without_a_database(tmp_path):
    answer = await Site(test_services(tmp_path)).browser().get("/healthz")

    assert (answer.status_code, answer.text) == (200, "ok")


async def test_ready_is_who_has_a_migrated_database(site: Site):
    answer = await site.browser().get("/readyz")

    assert (answer.status_code, answer.json()) == (200, {"ready": True, "waiting": []})


async def test_a_process_whose_database_is_away_is_not_ready(site: Site):
    await connections.get("default").close()
    client = connections.get("default")
    client._pool = Gone()  # type: ignore[attr-defined]

    answer = await site.browser().get("/readyz")

    client._pool = None  # type: ignore[attr-defined]
    assert answer.status_code == 503
    assert answer.json()["ready"] is False


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ({}, 404),
        ({"Authorization": "Bearer wrong"}, 404),
        ({"Authorization": b"Bearer \xff"}, 404),
        ({"Authorization": "Bearer a-token-of-the-tests"}, 200),
    ],
    ids=str,
)
async def test_counts_are_for_who_has_the_token(tmp_path, db, header, status):
    site = await a_site(tmp_path, METRICS_TOKEN="a-token-of-the-tests")
    await site.browser().get("/healthz")

    answer = await site.browser().get("/metrics", headers=header)

    assert answer.status_code == status
    assert ('route="machines_health",status="200"} 1' in answer.text) == (status == 200)


async def test_without_a_token_set_nobody_sees_counts(site: Site):
    assert (await site.browser().get("/metrics", headers={"Authorization": "Bearer "})).status_code == 404


async def test_robots_stay_away_from_private_pages(site: Site):
    answer: httpx.Response = await site.browser().get("/robots.txt")

    assert "Disallow: /orders" in answer.text
    assert "Disallow: /goods" not in answer.text


class Gone:
    """A pool of connections to nobody."""

    def acquire(self, *_: object, **__: object) -> object:
        raise ConnectionRefusedError
