"""What a process needed once goes back to the machine."""

import ctypes
import subprocess
import sys

import pytest

from storefront.spare_memory import IS_TOLD, give_back

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
    class Lonely(ctypes.CDLL):
        def __getattr__(self, name: str):
            raise AttributeError(name)

    give_back(Lonely(None))
