"""The city's brand and its villages: on every page, so kept for five seconds per process."""

import time
from dataclasses import dataclass

from tortoise import connections

from villages.city import City
from villages.village import Village, running_villages

SECONDS = 5.0
CHIPS = 12  # as many villages as a person looks through in a row; the others are in the directory


@dataclass(frozen=True, eq=False)
class Brand:
    """One state of both; while nothing changes it is the same object, so that what was made of it can be kept."""

    city: City
    villages: list[Village]

    @property
    def chips(self) -> list[Village]:
        """The villages that every page offers."""
        return self.villages[:CHIPS]


class BrandShelf:
    """It is fine for a changed phone number to be five seconds late; prices and stock never pass through here."""

    def __init__(self) -> None:
        self._kept: Brand | None = None
        self._stamp = ""
        self._until = 0.0

    async def brand(self) -> Brand:
        now = time.monotonic()
        if self._kept is None or now > self._until:
            # Asked before the rows: what changes in between is seen at the next look.
            stamp = (await connections.get("default").execute_query_dict(STAMP))[0]["stamp"]
            if self._kept is None or stamp != self._stamp:
                city = await City.first().prefetch_related("season_picture") or empty_city()
                self._kept, self._stamp = Brand(city, await running_villages()), stamp
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


# A row's xmin is another one after every change of it.
STAMP = """
SELECT concat_ws(' ', (SELECT string_agg(xmin::text, ' ') FROM city),
                 (SELECT string_agg(id || ':' || xmin, ' ' ORDER BY id) FROM villages WHERE state = 'running')) AS stamp
"""
