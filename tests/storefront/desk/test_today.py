"""오늘: at most three jobs, and only for those who work in a village."""

from datetime import UTC, datetime, timedelta

import pytest

from market.deposits import confirm_deposit
from market.worklist import ComingSession, OpenTask, Today
from storefront.desk.today import jobs_of
from tests.builders import a_program, a_village, an_order, goods
from villages.days import seoul_day, seoul_midnight
from villages.people import Role
from villages.programs import Participant

NOW = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
DESK_PAGES = (
    "/desk", "/desk/orders", "/desk/sessions", "/desk/goods", "/desk/goods/new", "/desk/programs", "/desk/programs/new",
    "/desk/sale", "/desk/deposits",
)  # fmt: skip


async def test_a_quiet_day_says_so(site):
    operator = await site.operator_of(await a_village())

    page = await operator.get("/desk")

    assert page.status_code == 200
    assert "오늘은 급한 일이 없습니다" in page.text
    for path in ("/desk/goods/new", "/desk/sale?channel=stall", "/desk/sale?channel=phone", "/desk/sessions"):
        assert f'href="{path}"' in page.text
    assert page.headers["cache-control"] == "no-store"


async def test_orders_deposits_and_visits_are_jobs_and_sales_are_counted(site):
    village, now = await a_village(), datetime.now(UTC)
    apples = await goods(village=village, price=60000)
    order = (await an_order(apples, now=now)).order
    await confirm_deposit(order.number, amount=order.total, by="officer", now=now)
    await an_order(apples, now=now)
    soap = await a_program(village=village, starts_at=now + timedelta(days=1))
    visit = (await an_order(seats={soap.id: {Participant.adult: 2}}, address=None, now=now)).order
    await confirm_deposit(visit.number, amount=visit.total, by="officer", now=now)
    operator = await site.operator_of(village)

    page = await operator.get("/desk")

    assert "오늘 할 일 3가지" in page.text
    assert (
        "주문 1건 포장하기" in page.text
        and "입금 1건 확인하기" in page.text
        and "내일 체험 1팀, 2명" in page.text
    )
    assert page.text.count('class="go"') == 1
    assert "78,000원" in page.text


def test_people_who_come_today_are_more_urgent_than_parcels():
    today = Today(
        3,
        1,
        2,
        [ComingSession("두부", NOW + timedelta(hours=3), 2, 9)],
        [OpenTask(1, "shortage", "모자람", NOW)],
    )

    jobs = jobs_of(today, seoul_day(NOW), may_confirm=True)

    assert [job.title for job in jobs] == [
        "오늘 체험 2팀, 9명",
        "주문 4건 포장하기",
        "살펴볼 일 1건",
        "입금 2건 확인하기",
    ]
    assert "오후 1시" in jobs[0].detail


async def test_another_villages_work_is_not_counted(site):
    order = (await an_order(await goods(village=await a_village()))).order
    await confirm_deposit(order.number, amount=order.total, by="officer", now=NOW)
    stranger = await site.operator_of(await a_village("대정마을"))

    page = await stranger.get("/desk")

    assert "오늘은 급한 일이 없습니다" in page.text


@pytest.mark.parametrize("path", DESK_PAGES)
async def test_guests_are_asked_to_sign_in_and_others_are_refused(site, path):
    guest, shopper, officer = site.browser(), await site.shopper(), await site.officer()

    assert (await guest.get(path)).headers["location"].startswith("/login?next=")
    assert (await shopper.get(path)).status_code == 403
    assert (await officer.get(path)).status_code == 403


@pytest.mark.parametrize("path", DESK_PAGES)
async def test_every_page_of_the_desk_works_for_an_empty_village(site, path):
    operator = await site.operator_of(await a_village())

    page = await operator.get(path)

    assert page.status_code == 200
    assert page.text.count("<h1") == 1


async def test_too_few_people_a_day_before_the_cut_off_are_the_first_thing_to_do(site):
    """Decided a day before the session at midnight: that is within a day from now, and not over."""
    village, now = await a_village(), datetime.now(UTC)
    soap = await a_program(
        "비누 만들기", village=village, starts_at=seoul_midnight(seoul_day(now)) + timedelta(days=2, hours=1), min_people=4,
        decide_days_before=1, decide_hour=0,
    )  # fmt: skip
    order = (await an_order(seats={soap.id: {Participant.adult: 3}}, address=None, now=now)).order
    await confirm_deposit(order.number, amount=order.total, by="officer", now=now)
    operator, helper = await site.operator_of(village), await site.operator_of(village, Role.helper)

    page = await operator.get("/desk")
    gone = await operator.post(f"/desk/sessions/{soap.id}/going", {"back": "/desk"})
    after = await operator.follow(gone)

    assert "오늘 할 일 1가지" in page.text and "3/4명" in page.text
    assert f'href="/desk/sessions/{soap.id}/cancellation?cause=too_few"' in page.text
    assert gone.headers["location"].startswith("/desk#") and "3/4명" not in after.text
    assert "열까요" not in (await helper.get("/desk")).text
