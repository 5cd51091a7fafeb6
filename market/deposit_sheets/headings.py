"""What banks write above their columns, and which of our columns that is."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from market.deposit_sheets.refusals import SheetRefused
from market.deposit_sheets.workbook import Cell

MOST_ABOVE = 40  # rows above the headings: account, period, name of the holder


class Column(StrEnum):
    day = "거래일시"
    time = "거래시간"
    deposit = "입금액"
    withdrawal = "출금액"
    amount = "거래금액"
    direction = "입출금 구분"
    balance = "잔액"
    remark = "메모"


WORDS: dict[Column, tuple[str, ...]] = {
    Column.day: (
        "거래일시", "거래일자", "거래일", "거래날짜", "거래년월일", "거래연월일", "일자", "일시", "날짜", "년월일",
        "입금일시", "입금일자", "입금일", "입금날짜", "처리일시", "처리일자", "date",
    ),
    Column.time: ("거래시간", "거래시각", "시간", "시각", "입금시간", "입금시각", "처리시간", "time"),
    Column.deposit: (
        "입금액", "입금금액", "입금", "입금액원", "입금원", "입금거래금액", "맡기신금액", "맡기신돈", "받으신금액", "받은금액",
        "수입금액", "들어온금액", "deposit",
    ),
    Column.withdrawal: (
        "출금액", "출금금액", "출금", "출금액원", "출금원", "출금거래금액", "찾으신금액", "찾으신돈", "보내신금액", "보낸금액",
        "지급액", "지급금액", "지급", "나간금액", "withdrawal",
    ),
    Column.amount: ("거래금액", "거래금액원", "금액", "금액원", "이체금액", "amount"),
    Column.direction: ("입출금구분", "입출구분", "입출금", "입지구분", "거래구분", "구분", "거래종류", "거래유형"),
    Column.balance: (
        "잔액", "잔액원", "거래후잔액", "거래후잔액원", "거래후잔고", "잔고", "통장잔액", "남은금액", "balance",
    ),
    Column.remark: ("메모", "송금메모", "거래메모", "이체메모", "비고", "거래특이사항"),
}  # fmt: skip
NAMES = (
    "입금자명", "입금자", "입금인", "입금하신분", "보낸분", "보내신분", "보낸분받는분", "받는분보낸분", "보낸사람", "보낸이",
    "의뢰인", "의뢰인명", "의뢰인수취인", "송금인", "송금인명", "거래기록사항", "기재내용", "기재사항", "통장표시내용", "통장인자내용",
    "통장메모", "받는통장표시", "내용", "거래내용", "거래내역", "적요내용", "적요", "상대계좌예금주명", "상대예금주명", "상대방", "거래처",
    "거래처명", "예금주", "예금주명", "이름", "성명", "주문자", "name",
)  # fmt: skip
"""Where a bank writes who sent the money; the earlier one counts where a sheet has several."""
EVERY_WORD = frozenset(word for words in (*WORDS.values(), NAMES) for word in words)


@dataclass(frozen=True)
class Headings:
    """Where each column stands, from 0. `names` are all that may hold a name, the best one first."""

    last_row: int
    places: dict[Column, int] = field(default_factory=dict)
    names: tuple[int, ...] = ()
    width: int = 0


def find_headings(rows: Sequence[Sequence[Cell]]) -> Headings | None:
    """The first row, or two rows one above the other, with a date and a sum. Raises `SheetRefused`."""
    for at in range(min(len(rows), MOST_ABOVE)):
        above, below = rows[at], rows[at + 1] if at + 1 < len(rows) else ()
        if is_repeated(below) and any(text_of_heading(cell) for cell in below):
            both = _headings(_stacked(_texts(above), _texts(below)), at + 1)
            if {Column.day, Column.deposit, Column.withdrawal} <= both.places.keys():
                return both
        found = _headings(_texts(above), at)
        if Column.day in found.places and {Column.deposit, Column.amount} & found.places.keys():
            return found
    return None


def is_repeated(row: Sequence[Cell]) -> bool:
    """Nothing but headings, as banks print them again on top of every page."""
    return all(text_of_heading(cell) in EVERY_WORD for cell in row if cell not in (None, ""))


def _headings(texts: list[str], last_row: int) -> Headings:
    places: dict[Column, int] = {}
    for column, words in WORDS.items():
        found = [place for place, text in enumerate(texts) if text in words]
        if len(found) > 1 and column in (Column.deposit, Column.amount, Column.withdrawal):
            raise SheetRefused(
                f"‘{column.value}’ 제목의 칸이 둘 이상입니다. 입금액 칸을 하나만 남기고 저장해 올려 주세요."
            )
        if found:
            places[column] = min(found, key=lambda place: words.index(texts[place]))
    named = [place for place, text in enumerate(texts) if text in NAMES]
    width = max((place for place, text in enumerate(texts, start=1) if text), default=0)
    return Headings(
        last_row, places, tuple(sorted(named, key=lambda place: NAMES.index(texts[place]))), width
    )


def _texts(row: Sequence[Cell]) -> list[str]:
    return [text_of_heading(cell) for cell in row]


def text_of_heading(cell: Cell) -> str:
    """ "입금액 (원)", "입금액(원)" and "입금액\\n(원)" are one heading; what is no text is none."""
    if not isinstance(cell, str):
        return ""
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", cell)).casefold()


def _stacked(above: list[str], below: list[str]) -> list[str]:
    """Headings over two rows: the lower word counts where there is one ("거래금액" over "입금" and "출금")."""
    width = max(len(above), len(below))
    above, below = above + [""] * (width - len(above)), below + [""] * (width - len(below))
    return [low or high for high, low in zip(above, below, strict=True)]
