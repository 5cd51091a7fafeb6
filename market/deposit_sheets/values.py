"""Single cells of a bank's sheet: days, times, whole won and names, however a bank writes them."""

import re
import unicodedata
from datetime import date, datetime, time

from market.deposit_sheets.workbook import Cell
from villages.contacts import tidy

MOST_WON = 999_999_999_999
NAME_SIGNS, REMARK_SIGNS = 60, 120
AS_TEXT = re.compile(r'="(.*)"', re.DOTALL)  # how a CSV keeps Excel from reading a number
DAY = re.compile(
    r"(\d{4})(?:\s*[-./년]\s*(\d{1,2})\s*[-./월]\s*(\d{1,2})\s*[일.]?|(\d{2})(\d{2}))\s*"
    r"(?:\([월화수목금토일]\)\s*)?(?:[T ]?\s*(.+))?",
    re.ASCII,
)
TIME = re.compile(
    r"(오전|오후)?\s*(\d{1,2})(?::(\d{2})(?::(\d{2})(?:\.\d+)?)?|(\d{2})(\d{2})?)(?:\+09:?00)?", re.ASCII
)
WON = re.compile(
    r"[₩￦\\]?\s*([-+−△▲(]?)\s*[₩￦\\]?\s*(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?\s*원?\s*\)?", re.ASCII
)
SCIENTIFIC = re.compile(r"[-+]?\d+(\.\d+)?[eE][-+]?\d+", re.ASCII)


class BadCell(ValueError):
    """`sentence` says in Korean what is wrong with the cell and how to mend it."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)


def text_of(cell: Cell) -> str:
    """A cell as one line of text; a whole number without its ".0"."""
    if cell is None or isinstance(cell, bool):
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        cell = int(cell)
    text = tidy(str(cell).replace("\x00", ""))
    wrapped = AS_TEXT.fullmatch(text)
    return wrapped[1].strip() if wrapped else text.removeprefix("'")


def read_moment(cell: Cell, time_cell: Cell = None) -> tuple[date, time | None]:
    """The day, and the time where the bank tells one. Raises `BadCell`."""
    if isinstance(cell, datetime):
        own = cell.time().replace(microsecond=0)
        return cell.date(), own if own != time() else _read_time(time_cell)
    if isinstance(cell, date):
        return cell, _read_time(time_cell)
    text = unicodedata.normalize("NFKC", text_of(cell))
    if not text:
        raise BadCell("날짜가 비어 있습니다. 합쳐진(병합된) 칸이면 풀어서 줄마다 날짜를 적어 주세요.")
    _refuse_formula(text)
    found = DAY.fullmatch(text)
    if not found:
        raise BadCell(f"날짜로 읽을 수 없습니다: ‘{text[:20]}’. 2026-11-21처럼 해와 달과 날을 적어 주세요.")
    try:
        day = date(int(found[1]), int(found[2] or found[4]), int(found[3] or found[5]))
    except ValueError as wrong:
        raise BadCell(f"없는 날짜입니다: ‘{text[:20]}’. 날짜를 확인해 주세요.") from wrong
    return day, _time_of(found[6]) if found[6] else _read_time(time_cell)


def _read_time(cell: Cell) -> time | None:
    if isinstance(cell, datetime):
        return cell.time().replace(microsecond=0)
    if isinstance(cell, time):
        return cell.replace(microsecond=0)
    if isinstance(cell, float) and 0 <= cell < 1:  # a part of a day, as Excel counts
        seconds = min(round(cell * 86_400), 86_399)
        return time(seconds // 3600, seconds // 60 % 60, seconds % 60)
    text = unicodedata.normalize("NFKC", text_of(cell))
    if text.isascii() and text.isdigit():
        text = text.zfill(6)  # a spreadsheet drops the first zero of 093105
    return _time_of(text) if text else None


def _time_of(text: str) -> time:
    found = TIME.fullmatch(text.strip())
    try:
        if not found:
            raise ValueError(text)
        hour = int(found[2])
        if found[1]:
            hour = hour % 12 + (12 if found[1] == "오후" else 0)
        return time(hour, int(found[3] or found[5]), int(found[4] or found[6] or 0))
    except ValueError as wrong:
        raise BadCell(f"시각으로 읽을 수 없습니다: ‘{text[:20]}’. 09:31처럼 적어 주세요.") from wrong


def read_won(cell: Cell, *, what: str) -> int | None:
    """Whole won, below zero too; None for an empty cell or a dash. Raises `BadCell`."""
    if isinstance(cell, bool | date | time) or (cell is not None and not isinstance(cell, str | int | float)):
        raise BadCell(f"{what} 칸에 금액이 아닌 것이 들어 있습니다. 칸의 자리가 맞는지 확인해 주세요.")
    if isinstance(cell, int | float):
        return _whole(cell, what)
    text = unicodedata.normalize("NFKC", text_of(cell))
    if text in ("", "-", "–", "—"):
        return None
    _refuse_formula(text)
    if SCIENTIFIC.fullmatch(text.replace(",", "").replace(" ", "")):
        raise BadCell(
            f"{what} 칸의 ‘{text[:20]}’은(는) 엑셀이 줄여 적은 수입니다. 칸 서식을 ‘숫자’로 바꾸어 다시 저장하거나, "
            "은행에서 받은 파일을 고치지 말고 올려 주세요."
        )
    found = WON.fullmatch(text)
    if not found:
        raise BadCell(f"{what} 칸을 금액으로 읽을 수 없습니다: ‘{text[:20]}’. 35,000처럼 숫자로 적어 주세요.")
    if found[3] and found[3].strip(".0"):
        raise BadCell(f"{what} 칸에 1원보다 작은 수가 있습니다: ‘{text[:20]}’. 원 단위 숫자로 적어 주세요.")
    won = int(found[2].replace(",", ""))
    return _whole(-won if found[1] in ("-", "−", "△", "▲", "(") else won, what)


def _whole(number: int | float, what: str) -> int:
    if number != number or abs(number) > MOST_WON:
        raise BadCell(f"{what} 칸의 수가 너무 큽니다. {MOST_WON:,}원까지 읽을 수 있습니다.")
    if number != int(number):
        raise BadCell(f"{what} 칸에 1원보다 작은 수가 있습니다: ‘{number:,}’. 원 단위 숫자로 적어 주세요.")
    return int(number)


def _refuse_formula(text: str) -> None:
    if text.startswith("="):
        raise BadCell(f"수식이 들어 있습니다: ‘{text[:20]}’. 값만 남겨(값 붙여넣기) 다시 저장해 주세요.")
