"""Loading the demo city into an empty database, the same for the same day."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from tortoise import connections
from tortoise.transactions import in_transaction

from market.dispatch_limits import set_usual
from market.finding.upkeep import index_changed_listings
from market.popularity import count_popularity
from storefront.demo import DemoRefused
from storefront.demo.art import develop_all
from storefront.demo.goods import catalogue, load_goods
from storefront.demo.history import load_history, months_before
from storefront.demo.neighbours import load_neighbours
from storefront.demo.people import PEOPLE, load_people
from storefront.demo.pictures import Develop, drawings, hang, keep_all
from storefront.demo.programs import load_bus, load_programs
from storefront.demo.recent import load_recent
from storefront.demo.search_words import load_search_words
from storefront.demo.season_banner import hang_banner
from storefront.demo.settlements import load_statements
from storefront.demo.villages import (
    PARCELS_A_DAY,
    VILLAGES,
    load_city,
    load_commission,
    load_targets,
    load_villages,
)
from storefront.services import Services
from villages.city import City
from villages.days import seoul_day, seoul_moment
from villages.listings import Kind, Listing
from villages.people import Person
from villages.publications import publish
from villages.seals import seal_acts
from villages.village import Village, VillageState

Progress = Callable[[str, int, int], None]
MORNING = 10
"""The hour of Seoul at which the demo of a given day stands."""


@dataclass(frozen=True)
class DemoReport:
    villages: int
    neighbours: int
    goods: int
    programs: int
    pictures: int
    past_sales: int
    recent_orders: int


async def load_demo(
    services: Services,
    *,
    password: str,
    today: date | None = None,
    history_months: int = 24,
    progress: Progress,
    develop: Develop = develop_all,
) -> DemoReport:
    """Fill an empty database with Jeongeup's three villages and their last `history_months`: all of it, or nothing.

    `progress` hears the step's name, how much is done and how much there is. Takes most of a minute, for the pictures.
    Raises `DemoRefused`.
    """
    now = seoul_moment(today, MORNING) if today else datetime.now(UTC)
    first = months_before(seoul_day(now), history_months)
    codes = [row.id for kind in ("goods", "program") for row in catalogue(kind)]
    drawn = drawings(codes, [village["slug"] for village in VILLAGES])
    async with in_transaction() as db:
        await db.execute_query("SELECT pg_advisory_xact_lock(20261122)")
        if await Village.exists():
            raise DemoRefused(
                "견본은 빈 데이터베이스에만 넣을 수 있습니다. 이 데이터베이스에는 이미 마을이 있습니다."
            )
        progress("사진 그리기", 0, len(drawn))
        # Beside everything else: the drawings keep the other processors busy for most of the time.
        developing = asyncio.create_task(asyncio.to_thread(develop, drawn))
        try:
            city, villages, people, listings = await _load_offers(services, password, first, now, progress)
            operators = {
                villages[demo.village].id: people[name] for name, demo in PEOPLE.items() if demo.village
            }
            staff = {"operators": operators, "officer": people["officer"]}
            terms = {"secret": services.settings.secret_key, "holds": services.holds, "now": now}
            await load_commission(first)
            past = await load_history(
                **staff, **terms, shopper=people["shopper"], first=first, progress=progress
            )
            await load_targets(villages, first=first, last=seoul_day(now))
            developed = await developing
        finally:
            developing.cancel()
        kept = await keep_all(
            developed, drawn, services.storage, lambda done: progress("사진 그리기", done, len(drawn))
        )
        await hang(kept, listings, list(villages.values()), city)
        await hang_banner(city, today=seoul_day(now))
        await _publish(listings, operators, now, progress)
        await count_popularity(now)
        recent = await load_recent(
            **staff, **terms, progress=lambda done, whole: progress("오늘의 주문", done, whole)
        )
        await load_bus(villages["내장산마을"], by=f"person {people['naejangsan'].id}", now=now)
        await _limit_parcels(list(villages.values()), operators, now=now)
        await load_statements(operators, officer=people["officer"], first=first, today=seoul_day(now))
        await load_search_words(officer=people["officer"].id, now=now, today=seoul_day(now))
        neighbours = await Village.filter(state=VillageState.neighbour).count()
    while await seal_acts():
        pass
    # The first visitors search before the worker has been round, and PostgreSQL at the new rows.
    while await index_changed_listings(now):
        pass
    await connections.get("default").execute_query("ANALYZE")
    goods = sum(listing.kind == Kind.goods for listing in listings)
    return DemoReport(len(villages), neighbours, goods, len(listings) - goods, len(kept), past, recent)


async def _load_offers(
    services: Services, password: str, first: date, now: datetime, progress: Progress
) -> tuple[City, dict[str, Village], dict[str, Person], list[Listing]]:
    """The city, the villages by name, the people by name, and all listings as drafts."""
    city, villages = await load_city(), await load_villages()
    people = await load_people(villages, password_hash=await services.passwords.make(password))
    progress("마을과 사람", len(villages), len(villages))
    await load_neighbours()
    goods = await load_goods(villages, now=now)
    programs = await load_programs(villages, first=first, now=now)
    progress("특산물과 체험", len(goods) + len(programs), len(goods) + len(programs))
    return city, villages, people, [*goods, *programs]


async def _limit_parcels(villages: list[Village], operators: dict[int, Person], *, now: datetime) -> None:
    """One village packs by hand, and says how many parcels leave on a day."""
    for village in villages:
        if village.slug in PARCELS_A_DAY:
            by = f"person {operators[village.id].id}"
            await set_usual(village.id, PARCELS_A_DAY[village.slug], village_ids=[village.id], by=by, now=now)


async def _publish(
    listings: list[Listing], operators: dict[int, Person], now: datetime, progress: Progress
) -> None:
    for done, listing in enumerate(listings, start=1):
        operator = operators[listing.village_id]
        await publish(listing.id, village_ids=[listing.village_id], person_id=operator.id, now=now)
        progress("판매 시작", done, len(listings))
