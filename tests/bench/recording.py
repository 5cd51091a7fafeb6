"""Every scenario once in this process: how many statements it sends, and which, for the reference to send too."""

from pathlib import Path

from storefront.db import WEB_SETTINGS, open_database
from tests.bench.catalogue import Catalogue
from tests.bench.journeys import Journey
from tests.bench.reference import Recorded
from tests.bench.scenarios import a_booking, an_order, every_goods, new_lists, programs, searches, seen_lists
from tests.bench.shopper import Lost, Shopper
from tests.bench.statements import Inside, Statement, app_of, heard

ADDRESSES = 20  # of each page, for the reference


class Listener:
    """What is heard while one visitor walks through the site."""

    def __init__(self, data_dir: Path, database_url: str) -> None:
        self._app = app_of(data_dir, database_url)
        self.queries: dict[str, int] = {}
        self.recorded: Recorded = {}
        self.trouble: dict[str, str] = {}

    async def hear_pages(self, code: str, paths: list[str]) -> None:
        """The most that any first visit sends, and under "code again" any later one."""
        visitor = Shopper(Inside(self._app))
        try:
            await visitor.go("/cart")
            first = [await self._page(visitor, path) for path in paths[:ADDRESSES]]
            again = [await self._page(visitor, path) for path in paths[:ADDRESSES]]
        except Lost as lost:
            self.trouble[code] = str(lost)
            return
        self.queries[f"{code} first"] = max(map(len, first))
        self.queries[code] = max(map(len, again))
        self.recorded[code] = again

    async def hear_journey(self, code: str, journey: Journey) -> None:
        visitor = Shopper(Inside(self._app))
        try:
            await journey.get_ready(visitor)
            with heard() as sent:
                await journey.to_the_last_page(visitor)
                before = len(sent)
                placed = await journey.place(visitor)
                self.queries[f"{code} placing"] = len(sent) - before
                await journey.see_the_order(visitor, placed)
                self.queries[code] = len(sent)
        except Lost as lost:
            self.trouble[code] = str(lost)

    async def _page(self, visitor: Shopper, path: str) -> list[Statement]:
        with heard() as sent:
            await visitor.go(path)
        return sent


async def listen(data_dir: Path, database_url: str, catalogue: Catalogue) -> Listener:
    listener = Listener(data_dir, database_url)
    async with open_database(database_url, timeouts=WEB_SETTINGS):
        await listener.hear_pages("W1", every_goods(catalogue))
        await listener.hear_pages("W2", seen_lists())
        await listener.hear_pages("W2 cold", new_lists())
        await listener.hear_pages("W3", searches())
        await listener.hear_pages("B1", programs(catalogue))
        await listener.hear_journey("W4", an_order(catalogue, 0))
        await listener.hear_journey("B4", a_booking(catalogue, 0))
    return listener
