"""How a sheet is turned away, and how large one may be."""

from collections.abc import Sequence
from dataclasses import dataclass

from villages.refusals import Refused

MOST_BYTES = 5_000_000
MOST_UNPACKED = 50_000_000  # bytes of all parts of an xlsx file together
MOST_ROWS = 10_000
MOST_COLUMNS = 50
MOST_SIGNS = 500  # of one cell
MOST_MISTAKES = 50  # that are told; more help nobody

TOO_HEAVY = f"파일이 {MOST_BYTES // 1_000_000}MB보다 큽니다. 기간을 나누어 받아 올려 주세요."
TOO_MANY_ROWS = f"표가 {MOST_ROWS:,}줄보다 깁니다. 기간을 나누어 받아 올려 주세요."
TOO_WIDE = f"표가 {MOST_COLUMNS}칸보다 넓습니다. 은행이 준 표 그대로 올려 주세요."


@dataclass(frozen=True)
class Mistake:
    """What is wrong in one row, counted as the spreadsheet counts it, and how to mend it."""

    row: int
    sentence: str


class SheetRefused(Refused):
    """Nothing of this sheet was taken. `mistakes` names the first rows to be mended, `count` is their number."""

    code = "sheet-refused"
    usual = "읽을 수 없는 표입니다. 은행에서 거래내역을 다시 받아 올려 주세요."

    def __init__(self, sentence: str = "", *, mistakes: Sequence[Mistake] = (), count: int = 0) -> None:
        super().__init__(sentence)
        self.mistakes = list(mistakes[:MOST_MISTAKES])
        self.count = count or len(mistakes)
