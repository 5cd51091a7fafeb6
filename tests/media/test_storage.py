"""Files are there whole or not at all, and names never leave the folder."""

import errno
import os
from pathlib import Path

import pytest

from media.refusals import StorageFull
from media.storage import FolderStorage, file_name, picture_url, srcset

HASH = "ab" + "0" * 61 + "d"
NAME = file_name(HASH, 640)


@pytest.fixture
def storage(tmp_path: Path) -> FolderStorage:
    return FolderStorage(tmp_path / "media")


def files_in(storage: FolderStorage) -> list[str]:
    return sorted(
        str(path.relative_to(storage.folder)) for path in storage.folder.rglob("*") if path.is_file()
    )


def test_what_was_put_can_be_read(storage: FolderStorage):
    storage.put(NAME, b"webp")

    assert storage.read(NAME) == b"webp"
    assert files_in(storage) == [NAME]


def test_addresses_are_made_of_hash_and_width():
    assert picture_url(HASH, 640) == f"/media/ab/{HASH}-640.webp"
    assert srcset(HASH, 700) == f"/media/ab/{HASH}-320.webp 320w, /media/ab/{HASH}-640.webp 640w"


def test_putting_the_same_file_again_changes_nothing(storage: FolderStorage):
    storage.put(NAME, b"webp")
    storage.put(NAME, b"webp")

    assert files_in(storage) == [NAME]


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        f"ab/../{NAME}",
        f"/ab/{HASH}-640.webp",
        f"cd/{HASH}-640.webp",
        f"ab/{HASH}-640.svg",
        f"ab/{HASH}-0640.webp",
        f"ab/{HASH}-640.webp\n",
        f"ab/{HASH.upper()}-640.webp",
        ".incoming/" + "0" * 32,
    ],
)
def test_a_name_we_did_not_make_is_not_found(storage: FolderStorage, name: str):
    with pytest.raises(FileNotFoundError):
        storage.read(name)
    with pytest.raises(FileNotFoundError):
        storage.put(name, b"x")


def test_a_crash_before_the_rename_leaves_no_half_file_under_the_final_name(storage: FolderStorage):
    child = os.fork()
    if child == 0:
        os.fsync = lambda descriptor: os._exit(9)  # The power goes while the file is being written.
        storage.put(NAME, b"webp" * 100_000)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9

    with pytest.raises(FileNotFoundError):
        storage.read(NAME)
    storage.put(NAME, b"whole")
    assert storage.read(NAME) == b"whole"


def test_a_full_disk_says_so_and_leaves_nothing(storage: FolderStorage, monkeypatch: pytest.MonkeyPatch):
    def no_room(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_room)

    with pytest.raises(StorageFull, match="자리가 모자라"):
        storage.put(NAME, b"webp")
    assert files_in(storage) == []
