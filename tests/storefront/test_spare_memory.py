"""What a process needed once goes back to the machine."""

import ctypes
import sys

import pytest

from storefront.spare_memory import IS_TOLD, give_back, resident

OBJECTS = 400_000


class Circle:
    def __init__(self, size: int) -> None:
        self.own = [self, "x" * size]


@pytest.mark.skipif(sys.platform != "linux" or not IS_TOLD, reason="only Linux tells")
@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="only glibc gives back")
def test_circles_nobody_holds_go_back_to_the_machine():
    before = resident()
    held = [Circle(600) for _ in range(OBJECTS)]
    largest = resident()
    assert largest - before > OBJECTS * 600, "the test itself needs memory"

    held.clear()
    give_back()

    assert resident() - before < (largest - before) / 4


def test_without_the_librarys_help_the_circles_still_go():
    class Lonely(ctypes.CDLL):
        def __getattr__(self, name: str):
            raise AttributeError(name)

    give_back(Lonely(None))
