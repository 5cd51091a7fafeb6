"""The small process that keeps the private PostgreSQL: it stops the server when its last user has gone.

Run as a script, with nothing of the project imported: `cluster_watch.py WATCH_FD USERS_LOCK UID GID SERVER…`.

Every process that uses the cluster holds a shared flock on USERS_LOCK. This one waits for the exclusive lock,
which the kernel grants when the last holder has left or died, by whatever signal. WATCH_FD is an exclusive
flock inherited from the starter; it falls when this process ends: who finds it free knows that nobody keeps
the server.
"""

# ruff: noqa: S603  the program to start is the one this script is for

import fcntl
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

FAST_SHUTDOWN = signal.SIGINT
IMMEDIATE_SHUTDOWN = signal.SIGQUIT
PATIENCE = 30.0  # seconds for the fast shutdown; then the immediate one, from which the next start recovers
LIVED = 2.0  # a server that ran this many seconds had started well
TRIES = 20  # after a crash of the server, whose last children may hold its memory for a moment


def main() -> None:
    _become_nobodys_child()
    watch_fd, users_lock, uid, gid, *command = sys.argv[1:]
    os.set_inheritable(int(watch_fd), False)
    # Ctrl-C and a service manager's SIGTERM are for the users of the server; it must outlive them.
    # Functions rather than SIG_IGN, which the server would inherit.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(number, lambda *_: None)
    keeper = Keeper(command, int(uid) if uid else None, int(gid) if gid else None)
    threading.Thread(target=keeper.stop_after_the_last, args=(users_lock,), daemon=True).start()
    keeper.keep()


def _become_nobodys_child() -> None:
    """Out of the starter's family: who kills that whole tree must not kill the keeper of others."""
    if os.fork():
        os._exit(0)
    os.setsid()
    os.chdir("/")


class Keeper:
    def __init__(self, command: list[str], uid: int | None, gid: int | None) -> None:
        self.command, self.uid, self.gid = command, uid, gid
        self.server: subprocess.Popen | None = None
        self.stopping = threading.Event()
        self.changing = threading.Lock()

    def keep(self) -> None:
        """Run the server until it is stopped; start it again when it dies of a crash or a kill."""
        tries = TRIES
        while tries:
            began = time.monotonic()
            with self.changing:
                if self.stopping.is_set():
                    return
                self.server = self._start()
            code = self.server.wait()
            lived = time.monotonic() - began > LIVED
            # A server that gives up by itself at its first start will not do better; one that was killed will.
            gave_up = tries == TRIES and not lived and code > 0
            if self.stopping.is_set() or code == 0 or gave_up:
                return
            tries = TRIES - 1 if lived else tries - 1
            time.sleep(0.25)

    def stop_after_the_last(self, users_lock: str) -> None:
        fd = os.open(users_lock, os.O_RDWR | os.O_CLOEXEC)
        fcntl.flock(fd, fcntl.LOCK_EX)  # held until this process ends: who comes now waits, then starts anew
        with self.changing:
            self.stopping.set()
            server = self.server
        if server is None:
            return
        for shutdown in (FAST_SHUTDOWN, IMMEDIATE_SHUTDOWN):
            server.send_signal(shutdown)
            ends = time.monotonic() + PATIENCE
            while server.poll() is None and time.monotonic() < ends:
                time.sleep(0.02)
        server.kill()

    def _start(self) -> subprocess.Popen:
        account: dict[str, Any] = (
            {} if self.uid is None else {"user": self.uid, "group": self.gid, "extra_groups": []}
        )
        return subprocess.Popen(
            self.command, start_new_session=True, preexec_fn=_stopped_with_its_keeper(), **account
        )


def _stopped_with_its_keeper() -> Callable[[], object] | None:
    """Linux sends the server its shutdown signal when this process dies, even by kill -9."""
    if sys.platform != "linux":
        return None
    try:
        import ctypes
    except ImportError:  # a Python built without libffi
        return None
    prctl, set_parent_death_signal = ctypes.CDLL(None).prctl, 1
    return lambda: prctl(set_parent_death_signal, int(FAST_SHUTDOWN))


if __name__ == "__main__":
    main()
