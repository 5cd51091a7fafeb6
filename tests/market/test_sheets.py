"""Files hold the table's very numbers, and no cell of them is a formula."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from io import BytesIO
from zipfile import ZipFile

import pytest
from python_calamine import CalamineWorkbook

from market.sheets import MEMORY_BYTES, SECONDS, Sheets, Table, csv_text, safe_cell, xlsx_apart, xlsx_bytes

SHEETS = Sheets(
    "정읍시 판매 현황",
    ["11월 21일 09:00 기준"],
    [Table("마을별 실적", ("마을", "매출", "달성률(%)"), [("내장산", 1_234_000, 84.5), ("=1+1", -500, None)], ("합계", 1_233_500, 80.0))],
)  # fmt: skip


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "-cmd", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＋1a", "－a", "＠a", "  =1", "-1+2"])  # fmt: skip
def test_what_could_be_a_formula_gets_an_apostrophe(text):
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["내장산", "-1,234", "+5", "12.5", "a=b", "", "3-1"])
def test_plain_words_and_numbers_stay(text):
    assert safe_cell(text) == text


def test_csv_opens_in_excel_and_keeps_every_number():
    text = csv_text(SHEETS)

    assert text.startswith("\ufeff")
    assert text.splitlines()[3:] == [
        "마을별 실적",
        "마을,매출,달성률(%)",
        "내장산,1234000,84.5",
        "'=1+1,-500,",
        "합계,1233500,80.0",
    ]


def test_xlsx_holds_words_and_numbers_but_no_formula():
    body = xlsx_bytes(SHEETS, made_at=datetime(2026, 11, 21, tzinfo=UTC))

    rows = CalamineWorkbook.from_filelike(BytesIO(body)).get_sheet_by_name("마을별 실적").to_python()
    assert rows[3:] == [
        ["마을", "매출", "달성률(%)"],
        ["내장산", 1234000, 84.5],
        ["=1+1", -500, ""],
        ["합계", 1233500, 80.0],
    ]


async def test_a_child_makes_the_same_workbook():
    made_at = datetime(2026, 11, 21, tzinfo=UTC)

    apart = await xlsx_apart(SHEETS, made_at=made_at)

    assert contents(apart) == contents(xlsx_bytes(SHEETS, made_at=made_at))


def test_the_child_has_its_time_and_its_memory():
    """Or a table without end would keep the machine from everybody."""
    limits = "import resource as r, sys; from market.sheets import main; main()\n"
    limits += "print(r.getrlimit(r.RLIMIT_CPU)[0], r.getrlimit(r.RLIMIT_AS)[0], file=sys.stderr)"
    told = {"sheets": SHEETS, "made_at": datetime(2026, 11, 21, tzinfo=UTC).isoformat()}

    done = subprocess.run(
        [sys.executable, "-c", limits], input=json.dumps(told, default=vars).encode(), capture_output=True, check=True
    )  # fmt: skip

    assert done.stderr.decode().split()[0] == str(SECONDS)
    if sys.platform == "linux":
        assert done.stderr.decode().split()[1] == str(MEMORY_BYTES)


def contents(workbook: bytes) -> dict[str, bytes]:
    with ZipFile(BytesIO(workbook)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
