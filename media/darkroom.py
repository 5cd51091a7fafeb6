"""Prepares a stranger's picture in a child process that is stopped when it takes too long or too much.

A 200 kB progressive JPEG can keep a decoder busy for minutes, and a thread cannot be stopped.
"""

import asyncio
import json
import sys
from weakref import WeakKeyDictionary

from media import refusals, resize
from media.apart import ask_child, limit_child
from media.refusals import PictureBroken, PictureRefused, PictureTooHeavy, PictureTooSlow
from media.resize import PreparedPicture

SECONDS = 6
MEMORY_BYTES = 1536 * 1024 * 1024
AT_ONCE = 2

# One per event loop, because a semaphore belongs to the loop that first waited on it.
_places: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


async def develop(body: bytes) -> PreparedPicture:
    """`resize.prepare`, but answers within `SECONDS` whatever the bytes are. Raises PictureRefused."""
    if len(body) > resize.MAX_BYTES:
        raise PictureTooHeavy
    try:
        async with asyncio.timeout(SECONDS), _place():
            answer = await ask_child(__name__, body)
    except TimeoutError as error:
        raise PictureTooSlow from error
    return _unpacked(answer)


def _place() -> asyncio.Semaphore:
    return _places.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(AT_ONCE))


def main() -> None:
    """The child: a body on stdin, one JSON line and the files behind it on stdout."""
    limit_child(seconds=SECONDS, memory_bytes=MEMORY_BYTES)
    try:
        prepared = resize.prepare(sys.stdin.buffer.read())
    except PictureRefused as refusal:
        head, files = {"refused": type(refusal).__name__}, []
    else:
        files = list(prepared.variants.values())
        head = {
            "hash": prepared.hash,
            "w": prepared.w,
            "h": prepared.h,
            "sizes": {width: len(file) for width, file in prepared.variants.items()},
        }
    sys.stdout.buffer.write(b"".join([json.dumps(head).encode(), b"\n", *files]))


def _unpacked(answer: bytes) -> PreparedPicture:
    line, _, files = answer.partition(b"\n")
    if not line:
        # The child died: out of memory, out of CPU time, or a fault inside a decoder.
        raise PictureBroken
    head = json.loads(line)
    if "refused" in head:
        raise getattr(refusals, head["refused"])
    variants, start = {}, 0
    for width, size in head["sizes"].items():
        variants[int(width)] = files[start : start + size]
        start += size
    return PreparedPicture(head["hash"], head["w"], head["h"], variants)
