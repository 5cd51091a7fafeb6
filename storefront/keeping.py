"""A bounded, short memory of one web process, for what is dear to make and may be a little old."""

import time
from collections import OrderedDict
from collections.abc import Hashable
from typing import Any

from starlette.requests import Request


class Keeping:
    """The most recently used `most` things, each for `seconds`. Prices, stock and seats never pass through here."""

    def __init__(self, *, most: int, seconds: float) -> None:
        self._most = most
        self._seconds = seconds
        self._things: OrderedDict[Hashable, tuple[float, Any]] = OrderedDict()

    def get(self, key: Hashable) -> Any:
        found = self._things.get(key)
        if found is None or found[0] < time.monotonic():
            return None
        self._things.move_to_end(key)
        return found[1]

    def put(self, key: Hashable, thing: Any) -> Any:
        now = time.monotonic()
        self._things[key] = (now + self._seconds, thing)
        self._things.move_to_end(key)
        while len(self._things) > self._most or next(iter(self._things.values()))[0] < now:
            self._things.popitem(last=False)
        return thing


def keeping(request: Request, name: str, *, most: int, seconds: float) -> Keeping:
    """This application's own memory of that name; another application in the same process has another one."""
    state = request.app.state
    kept = getattr(state, f"keeping_{name}", None)
    if kept is None:
        kept = Keeping(most=most, seconds=seconds)
        setattr(state, f"keeping_{name}", kept)
    return kept
