"""한눈에 보기: the figures add up on the page and in the files, whatever is asked, for those who may see them."""

import csv as csv_module
import re
from datetime import UTC, datetime
from io import BytesIO, StringIO
from urllib.parse import unquote

import pytest
from python_calamine import CalamineWorkbook

from tests.builders import a_village, goods
from villages.days import seoul_day
from villages.people import Role

WHOLE = 2 * 35_000 + 35_000 + 42_000 + 18_000


def numbers_of(html: str, heading: str) -> list[list[str]]:
    """The cells of the table under a heading, row by row."""
    table = html.split(heading, 1)[1].split("<table", 1)[1].split("</table>")[0]
    rows = re.findall(r"<tr>(.*?)</tr>", table, re.S)
    return [
        [re.sub(r"<[^>]+>|\s+", "", cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)]
        for row in rows
    ]


async def test_the_page_shows_the_sums(site, town):
    page = await (await site.officer()).get("/city")

    assert page.status_code == 200
    rows = {row[0]: row for row in numbers_of(page.text, "마을별 실적 원 단위로 보기")}
    assert rows["내장산마을"][2] == f"{WHOLE - 42_000:,}"
    assert rows["합계"][2] == f"{WHOLE:,}"
    online, offline = (int(rows["합계"][at].replace(",", "")) for at in (6, 7))
    assert online + offline == WHOLE


async def test_ten_thousands_add_up_in_both_directions(site, town):
    page = await (await site.officer()).get("/city")

    _, *villages, sums = [
        [int(row[at].replace(",", "")) for at in (2, 5, 6)] if row[2].replace(",", "").isdigit() else []
        for row in numbers_of(page.text, 'id="p-villages"')
    ]
    assert [sum(column) for column in zip(*villages, strict=True)] == sums
    assert all(online + offline == total for total, online, offline in [*villages, sums])


async def test_what_the_figures_are_is_written_on_the_page(site, town):
    page = await (await site.officer()).get("/city")

    assert "환불 뺀 금액, 부가세 포함, 배송비는 따로" in page.text
    assert page.headers["cache-control"] == "no-store"


async def test_an_address_keeps_what_was_asked(site, town):
    page = await (await site.officer()).get(
        "/city?village=lake&channel=online-all&kind=goods&period=this-month"
    )

    assert '<option value="lake" selected>' in page.text
    assert '<option value="online-all" selected>' in page.text
    assert (
        "/city/figures.csv?period=this-month&amp;village=lake&amp;channel=online-all&amp;kind=goods"
        in page.text
    )
    rows = {row[0]: row for row in numbers_of(page.text, "마을별 실적 원 단위로 보기")}
    assert rows["합계"][2] == "42,000"
    assert "내장산마을" not in rows


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ("period=forever", "모르는 기간"),
        ("channel=radio", "모르는 판매 경로"),
        ("kind=song", "모르는 구분"),
        ("village=atlantis", "모르는 마을"),
        ("period=days&from=2026-13-01&to=x", "시작일과 끝일을 모두"),
        ("period=days&from=2026-05-01&to=2026-04-01", "두 날을 바꾸어"),
        ("period=days&from=2099-01-01&to=2099-02-01", "아직 오지 않은"),
        ("period=days&from=2001-01-01&to=2026-02-01", "5년까지"),
        ("from=2026-01-01", "시작일과 끝일을 모두"),
    ],
)
async def test_what_nobody_can_mean_becomes_the_usual_and_a_sentence_says_so(site, town, asked, sentence):
    page = await (await site.officer()).get(f"/city?{asked}")

    assert page.status_code == 200
    assert sentence in page.text


async def test_csv_is_the_page(site, town):
    officer = await site.officer()

    file = await officer.get("/city/figures.csv")

    assert file.content.startswith(b"\xef\xbb\xbf")
    day = seoul_day(datetime.now(UTC))
    assert unquote(file.headers["content-disposition"]).endswith(f"정읍시_판매현황_{day:%Y%m%d}.csv")
    assert file.headers["content-disposition"].startswith("attachment")
    lines = list(csv_module.reader(StringIO(file.text.removeprefix("\ufeff"))))
    page = numbers_of((await officer.get("/city")).text, "마을별 실적 원 단위로 보기")
    at = lines.index(["마을별 실적"])
    assert [[cell.replace(",", "") or "–" for cell in line] for line in lines[at + 2 : at + 5]] == [
        [cell.replace(",", "") for cell in row] for row in page[1:]
    ]


async def test_xlsx_holds_the_same_sums(site, town):
    file = await (await site.officer()).get("/city/figures.xlsx?village=maple")

    book = CalamineWorkbook.from_filelike(BytesIO(file.content))
    rows = {row[0]: row for row in book.get_sheet_by_name("마을별 실적").to_python()}
    assert rows["합계"][2] == WHOLE - 42_000
    assert sum(float(str(rows["합계"][at])) for at in (6, 7)) == rows["합계"][2]


async def test_a_name_in_a_file_is_never_a_formula(site):
    await goods(village=await a_village("=HYPERLINK(1)", slug="bad"))

    file = await (await site.officer()).get("/city/figures.csv")

    assert "'=HYPERLINK(1)" in file.text


async def test_the_number_of_queries_does_not_grow_with_the_city(site, town, queries):
    officer = await site.officer()
    await officer.get("/city")
    queries.clear()
    await officer.get("/city")
    few = len(queries)
    for _ in range(5):
        await goods(village=await a_village())
    queries.clear()

    await officer.get("/city")

    assert len(queries) == few <= 8


async def test_an_empty_city_says_so(site):
    page = await (await site.officer()).get("/city")

    assert page.status_code == 200
    assert "매출이 없습니다" in page.text


@pytest.mark.parametrize("path", ["/city", "/city/figures.csv", "/city/figures.xlsx", "/city/deposits", "/city/targets", "/city/orders/1", "/city/villages/maple"])  # fmt: skip
async def test_only_the_city_sees_the_city(site, town, path):
    operator, shopper, stranger = await site.operator_of(town.maple), await site.shopper(), site.browser()

    assert (await operator.get(path)).status_code == 403
    assert (await shopper.get(path)).status_code == 403
    assert (await stranger.get(path)).headers["location"].startswith("/login")


async def test_a_viewer_sees_the_figures(site, town):
    assert (await (await site.officer(Role.viewer)).get("/city")).status_code == 200
