"""Pictures we keep: a row for each, its files in the storage."""

import asyncio

from tortoise import fields
from tortoise.models import Model

from media.darkroom import develop
from media.refusals import CaptionTooLong, PictureRefused, StorageFull
from media.resize import PreparedPicture, widths_for
from media.storage import Storage, file_name, picture_url, srcset

__all__ = ["Picture", "PictureRefused", "StorageFull", "keep_picture", "keep_prepared"]

ALT_LENGTH = 300


class Picture(Model):
    """A photograph without its secrets. Written once; its files are there before the row is."""

    id = fields.IntField(primary_key=True)
    hash = fields.CharField(max_length=64, unique=True)
    alt = fields.CharField(max_length=ALT_LENGTH)
    w = fields.IntField()
    h = fields.IntField()
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        app = "media"
        table = "pictures"

    def url(self, width: int = 640) -> str:
        """The address of the smallest file at least `width` pixels wide, or of the widest there is."""
        kept = widths_for(self.w)
        return picture_url(self.hash, next((each for each in kept if each >= width), kept[-1]))

    @property
    def srcset(self) -> str:
        return srcset(self.hash, self.w)


async def keep_picture(body: bytes, *, alt: str, storage: Storage) -> Picture:
    """Check and re-encode a stranger's file, then keep it.

    The same pixels again give the same row, with the words of the first time. Not for use inside a
    transaction: it waits for a process and for a disk. Raises PictureRefused, StorageFull.
    """
    if len(" ".join(alt.split())) > ALT_LENGTH:
        raise CaptionTooLong
    return await keep_prepared(await develop(body), alt=alt, storage=storage)


async def keep_prepared(prepared: PreparedPicture, *, alt: str, storage: Storage) -> Picture:
    """Keep the files, then the row, so that a crash in between leaves files nobody knows of, never a gap."""
    await asyncio.to_thread(_store, prepared, storage)
    picture = Picture(hash=prepared.hash, alt=" ".join(alt.split()), w=prepared.w, h=prepared.h)
    await Picture.bulk_create([picture], ignore_conflicts=True)
    return await Picture.get(hash=prepared.hash)


def _store(prepared: PreparedPicture, storage: Storage) -> None:
    for width, body in prepared.variants.items():
        storage.put(file_name(prepared.hash, width), body)
