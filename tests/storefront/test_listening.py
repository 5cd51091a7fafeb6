"""The port that web processes share."""

import select
import socket
import sys
from contextlib import ExitStack

import pytest

from storefront.listening import PortTaken, listeners

HOST = "127.0.0.1"
CONNECTIONS = 128


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the processes share one listener")
def test_connections_are_spread_over_the_listeners_of_all_processes():
    with ExitStack() as stack:
        doors = [stack.enter_context(door) for door in listeners(HOST, 0, count=2)]
        assert doors[0].getsockname() == doors[1].getsockname()

        for _ in range(CONNECTIONS):
            stack.enter_context(socket.create_connection(doors[0].getsockname()))

        taken = [len([stack.enter_context(caller) for caller in waiting_at(door)]) for door in doors]
        assert sum(taken) == CONNECTIONS
        assert min(taken) > CONNECTIONS // 8, f"{taken} of {CONNECTIONS}"  # by chance: one in 10²³


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("first", [1, 2])
def test_a_second_shop_is_told_that_the_port_is_taken(first: int, count: int):
    with ExitStack() as stack:
        doors = [stack.enter_context(door) for door in listeners(HOST, 0, count=first)]

        with pytest.raises(PortTaken, match="PORT=8001"):
            listeners(HOST, doors[0].getsockname()[1], count=count)


def waiting_at(door: socket.socket) -> list[socket.socket]:
    """All that wait there now."""
    callers = []
    while select.select([door], [], [], 0)[0]:
        callers.append(door.accept()[0])
    return callers
