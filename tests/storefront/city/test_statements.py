"""정산 on the city's pages: what stands, what closing would do, and closing it; who may, and who may not."""

import csv
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest

from market.settlement.overview import village_month
from market.settlement.statements import Statement
from tests.builders import a_village, goods
from tests.market.settlement.settling import confirmed, refunded, stall_sale
from villages.days import SEOUL, first_of_month, seoul_day
from villages.people import Role
from villages.village import Village

NOW = datetime.now(UTC)
THIS_MONTH = first_of_month(seoul_day(NOW))
LAST_MONTH = first_of_month(THIS_MONTH - timedelta(days=1))
MONTH_BEFORE = first_of_month(LAST_MONTH - timedelta(days=1))


def at(month: date, day: int) -> datetime:
    return datetime(month.year, month.month, day, 10, tzinfo=SEOUL).astimezone(UTC)


@pytest.fixture
async def maple(site) -> Village:
    """Sold and confirmed last month: 35,000 won and postage online, 35,000 at the stall for cash."""
    village = await a_village("내장산마을", slug="maple")
    apples = await goods(village=village, price=35_000, left=99)
    await confirmed(apples, sold=at(LAST_MONTH, 2), at=at(LAST_MONTH, 9))
    await stall_sale(apples, now=at(LAST_MONTH, 20))
    return village


def path(month: date = LAST_MONTH) -> str:
    return f"/city/statements/{month:%Y-%m}"


async def test_open_months_stand_as_drafts(site, maple):
    page = await (await site.officer()).get("/city/statements")

    assert page.status_code == 200
    assert f"{LAST_MONTH.year}년 {LAST_MONTH.month}월" in page.text
    assert "초안" in page.text
    assert f'href="{path()}"' in page.text
    assert not await Statement.exists()


async def test_the_months_page_says_what_closing_does_and_changes_nothing(site, maple):
    page = await (await site.officer()).get(path())

    assert "마감하면" in page.text
    assert f'action="{path()}/closing"' in page.text
    assert not await Statement.exists()


async def test_a_months_page_asks_no_more_where_more_villages_have_more_open_months(site, maple, queries):
    officer = await site.officer()
    await officer.get(path())  # what is kept of the city is read
    queries.clear()
    await officer.get(path())
    of_one = len(queries)

    for name in ("산외마을", "옥정호마을"):
        corn = await goods(village=await a_village(name), price=9000, left=9)
        await stall_sale(corn, now=at(MONTH_BEFORE, 20))
        await stall_sale(corn, now=at(LAST_MONTH, 20))
    queries.clear()
    page = await officer.get(path())

    assert len(queries) == of_one
    assert "산외마을" in page.text


async def test_closing_writes_the_statements_and_twice_is_once(site, maple):
    officer = await site.officer()

    for _ in range(2):
        answer = await officer.post(f"{path()}/closing")
        assert answer.status_code == 303

    page = await officer.follow(answer)
    assert "마감했습니다" in page.text
    statement = await Statement.get()
    assert statement.number in page.text
    assert (await officer.get(path())).text.count("마감합니다") == 0


async def test_a_running_month_has_no_button_and_refuses(site, maple):
    apples = await goods(village=maple, left=9)
    await stall_sale(apples, now=NOW)
    officer = await site.officer()
    await officer.post(f"{path()}/closing")

    page = await officer.get(path(THIS_MONTH))
    refusal = await officer.post(f"{path(THIS_MONTH)}/closing")

    assert "아직 끝나지 않은 달" in page.text
    assert "마감합니다" not in page.text
    assert refusal.status_code == 409
    assert "아직 끝나지 않은 달" in refusal.text


async def test_an_earlier_open_month_comes_first(site, maple):
    apples = await goods(village=maple, left=9)
    await stall_sale(apples, now=at(MONTH_BEFORE, 3))
    officer = await site.officer()

    page = await officer.get(path())
    refusal = await officer.post(f"{path()}/closing")

    assert f"{MONTH_BEFORE.month}월이 아직 열려 있습니다" in page.text
    assert refusal.status_code == 409
    assert f"{MONTH_BEFORE.month}월을 아직 마감하지 않았습니다" in refusal.text


@pytest.mark.parametrize("is_closed", [False, True])
async def test_every_line_leads_to_its_order(site, maple, is_closed):
    officer = await site.officer()
    if is_closed:
        await officer.post(f"{path()}/closing")

    page = await officer.get(f"{path()}/maple")

    assert page.text.count('href="/city/orders/') == 2
    assert "마을이 이미 받은 돈" in page.text
    assert "-35,000" in page.text
    assert ("지문" in page.text) == is_closed


async def test_a_refund_after_closing_stands_below_zero_in_the_running_month(site, maple):
    apples = await goods(village=maple, price=50_000, left=9)
    order = await confirmed(apples, sold=at(LAST_MONTH, 2), at=at(LAST_MONTH, 9))
    officer = await site.officer()
    await officer.post(f"{path()}/closing")

    await refunded(order, now=NOW)

    page = await officer.get(f"{path(THIS_MONTH)}/maple")
    assert "환불" in page.text
    assert "-50,000" in page.text
    assert (await officer.get("/city/statements")).status_code == 200


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
async def test_lines_are_downloaded(site, maple, ending):
    answer = await (await site.officer()).get(f"{path()}/maple/lines.{ending}")

    assert answer.status_code == 200
    assert "attachment" in answer.headers["content-disposition"]
    assert answer.headers["cache-control"] == "no-store"
    if ending == "csv":
        table = list(csv.reader(StringIO(answer.text.removeprefix("\ufeff"))))
        assert ["합계", "", "", "", "", "70000", "0", table[-1][7], "0", "-35000", table[-1][10]] == table[-1]
        shown = await village_month(maple, LAST_MONTH, seoul_day(NOW))
        assert int(table[-1][10]) == shown.sums.owed


@pytest.mark.parametrize(
    "where",
    ["/city/statements/2026-13", "/city/statements/x", f"{path()}/nowhere", f"{path(date(2001, 1, 1))}/maple", path(date(2001, 1, 1))],
)  # fmt: skip
async def test_what_is_not_there_is_not_found(site, maple, where):
    assert (await (await site.officer()).get(where)).status_code == 404


async def test_strange_questions_get_the_usual_page(site, maple):
    officer = await site.officer()

    for asked in (
        "/city/statements?year=x&closed=<b>",
        f"{path()}/maple?page=x",
        f"{path()}/maple?page=99999999999999",
    ):
        page = await officer.get(asked)
        assert page.status_code == 200
        assert "<b>달" not in page.text


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.officer, 303), (Role.approver, 303), (Role.admin, 303), (Role.viewer, 403)],
)
async def test_who_may_close(site, maple, role, status):
    person = await site.officer(role)

    assert ("마감합니다" in (await person.get(path())).text) == (status == 303)
    assert (await person.post(f"{path()}/closing")).status_code == status
    assert await Statement.exists() == (status == 303)


async def test_a_village_neither_closes_nor_sees_the_citys_pages(site, maple):
    operator = await site.operator_of(maple, Role.chair)

    assert (await operator.post(f"{path()}/closing")).status_code == 403
    assert (await operator.get("/city/statements")).status_code == 403
