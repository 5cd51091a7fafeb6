"""Pictures of strangers are opened in a child that can be stopped."""

import asyncio
import time

import pytest

from media.darkroom import develop
from media.refusals import NotAPicture, PictureTooHeavy, PictureTooSlow
from media.resize import prepare
from tests.media.pictures import a_photo, many_scans


async def test_the_child_answers_what_prepare_answers():
    body = a_photo(1200, 900)

    assert await develop(body) == prepare(body)


async def test_a_refusal_comes_back_as_itself():
    with pytest.raises(NotAPicture):
        await develop(b"<svg xmlns='http://www.w3.org/2000/svg'/>")


async def test_a_body_too_heavy_never_reaches_the_child():
    with pytest.raises(PictureTooHeavy):
        await develop(bytes(15 * 1024 * 1024 + 1))


async def test_a_picture_made_to_take_minutes_is_stopped_within_eight_seconds():
    started = time.monotonic()

    with pytest.raises(PictureTooSlow):
        await develop(many_scans())

    assert time.monotonic() - started < 8


async def test_several_at_once_all_get_their_own():
    bodies = [a_photo(100 + number, 50) for number in range(5)]

    prepared = await asyncio.gather(*map(develop, bodies))

    assert [each.w for each in prepared] == [100, 101, 102, 103, 104]
