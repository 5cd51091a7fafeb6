"""입금표: sent by an officer, booked where sure, decided row by row; nobody else sees anything of it."""

import re
from datetime import UTC, datetime

import pytest

from market.deposit_sheets.tables import DepositRow, DepositSheet, Suspense
from market.orders import Order
from tests.builders import a_person
from tests.market.deposit_sheets.sheets import a_csv, a_workbook
from villages.days import SEOUL
from villages.people import Role


async def test_a_sheet_is_sent_and_what_is_sure_is_paid(site, town):
    officer = await site.officer()
    assert "은행 거래내역 올리기" in (await officer.get("/city/deposits")).text

    answer = await send(officer, a_csv(*told(f"박도윤,{town.waiting_amount}", "모르는이,777")))

    assert answer.status_code == 303
    page = await officer.follow(answer)
    assert (await Order.get(number=town.waiting)).paid_at
    assert f"주문 {town.waiting} 결제됨" in words(page)
    assert "저절로 맞춤" in words(page)
    assert "맞는 주문을 찾지 못했습니다" in words(page)
    assert f"합계 2 {town.waiting_amount + 777:,}" in words(page)


async def test_the_same_file_again_leads_to_the_same_page(site, town):
    officer = await site.officer()
    body = a_workbook([datetime.now(SEOUL).replace(tzinfo=None, microsecond=0), "박도윤", 777])
    first = await send(officer, body, name="a.xlsx")

    again = await send(officer, body, name="다른 이름.xlsx")

    assert again.headers["location"] == first.headers["location"] + "?again=1"
    assert "두 번 계산하지 않습니다" in words(await officer.follow(again))
    assert await DepositRow.all().count() == 1


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "올릴 파일을 먼저 골라 주세요"),
        (b"\x00\x01\xff", "글자를 읽을 수 없는 파일입니다"),
        (a_csv("2026-11-01,<b>가나,1.2E+05"), "2번째 줄: 입금액 칸의 ‘1.2E+05’"),
        (a_csv(*["2026-11-01,가나,-1"] * 60), "이 밖에 10줄이 더 있습니다"),
    ],
)
async def test_a_sheet_that_cannot_be_read_is_told_row_by_row_and_nothing_is_kept(site, town, body, sentence):
    officer = await site.officer()

    answer = await send(officer, body)

    assert answer.status_code == 422
    assert sentence in words(answer)
    assert town.waiting in answer.text  # the page is whole
    assert not await DepositSheet.exists()


async def test_a_form_without_a_file_is_asked_for_one(site, town):
    answer = await (await site.officer()).post("/city/deposit-sheets", {"sheet": "text"})

    assert answer.status_code == 422


async def test_a_person_chooses_the_order(site, town):
    officer = await site.officer()
    page = await officer.follow(await send(officer, a_csv(*told(f"박도운,{town.waiting_amount}"))))
    assert "금액은 같고 이름이 비슷합니다" in words(page)
    assert f'value="{town.waiting}"' in page.text
    row = (await DepositRow.get()).id

    answer = await officer.post(
        f"/city/deposit-rows/{row}/match", {"orders": town.waiting, "sheet": sheet_id(page)}
    )

    assert answer.status_code == 303
    assert f"주문 {town.waiting} 결제됨" in words(await officer.follow(answer))
    assert (await DepositRow.get()).is_sure is False


async def test_a_second_choice_comes_too_late(site, town):
    officer, other = await site.officer(), await site.officer()
    await send(officer, a_csv(*told(f"박도운,{town.waiting_amount}")))
    path = f"/city/deposit-rows/{(await DepositRow.get()).id}"
    await officer.post(f"{path}/match", {"orders": town.waiting})

    late = await other.post(f"{path}/match", {"orders": town.waiting})
    aside = await other.post(f"{path}/setting-aside", {"reason": "모름"})

    assert (late.status_code, aside.status_code) == (409, 409)
    assert "이미 정했습니다" in words(late)


async def test_a_number_is_typed_and_the_difference_is_kept_and_settled(site, town):
    officer = await site.officer()
    await send(officer, a_csv(*told(f"모르는이,{town.waiting_amount + 300}")))
    path = f"/city/deposit-rows/{(await DepositRow.get()).id}"

    wrong = await officer.post(f"{path}/match", {"numbers": "아무거나 <b>"})
    assert wrong.status_code == 422
    assert 'value="아무거나 &lt;b&gt;"' in wrong.text
    page = await officer.follow(
        await officer.post(f"{path}/match", {"numbers": town.waiting.replace("-", " ")})
    )
    assert "남은 돈 300원" in words(page)
    assert "300원 많습니다" in words(await officer.get("/city/deposits"))

    empty = await officer.post(f"{path}/settlement", {"words": ""})
    assert empty.status_code == 422
    page = await officer.follow(await officer.post(f"{path}/settlement", {"words": "돌려드림"}))

    assert "정리함: 돌려드림" in words(page)
    assert (await Suspense.get()).settled_at
    assert "300원 많습니다" not in words(await officer.get("/city/deposits"))


async def test_money_sent_again_for_a_paid_order_is_given_back_from_its_page(site, town):
    officer = await site.officer()
    amount = town.waiting_amount
    await send(officer, a_csv(*told(f"박도윤,{amount}")))
    page = await officer.follow(await send(officer, a_csv(*told(f"박 도 윤 엄마,{amount}"))))
    path = f"/city/deposit-rows/{(await DepositRow.get(state='waiting')).id}"
    assert f'action="{path}/refund"' in page.text

    wrong = await officer.post(f"{path}/refund", {"back": "모름"})
    page = await officer.follow(await officer.post(f"{path}/refund", {"back": town.waiting}))

    assert wrong.status_code == 422
    assert "주문번호 하나를" in words(wrong)
    assert 'value="모름"' in wrong.text
    assert f"주문 {town.waiting} 환불할 일이 됨" in words(page)
    assert f"{amount:,}원" in words(await officer.get("/city/refunds"))


async def test_nothing_chosen_and_no_reason_are_told_at_their_place(site, town):
    officer = await site.officer()
    await send(officer, a_csv(*told("모르는이,777")))
    row = (await DepositRow.get()).id

    nothing = await officer.post(f"/city/deposit-rows/{row}/match", {})
    silent = await officer.post(f"/city/deposit-rows/{row}/setting-aside", {"reason": " "})

    assert (nothing.status_code, silent.status_code) == (422, 422)
    assert f'href="#f-numbers-{row}"' in nothing.text
    assert f'href="#f-reason-{row}"' in silent.text
    aside = await officer.follow(
        await officer.post(f"/city/deposit-rows/{row}/setting-aside", {"reason": "시설 사용료"})
    )
    assert "모르는이 777원을 따로 두었습니다" in words(aside)


async def test_others_see_nothing_and_may_nothing(site, town):
    officer = await site.officer()
    await send(officer, a_csv(*told("모르는이,777")))
    sheet, row = (await DepositSheet.get()).id, (await DepositRow.get()).id
    viewer = await site.officer(Role.viewer)
    operator = await site.browser().sign_in(await a_person(village=town.maple, role=Role.operator))

    for who in (viewer, operator):
        assert (await who.get(f"/city/deposit-sheets/{sheet}")).status_code == 403
        assert (await send(who, a_csv(*told("다른이,1")))).status_code == 403
        for act in ("match", "refund", "setting-aside", "settlement"):
            assert (await who.post(f"/city/deposit-rows/{row}/{act}", {"reason": "x"})).status_code == 403
    assert "거래내역 올리기" not in (await viewer.get("/city/deposits")).text
    assert (await DepositRow.get()).state == "waiting"


async def test_what_is_not_there_is_not_found(site, town):
    officer = await site.officer()

    assert (await officer.get("/city/deposit-sheets/99")).status_code == 404
    assert (await officer.get(f"/city/deposit-sheets/{2**70}")).status_code == 404
    assert (await officer.post("/city/deposit-rows/99/match", {})).status_code == 404
    assert (await officer.post("/city/deposit-rows/99/match", {"orders": town.waiting})).status_code == 409


def told(*rows: str) -> list[str]:
    """Rows of this moment: the town's orders were placed in it."""
    return [f"{datetime.now(UTC).astimezone(SEOUL):%Y-%m-%d %H:%M:59},{row}" for row in rows]


async def send(browser, body: bytes, *, name: str = "거래내역.csv"):
    return await browser.post("/city/deposit-sheets", files={"sheet": (name, body)})


def words(page) -> str:
    """What is read on the page, on one line."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text)).replace("&#39;", "'")


def sheet_id(page) -> str:
    found = re.search(r'name="sheet" value="(\d+)"', page.text)
    assert found
    return found[1]
