"""보내는 날: what is promised on each day, another number for one, and orders by the day they leave."""

from datetime import UTC, date, datetime, timedelta

from market.deliveries import PostageTerms, ship_day
from market.deposits import confirm_deposit
from market.dispatch_days import DispatchDay
from market.dispatch_limits import set_day, set_usual
from market.orders import Part
from tests.builders import NOW, a_village, an_order, goods, rows
from villages.days import SEOUL, seoul_day
from villages.notices import Notice
from villages.people import Role
from villages.village import Village

MONDAY, TUESDAY, WEDNESDAY = date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 25)
"""NOW is a Saturday."""


def today() -> date:
    return seoul_day(datetime.now(UTC))


def next_ship_day() -> date:
    return ship_day(datetime.now(UTC), PostageTerms())


async def own_days() -> dict[date, tuple[int | None, int]]:
    return {row.day: (row.capacity, row.promised) for row in await DispatchDay.all().order_by("day")}


async def limited(village: Village, parcels: int | None) -> None:
    await set_usual(village.id, parcels, village_ids=[village.id], by="person 1", now=NOW)


async def test_the_page_tells_what_is_promised_on_the_coming_days(site):
    village = await a_village(daily_parcels=3)
    operator = await site.operator_of(village)
    await an_order(await goods(village=village), now=datetime.now(UTC))

    page = await operator.get("/desk/dispatch")

    assert page.status_code == 200
    assert "3개 가운데 1개 약속" in page.text and "3개 가운데 0개 약속" in page.text
    assert page.text.count("<li id=") == 14


async def test_the_usual_number_is_set_and_taken_away_again(site):
    village = await a_village()
    operator = await site.operator_of(village)

    for typed, kept in (("20", 20), ("", None)):
        answer = await operator.post("/desk/dispatch/usual", {"village": village.id, "parcels": typed})

        assert answer.headers["location"] == "/desk/dispatch?done=usual"
        assert (await Village.get(id=village.id)).daily_parcels == kept
    acts = await rows("SELECT facts FROM acts WHERE what = 'usual parcels set' ORDER BY id")
    assert [act["facts"] for act in acts] == ['{"after":20,"before":null}', '{"after":null,"before":20}']


async def test_no_more_today_is_one_button_and_back_another(site):
    village = await a_village(daily_parcels=5)
    operator = await site.operator_of(village)

    for typed, kept in (("0", 0), ("", None)):
        day = today().isoformat()
        await operator.post("/desk/dispatch/days", {"village": village.id, "day": day, "parcels": typed})

        assert await own_days() == {today(): (kept, 0)}


async def test_what_is_no_number_or_no_day_is_refused_with_its_words(site):
    village = await a_village()
    operator = await site.operator_of(village)
    long_ago, day = (today() - timedelta(days=1)).isoformat(), today().isoformat()

    for path, form in (
        ("usual", {"parcels": "많이"}), ("usual", {"parcels": "0"}), ("usual", {"parcels": "10000"}),
        ("days", {"parcels": "많이", "day": day}), ("days", {"parcels": "3", "day": long_ago}), ("days", {"parcels": "3", "day": "?"}),
    ):  # fmt: skip
        answer = await operator.post(f"/desk/dispatch/{path}", {"village": village.id, **form})

        assert answer.status_code == 422, form
    assert (
        'value="많이"'
        in (await operator.post("/desk/dispatch/usual", {"village": village.id, "parcels": "많이"})).text
    )
    assert await own_days() == {}


async def test_another_villages_days_are_not_hers_to_set(site):
    own, other = await a_village(), await a_village("대정마을")
    operator, helper = await site.operator_of(own), await site.operator_of(own, Role.helper)

    refused = await operator.post("/desk/dispatch/usual", {"village": other.id, "parcels": "1"})
    await helper.post("/desk/dispatch/days", {"village": own.id, "day": today().isoformat(), "parcels": "0"})

    assert refused.status_code == 404
    assert {each.daily_parcels for each in await Village.all()} == {None}
    assert [row.village_id for row in await DispatchDay.all()] == [own.id]
    assert "대정마을" not in (await operator.get("/desk/dispatch")).text


async def test_what_was_promised_before_there_was_a_limit_counts_as_well(db):
    village = await a_village()
    apples = await goods(village=village)
    orders = [(await an_order(apples)).order for _ in range(3)]

    await limited(village, 2)
    after = (await an_order(apples)).order

    assert await own_days() == {MONDAY: (None, 3), TUESDAY: (None, 1)}
    assert (await Part.get(order_id=after.id)).ships_on == TUESDAY
    assert {
        part.dispatch_day_id for part in await Part.filter(order_id__in=[each.id for each in orders])
    } != {None}


async def test_orders_without_a_limit_in_between_are_counted_when_there_is_one_again(db):
    village = await a_village()
    apples = await goods(village=village)
    await limited(village, 5)
    await an_order(apples)
    await limited(village, None)
    await an_order(apples)

    await limited(village, 5)

    assert await own_days() == {MONDAY: (None, 2)}


async def test_a_number_below_what_is_promised_stands_and_nothing_more_is_taken(db):
    village = await a_village(daily_parcels=5)
    apples = await goods(village=village)
    for _ in range(3):
        await an_order(apples)

    await set_day(village.id, MONDAY, 1, village_ids=[village.id], by="person 1", now=NOW)
    later = (await an_order(apples)).order

    assert await own_days() == {MONDAY: (1, 3), TUESDAY: (None, 1)}
    assert (await Part.get(order_id=later.id)).ships_on == TUESDAY


async def test_orders_to_send_stand_under_the_day_they_leave(site):
    village = await a_village(daily_parcels=1)
    operator, apples = await site.operator_of(village), await goods(village=village)
    for now in (NOW - timedelta(days=30), datetime.now(UTC)):
        order = (await an_order(apples, now=now)).order
        await confirm_deposit(order.number, amount=order.total, by="officer", now=now)

    page = (await operator.get("/desk/orders")).text

    days = (next_ship_day() - today()).days
    name = {0: "오늘 보낼 것", 1: "내일 보낼 것"}.get(days, "에 보낼 것")
    assert page.index("보낼 날이 지난 것") < page.index(name)


async def test_a_late_harvest_is_looked_at_and_then_moves_the_day_and_tells_the_buyers(site):
    village = await a_village(daily_parcels=9)
    operator, apples = await site.operator_of(village), await goods(village=village)
    order = (await an_order(apples, now=datetime.now(UTC))).order
    part = await Part.get(order_id=order.id)
    assert part.ships_on
    wish = {"village": village.id, "day": part.ships_on.isoformat(), "days": 5}

    looked = await operator.get("/desk/dispatch/delay", params=wish)
    untouched = await Part.get(id=part.id)
    done = [await operator.post("/desk/dispatch/delay", wish) for _ in range(2)]

    moved = await Part.get(id=part.id)
    later = ship_day(
        datetime.combine(part.ships_on + timedelta(days=5), datetime.min.time(), SEOUL), PostageTerms()
    )
    assert (
        looked.status_code == 200
        and "1분의 택배를 늦춥니다" in looked.text
        and "늦어져서 죄송합니다" in looked.text
    )
    assert untouched.ships_on == part.ships_on
    assert [answer.status_code for answer in done] == [303, 303]
    assert moved.ships_on == later and moved.promised_on and moved.promised_on > later
    assert await own_days() == {part.ships_on: (None, 0), later: (None, 1)}
    assert await Notice.filter(kind="delayed").count() == 2  # one mail and one text message


async def test_what_cannot_be_moved_is_said(site):
    village = await a_village()
    operator = await site.operator_of(village)
    day = {"village": village.id, "day": today().isoformat()}

    answers = [
        await operator.get("/desk/dispatch/delay", params=day | {"days": days}) for days in ("5", "0", "x")
    ]

    assert [answer.status_code for answer in answers] == [200, 422, 422]
    assert "이날 보내기로 한 것이 없습니다" in answers[0].text


async def test_a_page_left_open_after_her_membership_ended_moves_nothing_of_her_other_village(site):
    own, other = await a_village(daily_parcels=9), await a_village("대정마을")
    operator = await site.operator_of(own)
    order = (await an_order(await goods(village=own), now=datetime.now(UTC))).order
    part = await Part.get(order_id=order.id)
    assert part.ships_on
    wish = {"village": other.id, "day": part.ships_on.isoformat(), "days": "5", "parcels": "0"}

    answers = [
        await operator.get("/desk/dispatch/delay", params=wish),
        *[await operator.post(f"/desk/dispatch/{path}", wish) for path in ("delay", "days", "usual")],
        await operator.post("/desk/dispatch/delay", wish | {"village": ""}),
    ]

    assert [answer.status_code for answer in answers] == [404] * 5
    assert (await Part.get(id=part.id)).ships_on == part.ships_on
    assert await own_days() == {part.ships_on: (None, 1)}
    assert not await Notice.filter(kind="delayed").exists()


async def test_what_cannot_be_moved_any_more_is_said_on_the_same_page_with_her_words(site):
    village = await a_village()
    operator = await site.operator_of(village)

    for ahead, days, sentence in (
        (-3, "2", "이미 지난 날이나"),
        (0, "마흔", "며칠 늦추는지"),
        (0, "99", "며칠 늦추는지"),
    ):
        day = (today() + timedelta(days=ahead)).isoformat()
        answer = await operator.post(
            "/desk/dispatch/delay", {"village": village.id, "day": day, "days": days}
        )

        assert answer.status_code == 422, days
        assert "보내는 날 늦추기" in answer.text and sentence in answer.text
        assert f'value="{days}"' in answer.text and f'value="{day}"' in answer.text
