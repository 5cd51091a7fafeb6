"""How many answers one address gets in a minute: counted in this process alone, so that a read costs no write."""

import math
import time
from typing import NamedTuple

from starlette.requests import Request

from storefront.pages.tries import address_of
from storefront.web import services
from villages.limits import wait_text
from villages.refusals import TooMany

SECONDS = 60.0
MOST_ADDRESSES = 50_000


class Allowed(NamedTuple):
    """Counted under its name, apart from all else."""

    name: str
    most: int


ANSWERS = Allowed("answers", 300)
SEARCHES = Allowed("searches", 600)  # one is asked for with each syllable, and many may share one address


class Pace:
    """One window for everybody, begun anew each minute: bounded memory, and fine to be a little inexact."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._began = 0.0
        self._counts: dict[str, int] = {}

    def count(self, address: str, *, now: float) -> None:
        """Raises `TooMany` past the most of a window."""
        if now - self._began >= SECONDS or len(self._counts) >= MOST_ADDRESSES:
            self._began, self._counts = now, {}
        self._counts[address] = self._counts.get(address, 0) + 1
        if self._counts[address] > self._most:
            wait = max(1, math.ceil(self._began + SECONDS - now))
            raise TooMany(
                f"1분에 {self._most}번까지 요청할 수 있습니다. {wait_text(wait)} 뒤에 다시 해 주세요.",
                retry_after=wait,
            )


def keep_pace(request: Request, allowed: Allowed = ANSWERS) -> None:
    """Count this request of its address. With several web processes each one counts for itself."""
    if not services(request).settings.rate_limits:
        return
    paces: dict[Allowed, Pace] = request.app.state.paces
    if allowed not in paces:
        paces[allowed] = Pace(allowed.most)
    paces[allowed].count(address_of(request), now=time.monotonic())
