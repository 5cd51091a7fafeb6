"""Where the files of pictures lie, and what they are called."""

import errno
import os
import re
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from media.refusals import StorageFull
from media.resize import widths_for

# Names are made by us and mean nothing to anyone: a hash, a width.
NAME = re.compile(r"([0-9a-f]{2})/(\1[0-9a-f]{62})-([1-9][0-9]{0,3})\.webp", re.ASCII)


class Storage(Protocol):
    """A place for files that are written once. May be slow: call it from a thread, outside transactions."""

    def put(self, name: str, body: bytes) -> None:
        """Keep the file. After it returns the file survives a power cut; before, nobody sees half of it."""
        ...

    def read(self, name: str) -> bytes:
        """Raises FileNotFoundError."""
        ...

    def url(self, name: str) -> str: ...


def file_name(digest: str, width: int) -> str:
    return f"{digest[:2]}/{digest}-{width}.webp"


def picture_url(digest: str, width: int) -> str:
    return f"/media/{file_name(digest, width)}"


def srcset(digest: str, w: int) -> str:
    """The value of an <img srcset> for a picture `w` pixels wide."""
    return ", ".join(f"{picture_url(digest, width)} {width}w" for width in widths_for(w))


class FolderStorage:
    """Files in a folder of this machine.

    A file is written under a passing name in `.incoming`, synced, and then renamed; whatever a crash
    leaves in `.incoming` can be thrown away.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, name: str, body: bytes) -> None:
        target = self._path(name)
        if target.exists():
            return  # The name is the hash of the content.
        try:
            self._write(target, body)
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise StorageFull from error
            raise

    def read(self, name: str) -> bytes:
        return self._path(name).read_bytes()

    def url(self, name: str) -> str:
        return f"/media/{name}"

    def _path(self, name: str) -> Path:
        if not NAME.fullmatch(name):
            raise FileNotFoundError(name)
        return self.folder / name

    def _write(self, target: Path, body: bytes) -> None:
        incoming = self.folder / ".incoming"
        incoming.mkdir(parents=True, exist_ok=True)
        target.parent.mkdir(exist_ok=True)
        passing = incoming / secrets.token_hex(16)
        try:
            with passing.open("xb") as file:
                file.write(body)
                file.flush()
                os.fsync(file.fileno())
            passing.replace(target)
        except BaseException:
            with suppress(OSError):
                passing.unlink(missing_ok=True)
            raise
        _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
