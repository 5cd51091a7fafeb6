"""What is not our fault and soon over is told so."""

import asyncpg
import pytest

from tests.site import Site

FALLEN = [
    asyncpg.exceptions.ConnectionDoesNotExistError("connection was closed in the middle of operation"),
    asyncpg.exceptions.InternalClientError("cannot switch to state 15; another operation (2) is in progress"),
    asyncpg.exceptions.CannotConnectNowError("the database system is starting up"),
    ConnectionRefusedError(111, "Connection refused"),
]


@pytest.mark.parametrize("fall", FALLEN, ids=lambda fall: type(fall).__name__)
async def test_a_database_that_falls_in_the_middle_of_an_answer_is_a_503(site: Site, fall: Exception):
    async def fallen(*_: object, **__: object) -> None:
        raise fall

    with pytest.MonkeyPatch.context() as patch:
        for name in ("fetch", "fetchrow", "execute"):
            patch.setattr(asyncpg.Connection, name, fallen)
        answer = await site.browser().get("/goods?q=곶감")

    assert answer.status_code == 503
    assert "잠시 후 다시 시도해 주세요" in answer.text
