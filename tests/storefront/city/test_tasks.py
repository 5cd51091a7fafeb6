"""할 일: what waits is listed with its order, closed once with a word of what was done, and stays to be read."""

from datetime import timedelta

import pytest
from tortoise import connections

from market.nightly_check import check_nightly
from market.rules import Rule
from market.tasks import Task, open_task
from tests.builders import NOW, a_village
from villages.acts import Act
from villages.people import Role


async def a_task(
    kind: str = "alarm", subject: str = "event evt_1", sentence: str = "살펴보세요.", **values
) -> Task:
    await open_task(connections.get("default"), kind=kind, subject=subject, sentence=sentence, **values)
    return await Task.get(kind=kind, subject=subject)


async def test_it_is_listed_with_its_order_and_closed_with_a_word(site, town):
    task = await a_task(sentence=f"주문 {town.paid}: 결제사 화면에서 확인해 주세요.")
    officer = await site.officer()
    page = (await officer.get("/city/tasks")).text
    assert "결제사 화면에서 확인해 주세요." in page and f'href="/city/orders/{town.paid}"' in page

    answer = await officer.post(f"/city/tasks/{task.id}/closing", {"note": "결제사에 전화해 <b>확인</b>함"})

    assert answer.status_code == 303
    after = (await officer.follow(answer)).text
    assert "처리한 일로 적었습니다" in after and "살펴볼 일이 없습니다" in after
    assert "결제사에 전화해 &lt;b&gt;확인&lt;/b&gt;함" in after
    closed = await Task.get()
    assert closed.done_at and closed.done_by.startswith("person ")
    assert (await Act.get(what="task closed")).subject == f"task {task.id}"


async def test_without_a_word_of_what_was_done_it_stays_open(site):
    task = await a_task()
    officer = await site.officer()

    answer = await officer.post(f"/city/tasks/{task.id}/closing", {"note": " 가 "})

    assert answer.status_code == 422
    assert f'id="f-note-{task.id}-error"' in answer.text and 'value="가"' in answer.text
    assert not (await Task.get()).done_at


async def test_it_is_closed_once_and_stays_as_it_was_closed(site):
    task = await a_task()
    officer = await site.officer()

    for note in ("처음 한 일", "나중에 한 일"):
        assert (await officer.post(f"/city/tasks/{task.id}/closing", {"note": note})).status_code == 303

    assert (await Task.get()).note == "처음 한 일"
    assert await Act.filter(what="task closed").count() == 1


@pytest.mark.parametrize(
    ("kind", "place"), [("refund_stuck", "/city/refunds"), ("wrong_amount", "/city/deposits")]
)
async def test_what_ends_with_its_work_is_not_closed_by_a_word(site, kind, place):
    task = await a_task(kind, "refund 1")
    officer = await site.officer()

    answer = await officer.post(f"/city/tasks/{task.id}/closing", {"note": "보냈습니다"})

    assert answer.status_code == 404
    assert f'href="{place}' in (await officer.get("/city/tasks")).text
    assert not (await Task.get()).done_at


async def test_a_villages_own_task_is_not_the_citys(site):
    task = await a_task("shortage", sentence="사과가 모자랍니다.", village_id=(await a_village()).id)
    officer = await site.officer()

    assert "사과가 모자랍니다." not in (await officer.get("/city/tasks")).text
    assert (await officer.post(f"/city/tasks/{task.id}/closing", {"note": "봤습니다"})).status_code == 404


async def test_who_only_looks_has_no_button(site):
    task = await a_task()
    viewer = await site.officer(Role.viewer)

    assert "/closing" not in (await viewer.get("/city/tasks")).text
    assert (await viewer.post(f"/city/tasks/{task.id}/closing", {"note": "봤습니다"})).status_code == 403


async def test_the_dashboard_and_the_menu_count_what_is_open(site, town):
    await a_task()
    await a_task("provider", "refund re_1")
    officer = await site.officer()

    page = (await officer.get("/city")).text

    assert "살펴볼 일이 2건 있습니다" in page
    assert 'href="/city/tasks"' in page


async def test_what_the_night_finds_again_after_it_was_closed_is_a_new_task(site):
    broken = (Rule("all-is-well", "nothing is wrong", "SELECT 'shelf 7'"),)
    await check_nightly(NOW, rules=broken)
    officer = await site.officer()
    await officer.post(f"/city/tasks/{(await Task.get()).id}/closing", {"note": "담당자에게 알림"})

    await check_nightly(NOW + timedelta(days=1), rules=broken)

    assert await Task.filter(done_at=None).count() == 1
