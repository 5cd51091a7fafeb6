"""The parent and its children: who is told to stop stops, at whatever moment; and who died is called by his name."""

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

SOMEBODY_ELSES_CHILD = """
import logging, os, signal, subprocess, sys, time
from storefront.serving import Household

class StopsThen(logging.Handler):
    def emit(self, record):
        print(record.facts["process"], flush=True)
        os.kill(os.getpid(), signal.SIGTERM)

logging.getLogger("jangnal.serving").addHandler(StopsThen())
print("pid", subprocess.Popen([sys.executable, "-c", ""]).pid, flush=True)
Household({"idle": lambda: time.sleep(60)}).run()
"""


def test_a_word_to_stop_reaches_a_child_that_is_just_being_born():
    ended = subprocess.run([sys.executable, "-c", TOLD_WHILE_A_CHILD_IS_BORN], timeout=30, check=False)

    assert ended.returncode == 0


def test_a_child_that_is_none_of_ours_is_not_called_by_a_guess():
    said = subprocess.run(
        [sys.executable, "-c", SOMEBODY_ELSES_CHILD], timeout=30, check=True, capture_output=True, text=True
    ).stdout.splitlines()

    assert len(said) == 2 and said[0] == said[1]
