"""Filters, counts and orders of what was found: of goods, programs and villages alike."""

from datetime import date

import pytest

from market.filters import Filters, Sort
from market.finding.entries import Findable
from market.finding.index import Wanted
from market.finding.postgres_index import PostgresIndex
from market.finding.upkeep import index_changed_listings
from market.program_cards import program_cards
from tests.builders import NOW, a_program, a_village, goods
from villages.listings import Certificate, Listing, Publication
from villages.programs import Participant, ParticipantPrice

THIS_MONTH = 11


@pytest.fixture
async def index(db: str) -> PostgresIndex:
    here, there = await a_village("내장산마을"), await a_village("옥정호마을")
    apples = await goods("꿀사과 5kg", village=here, price=35_000, season_months=[THIS_MONTH], popularity=1)
    await goods("사과즙", village=there, price=20_000, popularity=9)
    await goods("사과식초", village=there, price=12_000, left=0, popularity=99)
    program = await a_program("사과 따기 체험", village=there)
    await ParticipantPrice.filter(listing_id=program.id).update(price=60_000)
    await Listing.filter(name="사과즙").update(category="즙·음료", version=2)
    await Certificate.create(listing_id=apples.listing_id, kind="GAP", number="1", ends_on=date(2027, 1, 1))
    while await index_changed_listings(NOW):
        pass
    return PostgresIndex()


async def names(
    index: PostgresIndex, sort: Sort | None = None, *, kind: Findable | None = None, **filters
) -> list[str]:
    wanted = Wanted("사과", kind=kind, filters=Filters(**filters), sort=sort)
    return [item.name for item in (await index.search(wanted, now=NOW)).items]


async def test_every_filter_of_the_goods_list_narrows_a_search(index: PostgresIndex):
    assert await names(index, certificate="GAP") == ["꿀사과 5kg"]
    assert await names(index, least=30_000, most=50_000) == ["꿀사과 5kg"]
    assert await names(index, in_season=True) == ["꿀사과 5kg"]
    assert await names(index, category="즙·음료") == ["사과즙"]
    assert await names(index, certificate="없는 인증") == []
    assert "사과식초" not in await names(index, this_week=True)


async def test_a_search_can_be_ordered_with_what_is_sold_out_last(index: PostgresIndex):
    assert await names(index, Sort.price, kind=Findable.goods) == ["사과즙", "꿀사과 5kg", "사과식초"]
    assert await names(index, Sort.popular, kind=Findable.goods) == ["사과즙", "꿀사과 5kg", "사과식초"]
    assert (await names(index, Sort.season))[0] == "꿀사과 5kg"
    assert (await names(index, Sort.soon))[-1] == "사과식초"


async def test_a_program_is_filtered_and_ordered_by_the_price_on_its_card(index: PostgresIndex):
    """An infant who costs nothing makes no stay of 80,000 won cheap."""
    stay = await a_program("사과밭 민박", prices={Participant.infant: 0, Participant.room: 80_000})
    while await index_changed_listings(NOW):
        pass

    (card,) = await program_cards(now=NOW, most=1, ids=[stay.listing_id])

    assert card.price == 80_000
    assert "사과밭 민박" not in await names(index, most=30_000)
    assert "사과밭 민박" in await names(index, least=50_000, most=100_000)
    assert (await names(index, Sort.price, kind=Findable.program))[-1] == "사과밭 민박"


async def test_counts_say_what_a_further_filter_would_leave(index: PostgresIndex):
    found = await index.search(Wanted("사과", filters=Filters(in_season=True)), now=NOW)

    assert found.total == 1 and found.in_season == 1
    assert [(facet.value, facet.count) for facet in found.certificates] == [("GAP", 1)]
    assert [facet.count for facet in found.prices] == [0, 1, 0, 0, 0]
    assert {facet.value: facet.count for facet in found.kinds} == {"goods": 1}

    everything = await index.search(Wanted("사과"), now=NOW)
    assert {facet.value: facet.count for facet in everything.kinds} == {"goods": 3, "program": 1}
    assert sum(facet.count for facet in everything.prices) == 4


async def test_pages_follow_one_another_without_gap_or_repetition(index: PostgresIndex):
    whole = await names(index)
    pages = [await index.search(Wanted("사과", offset=at, limit=1), now=NOW) for at in range(5)]

    assert [item.name for page in pages for item in page.items] == whole
    assert {page.total for page in pages} == {4}
    assert (await index.search(Wanted("사과", offset=24_000_000), now=NOW)).items == ()


async def test_what_is_gone_makes_room_on_the_page_for_the_next(index: PostgresIndex):
    first, second, *_ = await names(index)

    await Publication.filter(listing__name=first).delete()

    found = await index.search(Wanted("사과", limit=1), now=NOW)
    assert [item.name for item in found.items] == [second] and found.total == 3
