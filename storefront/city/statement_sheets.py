"""A statement as a file: its figures, and every line behind them."""

from datetime import datetime

from market.settlement.figures import Sums
from market.settlement.overview import ShownLine, VillageMonth
from market.sheets import Cell, Sheets, Table
from storefront.words import channel_ko, full_date_ko, moment_ko, tender_ko
from villages.days import seoul_day

SUMS = ("특산물", "체험", "배송비", "수수료", "마을이 이미 받은 돈", "정산할 돈")
HEADER = ("날", "주문번호", "내용", "경로", "낸 방법", *SUMS)


def statement_sheets(shown: VillageMonth, lines: list[ShownLine], *, now: datetime) -> Sheets:
    """`lines` are all of them."""
    month = f"{shown.month.year}년 {shown.month.month}월"
    state = (
        f"정산번호 {shown.number}, {moment_ko(shown.closed_at)} 마감" if shown.closed_at else "마감 전(초안)"
    )
    return Sheets(
        f"{shown.village.name} {month} 정산",
        [f"{state}. {full_date_ko(seoul_day(now))}에 내려받음.", "단위: 원. 부가세 포함. 빼는 돈은 0보다 작습니다."],
        [
            Table("정산", ("항목", "금액"), _figures(shown)),
            Table("줄", HEADER, [_row(line) for line in lines], totals=("합계", "", "", "", "", *_cells(shown.sums))),
        ],
    )  # fmt: skip


def _figures(shown: VillageMonth) -> list[tuple[Cell, ...]]:
    sums = shown.sums
    return [
        ("지난 정산에서 넘어온 돈", shown.opening), ("특산물", sums.goods), ("체험", sums.programs), ("배송비", sums.postage),
        ("수수료", sums.commission), ("마을이 이미 받은 돈", -sums.held), ("지급할 돈", shown.payout),
        ("다음 정산으로 넘길 돈", shown.carried),
    ]  # fmt: skip


def _row(line: ShownLine) -> tuple[Cell, ...]:
    words = (
        line.day.isoformat(), line.number, "환불" if line.is_refund else "판매", channel_ko(line.channel), tender_ko(line.tender),
    )  # fmt: skip
    return (*words, *_cells(line.sums))


def _cells(sums: Sums) -> tuple[int, ...]:
    return (sums.goods, sums.programs, sums.postage, sums.commission, -sums.held, sums.owed)
