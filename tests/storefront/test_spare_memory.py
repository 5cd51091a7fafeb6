"""What a process needed once goes back to the machine."""

import ctypes
import gc
import subprocess
import sys
import weakref

import pytest

from storefront.spare_memory import IS_TOLD, give_back, look

# In a process of its own: what an earlier test has freed would be taken first, and nothing would grow.
CIRCLES = """
from storefront.spare_memory import give_back, resident

class Circle:
    def __init__(self):
        self.own = [self, bytearray(600)]

before = resident()
held = [Circle() for _ in range(60_000)]
largest = resident()
held.clear()
give_back()
print(largest - before, resident() - before)
"""


@pytest.mark.skipif(sys.platform != "linux" or not IS_TOLD, reason="only Linux tells")
@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="only glibc gives back")
def test_circles_nobody_holds_go_back_to_the_machine():
    said = subprocess.run([sys.executable, "-c", CIRCLES], capture_output=True, text=True, check=True).stdout

    needed, kept = map(int, said.split())
    assert needed > 60_000 * 600
    assert kept < needed / 4


def test_without_the_librarys_help_the_circles_still_go():
    class Circle:
        def __init__(self) -> None:
            self.own = self

    class Lonely(ctypes.CDLL):
        def __getattr__(self, name: str):
            raise AttributeError(name)

    gc.disable()
    try:
        circle = Circle()
        gone = weakref.ref(circle)
        del circle
        stays = gone() is not None

        give_back(Lonely(None))
    finally:
        gc.enable()

    assert stays and gone() is None


def test_growth_is_counted_from_when_the_process_was_smallest():
    megabytes = iter([50, 59, 51, 52])
    freed = []

    def size() -> int:
        return next(megabytes) << 20

    least = look(60 << 20, size=size, free=lambda: freed.append("small"))
    least = look(least, size=size, free=lambda: freed.append("grown"))

    assert (freed, least) == (["grown"], 51 << 20)
    assert look(least, size=size, free=lambda: freed.append("a little")) == 51 << 20
    assert freed == ["grown"]
