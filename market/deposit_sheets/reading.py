"""A bank's sheet as deposits: the rows that brought money, or every row that cannot be read. Pure; all or nothing."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from market.deposit_sheets.cells import read_pages
from market.deposit_sheets.headings import Column, Headings, find_headings, is_repeated
from market.deposit_sheets.refusals import Mistake, SheetRefused
from market.deposit_sheets.values import NAME_SIGNS, REMARK_SIGNS, BadCell, read_moment, read_won, text_of
from market.deposit_sheets.workbook import Cell, SheetPage
from villages.days import SEOUL

TOTALS = re.compile(
    r"\W*(합계|총계|총합계|소계|누계|전체합계|입금합계|출금합계|총[\d,]*건|계|이월|전월이월|total)\W*",
    re.IGNORECASE,
)
IN, OUT, UNDONE = (
    ("입금", "입", "수납", "맡기신", "받기"),
    ("출금", "지급", "출", "찾으신", "보내기", "이체출금"),
    ("취소", "정정", "오류"),
)
OLDEST = date(2000, 1, 1)


@dataclass(frozen=True)
class Deposit:
    """One row that brought money. `at` is None where the bank tells only the day; `row` counts from 1."""

    row: int
    day: date
    at: datetime | None
    name: str
    remark: str
    amount: int
    balance: int | None


@dataclass(frozen=True)
class DepositSheet:
    """What one sheet holds. `withdrawals` and `totals` count the rows that were left out."""

    deposits: list[Deposit] = field(default_factory=list)
    withdrawals: int = 0
    totals: int = 0


def read_deposits(body: bytes, *, today: date) -> DepositSheet:
    """Every deposit of a sheet. Raises `SheetRefused` with the rows to be mended; then nothing is read at all."""
    pages = read_pages(body)
    found = [(page, headings) for page in pages if (headings := find_headings(page.rows))]
    if not found:
        raise SheetRefused(_no_headings(pages))
    if len(found) > 1:
        raise SheetRefused("거래내역이 있는 시트가 둘 이상입니다. 시트를 하나만 남기고 저장해 올려 주세요.")
    page, headings = found[0]
    if not headings.names:
        raise SheetRefused(
            "보낸 사람의 칸을 찾지 못했습니다. 이름이 있는 칸의 제목을 ‘보낸분’, ‘입금자’, ‘기재내용’, ‘적요’ 가운데 하나로 적어 주세요."
        )
    return _Reading(page, headings, today).read()


def _no_headings(pages: Sequence[SheetPage]) -> str:
    if not any(pages):
        return "빈 표입니다. 은행에서 받은 거래내역 파일을 골라 주세요."
    return "제목 줄을 찾지 못했습니다. 날짜(거래일시), 이름(보낸분·적요), 금액(입금액) 칸의 제목이 있는 표를 올려 주세요."


class _Reading:
    """One walk over the rows below the headings."""

    def __init__(self, page: SheetPage, headings: Headings, today: date) -> None:
        self.page = page
        self.headings = headings
        self.latest = today + timedelta(days=1)
        self.deposits: list[Deposit] = []
        self.mistakes: list[Mistake] = []
        self.withdrawals = 0
        self.totals = 0

    def read(self) -> DepositSheet:
        start = self.headings.last_row + 1
        for number, row in enumerate(self.page.rows[start:], start=start + 1):
            if any(text_of(cell) for cell in row) and not is_repeated(row):
                self._take(number, row)
        if self.mistakes:
            raise SheetRefused(
                f"읽을 수 없는 줄이 {len(self.mistakes):,}개 있어 아무것도 올리지 않았습니다. 아래 줄을 고쳐 다시 올려 주세요.",
                mistakes=self.mistakes,
            )
        if not self.deposits:
            raise SheetRefused("입금된 줄이 하나도 없습니다. 기간과 계좌를 확인해 주세요.")
        return DepositSheet(self.deposits, self.withdrawals, self.totals)

    def _take(self, number: int, row: Sequence[Cell]) -> None:
        try:
            if self._is_total(row):
                self.totals += 1
                return
            if number in self.page.merged:
                raise BadCell("합쳐진(병합된) 칸이 있습니다. 병합을 풀고 줄마다 값을 적어 주세요.")
            if self.page.is_text and any(text_of(cell) for cell in row[self.headings.width :]):
                raise BadCell(
                    "칸이 제목보다 많습니다. 금액의 쉼표 때문에 나뉘었으면 35000처럼 쉼표 없이 적어 주세요."
                )
            self._book(number, row)
        except BadCell as bad:
            self.mistakes.append(Mistake(number, bad.sentence))

    def _book(self, number: int, row: Sequence[Cell]) -> None:
        amount = self._deposited(row)
        if amount is None:
            self.withdrawals += 1
            return
        day, hour = read_moment(self._cell(row, Column.day), self._cell(row, Column.time))
        if not OLDEST <= day <= self.latest:
            raise BadCell(f"{day:%Y-%m-%d}은 거래한 날일 수 없습니다. 날짜를 확인해 주세요.")
        if amount <= 0:
            raise BadCell(f"입금액이 {amount:,}원입니다. 0원보다 큰 금액을 적거나 이 줄을 지워 주세요.")
        names = [text for place in self.headings.names if (text := text_of(_at(row, place)))]
        remarks = [*names[1:], text_of(self._cell(row, Column.remark))]
        self.deposits.append(
            Deposit(
                number, day, datetime.combine(day, hour, SEOUL) if hour else None, "".join(names[:1])[:NAME_SIGNS],
                " · ".join(filter(None, remarks))[:REMARK_SIGNS], amount,
                read_won(self._cell(row, Column.balance), what="잔액"),
            )
        )  # fmt: skip

    def _deposited(self, row: Sequence[Cell]) -> int | None:
        """The won that came in; None where the row took money out."""
        if Column.deposit not in self.headings.places:
            return self._directed(row)
        came = read_won(self._cell(row, Column.deposit), what="입금액")
        left = read_won(self._cell(row, Column.withdrawal), what="출금액")
        if came and left:
            raise BadCell("입금액과 출금액이 함께 적혀 있습니다. 어느 쪽인지 확인해 한쪽만 남겨 주세요.")
        if left or (came == 0 and left == 0):
            return None
        if came is None:
            raise BadCell(
                "입금액이 비어 있습니다. 수식이나 오류가 든 칸이면 값으로 바꾸고, 입금이 아니면 이 줄을 지워 주세요."
            )
        return came

    def _directed(self, row: Sequence[Cell]) -> int | None:
        """One column of sums: another one may say which way the money went."""
        amount = read_won(self._cell(row, Column.amount), what="금액")
        if amount is None:
            raise BadCell("금액이 비어 있습니다. 금액을 적거나 이 줄을 지워 주세요.")
        if Column.direction not in self.headings.places:
            return amount
        word = text_of(self._cell(row, Column.direction)).replace(" ", "")
        if any(undone in word for undone in UNDONE):
            raise BadCell(f"‘{word[:20]}’ 거래입니다. 취소된 입금과 이 줄을 함께 지우고 다시 올려 주세요.")
        if word.startswith(OUT) or word.endswith("출금"):
            return None
        if word.startswith(IN) or word.endswith("입금"):
            return amount
        raise BadCell(
            f"입금인지 출금인지 알 수 없습니다(‘{word[:20]}’). 구분 칸에 ‘입금’이나 ‘출금’이라고 적어 주세요."
        )

    def _is_total(self, row: Sequence[Cell]) -> bool:
        """A row of sums or of notes: no day in it, and either words for a total or no sum at all."""
        if self._day_is_readable(row):
            return False
        texts = [text_of(cell) for cell in row if isinstance(cell, str) and text_of(cell)]
        if any(TOTALS.fullmatch(text.replace(" ", "")) for text in texts):
            return True
        sums = (Column.deposit, Column.withdrawal, Column.amount)
        return not any(text_of(self._cell(row, column)) for column in sums)

    def _day_is_readable(self, row: Sequence[Cell]) -> bool:
        try:
            read_moment(self._cell(row, Column.day))
        except BadCell:
            return False
        return True

    def _cell(self, row: Sequence[Cell], column: Column) -> Cell:
        place = self.headings.places.get(column)
        return None if place is None else _at(row, place)


def _at(row: Sequence[Cell], place: int) -> Cell:
    return row[place] if place < len(row) else None
