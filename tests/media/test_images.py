"""A picture is kept once, its files before its row."""

import asyncio
from pathlib import Path

import pytest

from media.images import Picture, keep_picture
from media.refusals import CaptionTooLong, NotAPicture, StorageFull
from media.storage import FolderStorage, file_name
from tests.media.pictures import a_photo


@pytest.fixture
def storage(tmp_path: Path) -> FolderStorage:
    return FolderStorage(tmp_path / "media")


class FullStorage(FolderStorage):
    """Takes the first file and has no room for the second."""

    def put(self, name: str, body: bytes) -> None:
        if any(self.folder.rglob("*.webp")):
            raise StorageFull
        super().put(name, body)


async def test_a_picture_is_kept_with_its_files(db: str, storage: FolderStorage):
    picture = await keep_picture(a_photo(700, 500), alt="  대봉감 두 개\n", storage=storage)

    assert (picture.w, picture.h, picture.alt) == (700, 500, "대봉감 두 개")
    assert all(storage.read(file_name(picture.hash, width)) for width in (320, 640))
    assert picture.url(400) == f"/media/{file_name(picture.hash, 640)}"
    assert await Picture.get(hash=picture.hash) == picture


async def test_the_same_picture_again_is_the_same_row(db: str, storage: FolderStorage):
    first = await keep_picture(a_photo(), alt="감", storage=storage)
    second = await keep_picture(a_photo(), alt="다른 설명", storage=storage)

    assert second.id == first.id
    assert second.alt == "감"
    assert await Picture.all().count() == 1


async def test_two_people_sending_the_same_picture_at_once_get_one_row(db: str, storage: FolderStorage):
    kept = await asyncio.gather(*(keep_picture(a_photo(), alt="감", storage=storage) for _ in range(4)))

    assert len({picture.id for picture in kept}) == 1
    assert await Picture.all().count() == 1


async def test_a_refused_picture_leaves_nothing(db: str, storage: FolderStorage):
    with pytest.raises(NotAPicture):
        await keep_picture(b"<svg/>", alt="감", storage=storage)

    assert not await Picture.exists()
    assert not storage.folder.exists()


async def test_there_is_no_row_before_every_file_is_stored(db: str, tmp_path: Path):
    with pytest.raises(StorageFull):
        await keep_picture(a_photo(), alt="감", storage=FullStorage(tmp_path))

    assert not await Picture.exists()


async def test_a_caption_of_more_than_300_letters_is_refused(db: str, storage: FolderStorage):
    with pytest.raises(CaptionTooLong):
        await keep_picture(a_photo(), alt="감" * 301, storage=storage)
