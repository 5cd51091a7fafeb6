"""Memory that a process needed once and needs no longer goes back to the machine.

What Python frees stays with the process: circles of objects until the collector comes round to them, and the rest with
the C library for the next time. After one workbook of ten thousand rows that is tens of megabytes for nothing.
"""

import asyncio
import contextlib
import ctypes
import gc
import logging
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

log = logging.getLogger("jangnal.serving")
EVERY = 10.0  # seconds
WORTH_IT = 8 << 20  # bytes
STATM = Path("/proc/self/statm")
IS_TOLD = STATM.exists()


def give_back(library: ctypes.CDLL | None = None) -> None:
    """Takes some milliseconds for each hundred megabytes. Where the C library has no such call, only the circles go."""
    gc.collect()
    trim: Callable[[int], int] | None = getattr(library or ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


@asynccontextmanager
async def giving_back_spare_memory() -> AsyncIterator[None]:
    """Every ten seconds, where the process has grown; only where Linux tells how large it is."""
    if not IS_TOLD:
        yield
        return
    task = asyncio.create_task(_give_back_for_ever())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _give_back_for_ever() -> None:
    least = resident()
    while True:
        await asyncio.sleep(EVERY)
        try:
            least = look(least)
        except OSError as trouble:  # in a crowd no more files can be opened: it will pass
            log.warning("memory not given back", extra={"facts": {"why": str(trouble)}})


def resident() -> int:
    """Bytes of this process in memory, see proc(5)."""
    return int(STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def look(least: int, *, size: Callable[[], int] = resident, free: Callable[[], None] = give_back) -> int:
    """Give back where we have grown by enough since we were smallest. Returns how small that is from now on."""
    now = size()
    if now <= least + WORTH_IT:
        return min(least, now)
    free()
    return size()
