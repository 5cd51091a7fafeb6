"""Sheets of deposits as banks give them, and as they must not be: read whole, or refused row by row."""

import io
import random
import zipfile
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from market.deposit_sheets import refusals
from market.deposit_sheets.reading import DepositSheet, read_deposits
from market.deposit_sheets.reading_apart import read_apart, unpacked
from market.deposit_sheets.refusals import MOST_BYTES, MOST_MISTAKES, MOST_ROWS, SheetRefused
from market.deposit_sheets.taking import identities
from market.deposit_sheets.values import BadCell, read_moment, read_won
from tests.market.deposit_sheets.sheets import TODAY, a_csv, a_workbook
from villages.days import SEOUL

BANK = """견본은행 거래내역 조회,,,,,
계좌번호,000-0000-0000-00,,,,
거래일시,적요,보낸분,출금액(원),입금액(원),잔액(원)
2026.11.20 09:31:05,타행이체,김민지,0,"35,000","1,035,000"
2026.11.20 10:00:00,자동이체,견본전력,"20,000",0,"1,015,000"
,,,,,
2026.11.21 00:00:01,인터넷,박도윤,,"42,000 ","1,057,000"
합계,,,"20,000","77,000",
""".replace("\n", "\r\n")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949", "utf-16"])
def test_a_banks_csv_in_every_encoding(encoding):
    sheet = read_deposits(BANK.encode(encoding), today=TODAY)

    assert [(each.row, each.name, each.amount, each.balance) for each in sheet.deposits] == [
        (4, "김민지", 35_000, 1_035_000),
        (7, "박도윤", 42_000, 1_057_000),
    ]
    assert sheet.deposits[0].at == datetime(2026, 11, 20, 0, 31, 5, tzinfo=UTC)
    assert sheet.deposits[0].remark == "타행이체"
    assert (sheet.withdrawals, sheet.totals) == (1, 1)


@pytest.mark.parametrize("delimiter", ["\t", ";", "|"])
def test_other_separators(delimiter):
    body = a_csv("2026-11-20,김민지,35000,1").replace(b",", delimiter.encode())

    with pytest.raises(SheetRefused, match="1개"):
        read_deposits(body, today=TODAY)  # a cell too many
    assert read(body[:-4] + b"\r\n").deposits[0].amount == 35_000


@pytest.mark.parametrize(
    "headings",
    [
        "거래일시,보낸분/받는분,입금액",
        "거래일자,기재내용,입금(원)",
        "일자,적요,입금액(원)",
        "날짜,입금자,맡기신 금액",
        "거래 일시,입금자명,입금금액",
        "거래일,내용,입금",
        "일시,의뢰인/수취인,금액",
        "거래년월일,거래기록사항,거래금액(원)",
        '"거래\n일자",성명,"입금액\n(원)"',
        "ＤＡＴＥ,name,Amount",
    ],
)
def test_the_headings_of_many_banks(headings):
    deposit = read(a_csv("2026-11-20,김민지,35000", headings=headings)).deposits[0]

    assert (deposit.name, deposit.amount) == ("김민지", 35_000)


def test_headings_over_two_rows_and_again_on_every_page():
    upper, lower = "거래일시,내용,거래금액,,잔액", ",,출금,입금,"
    rows = ("2026-11-20,견본전력,1000,0,5", upper, lower, "2026-11-20,김민지,0,35000,35005")

    sheet = read(a_csv(*rows, headings=f"{upper}\r\n{lower}"))
    assert [(each.row, each.amount) for each in sheet.deposits] == [(6, 35_000)]
    assert sheet.withdrawals == 1
    single = "거래일시,내용,입금"
    assert len(read(a_csv("2026-11-20,가나,1", single, "2026-11-20,다라,2", headings=single)).deposits) == 2


def test_one_column_of_sums_with_the_way_they_went():
    headings = "거래일시,구분,거래금액,내용"

    sheet = read(a_csv("2026.11.20 09:00,입금,35000,김민지", "2026.11.20,출금,-5000,가게", headings=headings))

    assert [(each.name, each.amount) for each in sheet.deposits] == [("김민지", 35_000)]
    assert sheet.withdrawals == 1
    assert "취소된 입금과" in mistakes(a_csv("2026.11.20,입금취소,5000,가게", headings=headings))[0]
    assert "알 수 없습니다" in mistakes(a_csv("2026.11.20,기타,5000,가게", headings=headings))[0]


def test_day_and_time_in_two_columns():
    headings = "거래일자,거래시간,적요,입금액"

    sheet = read(a_csv("20261120,93105,김민지,1", "2026-11-20,오후 3:05,김민지,1", "20261120,,김민지,1", headings=headings))  # fmt: skip

    assert [each.at and each.at.time() for each in sheet.deposits] == [time(9, 31, 5), time(15, 5), None]


def test_a_workbook_with_numbers_and_moments():
    sheet = read(a_workbook([datetime(2026, 11, 20, 9, 31, tzinfo=SEOUL), "김민지", 35_000], [date(2026, 11, 20).isoformat(), 261121000001, "42,000원"]))  # fmt: skip

    assert [(each.name, each.amount) for each in sheet.deposits] == [
        ("김민지", 35_000),
        ("261121000001", 42_000),
    ]
    assert sheet.deposits[0].at == datetime(2026, 11, 20, 0, 31, tzinfo=UTC)


def test_a_formula_counts_as_its_stored_value_and_without_one_is_refused():
    rows = [["2026-11-20", "김민지", None]]

    assert read(a_workbook(*rows, formula=(1, 2, "=30000+5000", None, 35_000))).deposits[0].amount == 35_000
    assert "비어 있습니다" in mistakes(a_workbook(*rows, formula=(1, 2, "=1/0", None, "")))[0]
    assert "수식" in mistakes(a_csv("2026-11-20,김민지,=SUM(C1)"))[0]


def test_merged_cells_are_refused_by_their_row():
    body = a_workbook(
        ["2026-11-20", "가나", 1], ["2026-11-20", "다라", 2], ["2026-11-20", "마바", 3],
        merge=(2, 0, 3, 0, "2026-11-20"),
    )  # fmt: skip

    with pytest.raises(SheetRefused) as refused:
        read(body)

    assert [(mistake.row, "병합" in mistake.sentence) for mistake in refused.value.mistakes] == [
        (3, True),
        (4, True),
    ]


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("2026-11-20,김민지,1.2E+05", "줄여 적은 수"),
        ("2026-11-20,김민지,6.12E+11", "줄여 적은 수"),
        ("2026-11-20,김민지,35000.5", "1원보다 작은"),
        ("2026-11-20,김민지,-35000", "-35,000원"),
        ("2026-11-20,김민지,(35000)", "-35,000원"),
        ("2026-11-20,김민지,0", "0원"),
        ("2026-11-20,김민지,삼만오천", "금액으로 읽을 수 없습니다"),
        ("2026-11-20,김민지,3,5000", "칸이 제목보다 많습니다"),
        ('2026-11-20,김민지,"3,50"', "금액으로 읽을 수 없습니다"),
        ("2026-11-20,김민지,٣٥", "금액으로 읽을 수 없습니다"),
        ("2026-11-20,김민지,9999999999999", "너무 큽니다"),
        ("2026-11-20,김민지,", "비어 있습니다"),
        ("11/20,김민지,35000", "해와 달과 날"),
        ("2026-02-30,김민지,35000", "없는 날짜"),
        ("2026-11-20 25:00,김민지,35000", "시각으로"),
        (",김민지,35000", "날짜가 비어"),
        ("2027-11-20,김민지,35000", "거래한 날일 수 없습니다"),
        ("1987-11-20,김민지,35000", "거래한 날일 수 없습니다"),
    ],
)
def test_a_bad_row_is_named_with_what_to_do(row, says):
    with pytest.raises(SheetRefused) as refused:
        read(a_csv("2026-11-20,박도윤,1", row))

    assert [mistake.row for mistake in refused.value.mistakes] == [3]
    assert says in refused.value.mistakes[0].sentence
    assert refused.value.mistakes[0].sentence.endswith(("세요.", "있습니다."))


def test_money_in_and_out_in_one_row_is_refused():
    body = a_csv("2026-11-20,김민지,1000,2000", headings="거래일시,적요,출금액,입금액")

    assert "함께 적혀" in mistakes(body)[0]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "빈 파일"),
        (b"\x00\x00\r\n", "빈 파일"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "옛 엑셀"),
        (b"<html><table></table></html>", "웹 문서"),
        (b"\xff\xfe\x00", "글자를 읽을 수 없는"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "글자를 읽을 수 없는"),
        (b"PK\x03\x04 broken", "깨졌습니다"),
        (b"x" * (MOST_BYTES + 1), "5MB보다"),
        ("이름,전화\r\n가나,1\r\n".encode(), "제목 줄을 찾지 못했습니다"),
        ("거래일시,입금액\r\n2026-11-20,1\r\n".encode(), "보낸 사람의 칸"),
        ("거래일시,적요,입금액,입금(원)\r\n".encode(), "둘 이상"),
        (a_csv(), "하나도 없습니다"),
        (a_csv("2026-11-20,가게,5000", headings="거래일시,적요,출금액") + b"", "제목 줄을"),
        (b'\xea\xb0\x80,"' + b"x" * 140_000, "따옴표"),
        (a_csv("2026-11-20," + "가" * 501 + ",1"), "500자"),
        (a_csv("2026-11-20,가나,1" + "," * 50 + "x"), "50칸"),
    ],
)
def test_what_is_no_such_sheet_is_refused_with_a_sentence(body, says):
    with pytest.raises(SheetRefused, match=says):
        read(body)


def test_a_hundred_thousand_rows_are_too_many_in_both_kinds():
    rows = ["2026-11-20,김민지,1"] * 100_000

    with pytest.raises(SheetRefused, match="10,000줄"):
        read(a_csv(*rows))
    with pytest.raises(SheetRefused, match="10,000줄"):
        read(a_workbook(*(["2026-11-20", "가", 1] for _ in range(MOST_ROWS + 1))))


def test_as_many_rows_as_allowed_are_read():
    rows = [f"2026-11-20 09:00,김민지,{number}" for number in range(1, MOST_ROWS)]

    assert len(read(a_csv(*rows)).deposits) == MOST_ROWS - 1


def test_only_so_many_mistakes_are_told():
    with pytest.raises(SheetRefused) as refused:
        read(a_csv(*["2026-11-20,김민지,x"] * 80))

    assert (len(refused.value.mistakes), refused.value.count) == (MOST_MISTAKES, 80)


def test_a_zip_bomb_is_refused_before_it_is_unpacked(monkeypatch):
    body = with_part(a_workbook(["2026-11-20", "가", 1]), "xl/media/big.bin", b"\0" * 60_000_000)
    assert len(body) < 200_000

    with pytest.raises(SheetRefused, match="50MB"):
        read(body)


def test_a_part_longer_than_it_says_is_refused():
    body = bytearray(
        with_part(a_workbook(["2026-11-20", "가", 1]), "xl/big.xml", b"<a>" + b" " * 9000 + b"</a>")
    )
    at = body.rindex(b"xl/big.xml") - 46 + 24  # the unpacked size in the directory
    body[at : at + 4] = (20).to_bytes(4, "little")

    with pytest.raises(SheetRefused, match="깨졌습니다"):
        read(bytes(body))


@pytest.mark.parametrize(
    ("place", "says"),
    [
        ("XFD1048576", "10,000줄"),
        ("A1048576", "10,000줄"),
        ("XFD3", "50칸"),
        ("A99999999999", "깨졌"),
    ],
)
def test_a_single_far_cell_does_not_unfold_a_huge_table(place, says):
    far = f'<row r="3"><c r="{place}"><v>1</v></c></row></sheetData>'.encode()
    body = changed(a_workbook(["2026-11-20", "가", 1]), "xl/worksheets/sheet1.xml", b"</sheetData>", far)

    with pytest.raises(SheetRefused, match=says):
        read(body)


@pytest.mark.parametrize("count", [b'uniqueCount="99999999999"', b'count="999999999999" uniqueCount="1"'])
def test_a_workbook_that_tells_of_billions_of_words_is_refused(count):
    """The reader would make room for them all, and end the process."""
    body = a_workbook(["2026-11-20", "가", 1])
    told = (
        zipfile.ZipFile(io.BytesIO(body))
        .read("xl/sharedStrings.xml")
        .partition(b"count=")[2]
        .partition(b">")[0]
    )

    with pytest.raises(SheetRefused, match="깨졌습니다"):
        read(changed(body, "xl/sharedStrings.xml", b"count=" + told, count))


async def test_a_sheet_is_read_apart_as_here():
    body = BANK.encode("cp949")

    assert await read_apart(body, today=TODAY) == read(body)
    assert await read_apart(a_workbook(["2026-11-20", "가", 1]), today=TODAY) == read(
        a_workbook(["2026-11-20", "가", 1])
    )


async def test_what_is_refused_there_is_refused_here_with_its_rows():
    body = a_csv(*["2026-11-20,김민지,x"] * 80)

    with pytest.raises(SheetRefused) as there:
        await read_apart(body, today=TODAY)
    with pytest.raises(SheetRefused) as here:
        read(body)

    assert there.value.sentence == here.value.sentence
    assert (there.value.mistakes, there.value.count) == (here.value.mistakes, here.value.count)
    with pytest.raises(SheetRefused, match="5MB"):
        await read_apart(b"x" * (MOST_BYTES + 1), today=TODAY)


def test_a_child_that_died_without_a_word_is_a_refusal():
    with pytest.raises(SheetRefused, match="너무 오래"):
        unpacked(b"")


def test_entities_are_refused():
    body = changed(
        a_workbook(["2026-11-20", "가", 1]), "xl/sharedStrings.xml", b"<sst",
        b'<!DOCTYPE sst [<!ENTITY a "aaaa">]><sst',
    )  # fmt: skip

    with pytest.raises(SheetRefused, match="깨졌습니다"):
        read(body)


@settings(max_examples=150)
@given(st.binary(max_size=400))
@example(b"PK\x05\x06" + b"\0" * 18)
@example("거래일시,적요,입금액\n,,\n".encode())
def test_no_bytes_break_the_reader(body):
    attempt(body)


@settings(max_examples=100)
@given(
    st.lists(st.lists(st.text(max_size=12), max_size=5), max_size=6),
    st.sampled_from(["utf-8", "cp949", "utf-16"]),
)
def test_no_cells_break_it_below_good_headings(rows, encoding):
    text = "\n".join(["거래일시,적요,입금액", *(",".join(row) for row in rows)])

    attempt(text.encode(encoding, "replace"))


def test_no_damaged_workbook_breaks_it():
    good, chance = a_workbook(["2026-11-20", "김민지", 35_000]), random.Random(7)
    for _ in range(120):
        body = bytearray(good)
        for _ in range(chance.randint(1, 6)):
            body[chance.randrange(len(body))] = chance.randrange(256)
        attempt(bytes(body))


def test_no_damaged_worksheet_breaks_it():
    """Damage inside the parts, where the checksum does not show it."""
    good, chance = a_workbook([datetime(2026, 11, 20, 9, tzinfo=SEOUL), "김민지", 35_000]), random.Random(8)
    for _ in range(120):
        attempt(damaged(good, chance))


def test_equal_rows_are_as_many_deposits_and_the_same_ones_in_the_next_sheet():
    twice = read(a_csv(*["2026-11-20,김민지,35000"] * 2)).deposits
    more = read(a_csv("2026-11-21,박도윤,1", *["2026-11-20,김 민지,35000"] * 3)).deposits

    first, second = list(identities(twice)), list(identities(more))

    assert len(set(first)) == 2
    assert set(first) < set(second)
    assert len(set(second)) == 4


def test_the_balance_tells_equal_deposits_apart_whatever_their_order():
    headings = "거래일시,적요,입금액,잔액"
    rows = ["2026-11-20,김민지,35000,70000", "2026-11-20,김민지,35000,35000"]

    there, back = (
        set(identities(read(a_csv(*each, headings=headings)).deposits)) for each in (rows, rows[::-1])
    )

    assert there == back
    assert set(identities(read(a_csv(rows[1], headings=headings)).deposits)) < there


@pytest.mark.parametrize(
    "written", ["2026-11-20", "2026.11.20", "2026. 11. 20.", "2026/11/20", "20261120", "2026년 11월 20일", "2026.11.20(금)", "２０２６－１１－２０"]
)  # fmt: skip
def test_days_as_people_write_them(written):
    assert read_moment(written) == (date(2026, 11, 20), None)


@pytest.mark.parametrize(
    ("written", "hour"),
    [
        ("2026-11-20 09:31", time(9, 31)),
        ("2026-11-20T09:31:05", time(9, 31, 5)),
        ("2026.11.20 (금) 오전 12:05", time(0, 5)),
        ("20261120093105", time(9, 31, 5)),
        ("2026-11-20 오후 12:05:00", time(12, 5)),
    ],
)
def test_moments_as_banks_write_them(written, hour):
    assert read_moment(written) == (date(2026, 11, 20), hour)


@pytest.mark.parametrize(
    ("written", "won"),
    [("35,000", 35_000), ("35000원", 35_000), ("₩35,000", 35_000), ("3５,000", 35_000), ("35000.00", 35_000), ('="35000"', 35_000), (35_000.0, 35_000), ("", None), ("-", None), (None, None)],
)  # fmt: skip
def test_won_as_banks_write_them(written, won):
    assert read_won(written, what="입금액") == won


@pytest.mark.parametrize(
    "cell", [True, time(1), timedelta(1), float("nan"), float("inf"), 0.5, "1e5", "1,00", "--1"]
)
def test_what_is_no_won(cell):
    with pytest.raises(BadCell):
        read_won(cell, what="입금액")


def test_the_limits_are_told_to_the_person():
    assert f"{refusals.MOST_ROWS:,}줄" in refusals.TOO_MANY_ROWS


def read(body: bytes) -> DepositSheet:
    return read_deposits(body, today=TODAY)


def attempt(body: bytes) -> None:
    """Either a sheet whose every deposit is good, or a refusal with a sentence."""
    try:
        sheet = read(body)
    except SheetRefused:
        return
    assert sheet.deposits
    assert all(0 < each.amount <= 999_999_999_999 and each.row > 0 for each in sheet.deposits)


def mistakes(body: bytes) -> list[str]:
    with pytest.raises(SheetRefused) as refused:
        read(body)
    return [mistake.sentence for mistake in refused.value.mistakes]


def with_part(body: bytes, name: str, part: bytes) -> bytes:
    out = io.BytesIO(body)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as book:
        book.writestr(name, part)
    return out.getvalue()


def changed(body: bytes, name: str, old: bytes, new: bytes) -> bytes:
    return rewritten(body, lambda part, own: own.replace(old, new) if part == name else own)


def damaged(body: bytes, chance: random.Random) -> bytes:
    def harm(name: str, part: bytes) -> bytes:
        spoiled = bytearray(part)
        if chance.random() < 0.4 and spoiled:
            spoiled[chance.randrange(len(spoiled))] = chance.randrange(32, 127)
        return bytes(spoiled)

    return rewritten(body, harm)


def rewritten(body: bytes, change) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return out.getvalue()
