"""The city's brand and its villages: on every page, so kept for five seconds per process."""

import time
from dataclasses import dataclass

from villages.city import City
from villages.village import Village, running_villages

SECONDS = 5.0


@dataclass(frozen=True)
class Brand:
    city: City
    villages: list[Village]


class BrandShelf:
    """It is fine for a changed phone number to be five seconds late; prices and stock never pass through here."""

    def __init__(self) -> None:
        self._kept: Brand | None = None
        self._until = 0.0

    async def brand(self) -> Brand:
        now = time.monotonic()
        if self._kept is None or now > self._until:
            city = await City.first().prefetch_related("season_picture") or empty_city()
            self._kept = Brand(city, await running_villages())
            self._until = now + SECONDS
        return self._kept

    def last(self) -> Brand:
        """What was shown last, without asking the database: for the page that says it is away."""
        return self._kept or Brand(empty_city(), [])


def empty_city() -> City:
    """Before the city has written its own row."""
    blank = {
        name: ""
        for name in City._meta.fields_map
        if name not in ("id", "season_picture", "season_picture_id", "is_demo")
    }
    return City(**(blank | {"name": "우리 시", "market_name": "마을장터"}))
