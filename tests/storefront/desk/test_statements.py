"""받을 돈 on the desk: one's own village alone, month by month, on a phone."""

from datetime import UTC, datetime, timedelta

import pytest

from market.settlement.closing import close_month
from tests.builders import a_village, goods
from tests.market.settlement.settling import confirmed, stall_sale
from villages.days import SEOUL, first_of_month, seoul_day
from villages.village import Village

NOW = datetime.now(UTC)
LAST_MONTH = first_of_month(first_of_month(seoul_day(NOW)) - timedelta(days=1))


def at(day: int) -> datetime:
    return datetime(LAST_MONTH.year, LAST_MONTH.month, day, 10, tzinfo=SEOUL).astimezone(UTC)


@pytest.fixture
async def maple(site) -> Village:
    village = await a_village("내장산마을", slug="maple")
    apples = await goods(village=village, price=135_000, left=99)
    await confirmed(apples, sold=at(2), at=at(9))
    await stall_sale(apples, now=at(20))
    return village


async def test_the_home_page_says_what_comes_next(site, maple):
    page = await (await site.operator_of(maple)).get("/desk")

    assert "다음 정산" in page.text
    assert "시청이 마감하기를 기다립니다" in page.text
    assert 'href="/desk/statements"' in page.text


async def test_a_village_without_anything_due_sees_no_card(site):
    page = await (await site.operator_of(await a_village())).get("/desk")

    assert "다음 정산" not in page.text
    operator = await site.operator_of(await a_village())
    assert "지금 셀 것이 없습니다" in (await operator.get("/desk/statements")).text


async def test_months_are_shown_open_and_closed(site, maple):
    operator = await site.operator_of(maple)
    assert f'href="/desk/statements/{LAST_MONTH:%Y-%m}"' in (await operator.get("/desk/statements")).text

    (statement,) = await close_month(LAST_MONTH, by="person 1", now=NOW)

    page = await operator.get("/desk/statements")
    assert statement.number in page.text
    assert f"{statement.payout:,}원" in page.text


async def test_a_month_shows_its_sums_and_its_lines(site, maple):
    operator = await site.operator_of(maple)

    page = await operator.get(f"/desk/statements/{LAST_MONTH:%Y-%m}")

    assert page.text.count('href="/desk/orders/') == 2
    assert "-135,000원" in page.text
    assert "현금 받음" in page.text
    assert "<table" not in page.text


async def test_every_line_opens(site, maple):
    operator = await site.operator_of(maple)
    page = await operator.get(f"/desk/statements/{LAST_MONTH:%Y-%m}")

    for part in page.text.split('href="/desk/orders/')[1:]:
        assert (await operator.get("/desk/orders/" + part.partition('"')[0])).status_code == 200


async def test_another_village_gets_nothing(site, maple):
    other = await site.operator_of(await a_village("옥정호마을", slug="lake"))

    assert (await other.get(f"/desk/statements/{LAST_MONTH:%Y-%m}")).status_code == 404
    assert (await other.get(f"/desk/statements/{LAST_MONTH:%Y-%m}?village=maple")).status_code == 404
    assert "다음 정산" not in (await other.get("/desk")).text
