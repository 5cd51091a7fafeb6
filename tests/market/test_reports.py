"""The city's figures: what was sold, where and when, against targets and the year before; level by level the same."""

from datetime import date, datetime, timedelta

import pytest

from market.deposits import confirm_deposit
from market.figures import Target
from market.offline_sales import record_sale
from market.orders import Channel, Tender
from market.periods import PeriodName, days_between, named_period
from market.quotes import Basket
from market.reports import EVERY_OFFLINE, EVERY_ONLINE, Report, Scope, sales_report
from market.village_figures import Figures, Lens, days_of, months_of, sales_of
from tests.builders import NOW, NUMBERS, a_person, a_program, a_village, an_order, goods
from villages.days import seoul_day
from villages.programs import Participant
from villages.village import Village, VillageState

TODAY = seoul_day(NOW)
THIS_YEAR = named_period(PeriodName.this_year, today=TODAY)


async def sell(variant, count: int = 1, *, on: datetime = NOW, channel: Channel = Channel.stall) -> None:
    person = await a_person()
    await variant.fetch_related("listing")
    await record_sale(
        Basket({variant.id: count}, {}), village_id=variant.listing.village_id, key=f"sale {next(NUMBERS)}", channel=channel,
        tender=Tender.cash, person_id=person.id, by=f"person {person.id}", now=on,
    )  # fmt: skip


async def buy(*wanted, seats=None, on: datetime = NOW) -> None:
    placed = await an_order(*wanted, seats=seats, now=on)
    await confirm_deposit(placed.order.number, amount=placed.order.total, by="person 1", now=on)


async def two_villages() -> tuple[Village, Village]:
    """Sales of two villages: this year, this month and a year ago, online and offline, goods and seats."""
    maple, lake = await a_village("내장산마을", slug="maple"), await a_village("옥정호마을", slug="lake")
    apples = await goods("꿀사과 5kg", village=maple, left=100, price=35_000)
    rice = await goods("햅쌀 10kg", village=lake, left=100, price=42_000)
    pounding = await a_program("떡메치기", village=maple, starts_at=NOW + timedelta(days=9))
    await sell(apples, 2, on=NOW - timedelta(days=365))
    await sell(apples, 3, on=NOW - timedelta(days=60), channel=Channel.festival)
    await sell(apples, 1)
    await buy((rice, 2), apples, seats={pounding.id: {Participant.adult: 2, Participant.child: 1}})
    return maple, lake


async def report(**asked) -> Report:
    return await sales_report(Scope(**{"period": THIS_YEAR, **asked}))


async def test_online_and_offline_are_the_whole(db):
    await two_villages()

    found = await report()

    assert [(v.slug, v.online, v.offline, v.total) for v in found.villages] == [
        ("maple", 60_000, 140_000, 200_000),
        ("lake", 84_000, 0, 84_000),
    ]
    assert found.total == 284_000
    assert found.heads == 3
    assert all(v.online + v.offline == v.total for v in found.villages)


async def test_postage_stands_apart(db):
    await two_villages()

    found = await report()

    assert sum(v.postage for v in found.villages) > 0
    assert found.total == 3 * 35_000 + 35_000 + 35_000 + 2 * 42_000 + 25_000


async def test_last_year_is_the_same_days(db):
    await two_villages()

    assert (await report()).last_year == 70_000
    assert (await report(period=named_period(PeriodName.last_month, today=TODAY))).last_year == 0
    assert (await report(period=named_period(PeriodName.last_year, today=TODAY))).total == 70_000


async def test_months_hold_the_whole_year_and_the_year_before(db):
    await two_villages()

    months = (await report()).months

    assert sum(month.total for month in months) == 284_000
    assert (months[8].total, months[10].total) == (105_000, 179_000)
    assert months[10].last_year == 70_000


@pytest.mark.parametrize(
    ("asked", "total"),
    [
        ({"channel": EVERY_ONLINE}, 144_000),
        ({"channel": EVERY_OFFLINE}, 140_000),
        ({"channel": "festival"}, 105_000),
        ({"kind": "program"}, 25_000),
        ({"kind": "goods"}, 259_000),
        ({"village": "lake"}, 84_000),
        ({"village": "maple", "channel": "online", "kind": "goods"}, 35_000),
    ],
)
async def test_filters_narrow_the_figures(db, asked, total):
    await two_villages()

    found = await report(**asked)

    assert found.total == total
    assert sum(month.total for month in found.months) == total


async def test_the_plan_is_the_targets_until_today(db):
    maple, _ = await two_villages()
    await Target.create(village=maple, month=date(2026, 10, 1), amount=1_000_000)
    await Target.create(village=maple, month=date(2026, 11, 1), amount=3_000_000)
    await Target.create(village=maple, month=date(2026, 12, 1), amount=500_000)

    found = await report()

    assert (found.goal, found.plan) == (4_500_000, 1_000_000 + 2_100_000)
    assert (await report(channel="stall")).goal is None


async def test_a_village_that_only_stands_in_the_directory_is_not_listed(db):
    await a_village("이웃마을", state=VillageState.neighbour)
    await a_village("새마을", slug="new")

    found = await report()

    assert [village.slug for village in found.villages] == ["new"]
    assert [village.slug for village in found.all_villages] == ["new"]


async def test_best_sellers_are_held_against_finished_months_only(db):
    await two_villages()

    sellers = (await report()).sellers

    assert [(seller.name, seller.amount, seller.units) for seller in sellers] == [
        ("꿀사과 5kg", 175_000, 5),
        ("햅쌀 10kg", 84_000, 2),
        ("떡메치기", 25_000, 3),
    ]
    assert (sellers[0].comparable, sellers[0].before) == (105_000, None)


async def test_an_unknown_village_means_all(db):
    await two_villages()

    found = await report(village="nowhere")

    assert found.village is None
    assert found.total == 284_000


async def test_the_number_of_queries_does_not_grow(db, queries):
    await two_villages()
    queries.clear()

    await report()

    assert len(queries) == 3


@pytest.mark.parametrize(
    "lens", [Lens(), Lens(channel=EVERY_OFFLINE), Lens(kind="program"), Lens(kind="goods", channel="online")]
)
async def test_every_level_adds_up_to_the_one_above(db, lens):
    maple, _ = await two_villages()

    above = (await report(village="maple", channel=lens.channel, kind=lens.kind)).villages[0]
    months = await months_of(maple.id, 2026, lens)
    for month in months:
        days = await days_of(maple.id, month.month, lens)
        assert sum((day.figures for day in days), Figures()) == month.figures
        for day in days:
            sold = await sales_of(maple.id, day.day, lens)
            assert sold.figures == day.figures
            assert sum(sale.total for sale in sold.sales) == day.figures.total
            assert sum(sale.heads for sale in sold.sales) == day.figures.heads

    whole = sum((month.figures for month in months), Figures())
    assert (whole.total, whole.online, whole.offline, whole.postage, whole.heads) == (
        above.total, above.online, above.offline, above.postage, above.heads,
    )  # fmt: skip
    assert whole.goods + whole.programs == whole.total


async def test_days_of_ones_own_choice_cut_months(db):
    await two_villages()
    day = seoul_day(NOW - timedelta(days=60))

    assert (await report(period=days_between(day, day, today=TODAY))).total == 105_000
