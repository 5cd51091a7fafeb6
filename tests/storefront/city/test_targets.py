"""Targets on the page: saved by who may, refused with the words still there."""

import pytest

from market.figures import Target
from villages.people import Role


def form(**months: str) -> dict[str, object]:
    return {"year": "2026", "village": "maple", **months}


async def test_targets_are_saved_and_shown(site, town):
    officer = await site.officer()

    answer = await officer.post("/city/targets", form(m1="1,200만", m2="5000000"))

    assert answer.status_code == 303
    page = await officer.follow(answer)
    assert "목표 2달치를 저장했습니다" in page.text
    assert 'value="12,000,000"' in page.text


async def test_a_mistake_keeps_every_word_and_saves_nothing(site, town):
    page = await (await site.officer()).post("/city/targets", form(m1="많이", m2="5,000,000"))

    assert page.status_code == 422
    assert 'value="많이"' in page.text
    assert 'value="5,000,000"' in page.text
    assert "1월: 금액은 소수점 없이" in page.text
    assert not await Target.exists()


async def test_who_saves_second_sees_what_stands_and_keeps_the_words(site, town):
    first, second = await site.officer(), await site.officer()
    await first.post("/city/targets", form(m1="100만"))

    page = await second.post("/city/targets", form(m1="200만", v1="0"))

    assert page.status_code == 409
    assert 'value="200만"' in page.text
    assert "지금은 1,000,000원입니다" in page.text
    assert (await second.post("/city/targets", form(m1="200만", v1="1"))).status_code == 303
    assert (await Target.get()).amount == 2_000_000


async def test_a_viewer_reads_but_does_not_write(site, town):
    viewer = await site.officer(Role.viewer)

    page = await viewer.get("/city/targets?village=maple")

    assert page.status_code == 200
    assert "목표 저장" not in page.text
    assert (await viewer.post("/city/targets", form(m1="1"))).status_code == 403


@pytest.mark.parametrize(
    "fields", [{"village": "nowhere", "year": "2026"}, {"village": "maple", "year": "abc"}, {}]
)
async def test_a_village_or_year_that_is_not_there_is_not_found(site, town, fields):
    assert (await (await site.officer()).post("/city/targets", fields)).status_code == 404


async def test_strange_questions_get_the_usual_page(site, town):
    page = await (await site.officer()).get("/city/targets?year=x&village=y&saved=<b>")

    assert page.status_code == 200
    assert "모르는 해" in page.text
    assert "모르는 마을" in page.text
    assert "<b>달치" not in page.text
