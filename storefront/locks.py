"""Locks on files, which the kernel drops when their holder dies, and waiting for them."""

import fcntl
import os
import time
from collections.abc import Callable
from pathlib import Path


def open_lock(path: Path) -> int:
    return open_private(path, os.O_RDWR)


def open_private(path: Path, flags: int) -> int:
    """A descriptor of a 0600 file, made when missing; it is not inherited by the programs we start."""
    new = not path.exists()
    fd = os.open(path, flags | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    if new:
        give_to_folders_owner(path)
    return fd


def locked(fd: int, kind: int) -> bool:
    """Takes the lock (LOCK_SH or LOCK_EX) if it is free; what `fd` held before is given up either way."""
    try:
        fcntl.flock(fd, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def came_true(condition: Callable[[], bool], *, seconds: float) -> bool:
    ends = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > ends:
            return False
        time.sleep(0.02)
    return True


def give_to_folders_owner(path: Path) -> None:
    """What root makes in a user's folder must stay usable for that user."""
    if os.geteuid() == 0:
        owner = path.parent.stat()
        os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)
