"""The parent and its children: who is told to stop stops, at whatever moment."""

import subprocess
import sys

TOLD_WHILE_A_CHILD_IS_BORN = """
import os, signal, time
from storefront.serving import Household

fork = os.fork

def slow_fork():
    pid = fork()
    if pid:
        os.kill(os.getpid(), signal.SIGTERM)
    else:
        time.sleep(0.3)
    return pid

os.fork = slow_fork
Household({"idle": lambda: time.sleep(60)}).run()
"""


def test_a_word_to_stop_reaches_a_child_that_is_just_being_born():
    ended = subprocess.run([sys.executable, "-c", TOLD_WHILE_A_CHILD_IS_BORN], timeout=30, check=False)

    assert ended.returncode == 0
