"""The door that all web processes share."""

import socket
import sys

WAITING = 2048  # connections that may wait at each listener


class PortTaken(Exception):
    """Its text is one clear line."""


def listeners(host: str, port: int, *, count: int) -> list[socket.socket]:
    """One for each web process, all at the same port (any free one for 0); they listen at once, so that a person who
    comes early waits instead of being refused.

    Where processes share a listener, the one that wakes first takes every connection that comes in a quiet moment, and
    those that stay open keep it busy while its sibling has nothing to do. Linux spreads connections over listeners of
    their own (SO_REUSEPORT); what waits at the listener of a process that died is served by the one started in its
    place. Elsewhere they share one. Raises `PortTaken`.
    """
    spread = sys.platform == "linux" and count > 1
    # Without SO_REUSEPORT first: with it a second shop would join the first one instead of being told.
    alone = _bound(host, port, spread=False)
    if not spread:
        alone.listen(WAITING)
        return [alone] * count
    found = alone.getsockname()[1]
    alone.close()
    doors = [_bound(host, found, spread=True) for _ in range(count)]
    for door in doors:
        door.listen(WAITING)
    return doors


def _bound(host: str, port: int, *, spread: bool) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    door = socket.socket(family, socket.SOCK_STREAM)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if spread:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        door.bind((host, port))
    except OSError as taken:
        door.close()
        raise PortTaken(
            f"Port {port} on {host} cannot be used ({taken.strerror}). Stop what runs there, or choose another: PORT=8001 make run"
        ) from taken
    return door
