"""From a village's year down to one order: the same sums on every level, and nobody's name in full."""

import re
from datetime import UTC, datetime

import pytest


def sums_of(html: str) -> list[str]:
    foot = html.split("<tfoot>", 1)[1].split("</tfoot>")[0]
    return [re.sub(r"<[^>]+>|\s+", "", cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", foot, re.S)]


async def test_every_level_shows_the_sum_of_the_one_below(site, town, month_of_today):
    officer = await site.officer()

    year = await officer.get("/city/villages/maple")
    month = await officer.get(f"/city/villages/maple/{month_of_today}")
    day = await officer.get(town.day_path)

    assert [page.status_code for page in (year, month, day)] == [200, 200, 200]
    assert sums_of(year.text)[:7] == sums_of(month.text)
    assert sums_of(month.text)[0] == sums_of(day.text)[1] == "123,000"
    assert "온라인53,000·오프라인70,000" in sums_of(day.text)[0]


async def test_a_filter_goes_down_with_the_links(site, town, month_of_today):
    officer = await site.officer()

    year = await officer.get("/city/villages/maple?channel=offline-all&kind=goods")

    assert f"/city/villages/maple/{month_of_today}?channel=offline-all&amp;kind=goods" in year.text
    day = await officer.get(f"{town.day_path}?channel=offline-all&kind=goods")
    assert sums_of(day.text)[1] == "70,000"
    assert town.paid not in day.text


async def test_a_day_masks_its_buyers(site, town):
    page = await (await site.officer()).get(town.day_path)

    assert "김*지" in page.text
    assert "김민지" not in page.text


async def test_an_order_shows_everything_but_the_person(site, town):
    page = await (await site.officer()).get(f"/city/orders/{town.paid}")

    assert page.status_code == 200
    for word in ("내장산마을", "옥정호마을", "꿀사과 5kg", "결제 완료", "010-****-5678", "mi***@example.kr"):
        assert word in page.text
    for secret in ("김민지", "5678-", "01012345678", "minji@", "세종대로 110", "1층"):
        assert secret not in page.text


@pytest.mark.parametrize(
    "path",
    [
        "/city/villages/nowhere",
        "/city/villages/maple/2026-13",
        "/city/villages/maple/2026-1",
        "/city/villages/maple/yesterday",
        "/city/villages/maple/2026-02/30",
        "/city/villages/maple/2026-02/0",
        "/city/villages/maple/2026-02/x",
        "/city/villages/maple/1899-02",
        "/city/orders/none",
        "/city/orders/%00",
        "/city/villages/%00",
    ],
)
async def test_what_is_not_there_is_not_found(site, town, path):
    page = await (await site.officer()).get(path)

    assert page.status_code == 404
    assert "확인해 주세요" in page.text


async def test_an_empty_month_says_so(site, town):
    page = await (await site.officer()).get("/city/villages/maple/2020-02")

    assert page.status_code == 200
    assert "판 것이 없습니다" in page.text


async def test_an_unknown_year_becomes_this_one(site, town):
    page = await (await site.officer()).get("/city/villages/maple?year=abc")

    assert "모르는 해" in page.text
    assert f"{datetime.now(UTC).year}" in page.text
