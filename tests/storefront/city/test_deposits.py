"""입금 확인: found by name or amount, confirmed by who may, told afterwards."""

from tortoise import connections

from market.tasks import open_task
from villages.people import Role


async def test_a_waiting_deposit_is_listed_and_confirmed(site, town):
    officer = await site.officer()
    page = await officer.get("/city/deposits")
    assert "박도윤" in page.text
    assert f'value="{town.waiting_amount}"' in page.text
    assert f"/deposits/{town.waiting}/confirmation" in page.text
    assert town.paid not in page.text

    answer = await officer.post(
        f"/deposits/{town.waiting}/confirmation",
        {"amount": town.waiting_amount, "back": f"/city/deposits?done={town.waiting}"},
    )

    assert answer.status_code == 303
    after = await officer.follow(answer)
    assert "입금" in after.text
    assert f"주문 {town.waiting}의 입금 {town.waiting_amount:,}원을 확인했습니다" in after.text
    assert "기다리는 입금이 없습니다" in after.text


async def test_it_is_found_by_name_number_or_amount(site, town):
    officer = await site.officer()

    for asked in ("도윤", town.waiting[-4:], f"{town.waiting_amount:,}원", str(town.waiting_amount)):
        assert town.waiting in (await officer.get("/city/deposits", params={"q": asked})).text
    nothing = await officer.get("/city/deposits", params={"q": "<b>없는이름"})
    assert f"/deposits/{town.waiting}/confirmation" not in nothing.text
    assert "&lt;b&gt;없는이름" in nothing.text


async def test_a_viewer_sees_no_name_and_no_button(site, town):
    page = await (await site.officer(Role.viewer)).get("/city/deposits")

    assert "박*윤" in page.text
    assert "박도윤" not in page.text
    assert "/confirmation" not in page.text


async def test_a_message_about_nothing_is_not_shown(site, town):
    page = await (await site.officer()).get(f"/city/deposits?done={town.waiting}")

    assert "확인했습니다" not in page.text


async def test_money_that_came_wrongly_is_listed(site, town):
    await open_task(
        connections.get("default"),
        kind="wrong_amount",
        subject="deposit row 9",
        sentence="35,000원을 돌려주세요.",
    )
    officer = await site.officer()

    assert "35,000원을 돌려주세요." in (await officer.get("/city/deposits")).text
    assert "살펴볼 일이 1건" in (await officer.get("/city")).text
