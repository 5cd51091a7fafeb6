"""The same picture from several people at once; the control shows what its unique hash is for."""

from collections.abc import Awaitable
from pathlib import Path

from media.images import Picture, keep_picture
from media.storage import FolderStorage
from tests.media.pictures import a_photo
from tests.meeting import meet, strip

READ_BACK = 'FROM "pictures"'


async def test_four_people_sending_the_same_picture_at_once_get_one_row(many, tmp_path):
    ended = await meet(many, [kept(tmp_path) for _ in range(4)], before=READ_BACK)

    assert ended == {"Picture": 4}
    assert await Picture.all().count() == 1


async def test_control_without_its_unique_hash_there_are_four(unguarded, tmp_path):
    await strip("pictures")

    ended = await meet(unguarded, [kept(tmp_path) for _ in range(4)], before=READ_BACK)

    assert ended == {"MultipleObjectsReturned": 4}
    assert await Picture.all().count() == 4


def kept(folder: Path) -> Awaitable[Picture]:
    return keep_picture(a_photo(), alt="감", storage=FolderStorage(folder))
