"""xlsx opened with care: every part is unpacked and measured by us before the reader of spreadsheets sees it."""

import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from xml.parsers import expat

from python_calamine import CalamineWorkbook, SheetTypeEnum

from market.deposit_sheets.refusals import (
    MOST_COLUMNS,
    MOST_ROWS,
    MOST_UNPACKED,
    TOO_MANY_ROWS,
    TOO_WIDE,
    SheetRefused,
)

Cell = str | int | float | bool | date | datetime | time | timedelta | None

MOST_PARTS = 500
MOST_SHEETS = 20
BROKEN = "엑셀 파일이 깨졌습니다. 엑셀에서 열어 다시 저장하거나 은행에서 다시 받아 올려 주세요."
TOO_LARGE = (
    f"풀어 놓으면 {MOST_UNPACKED // 1_000_000}MB가 넘는 엑셀 파일입니다. 기간을 나누어 받아 올려 주세요."
)
PLACE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,7})")


@dataclass(frozen=True)
class SheetPage:
    """One table. `merged` are the rows, from 1, that a merged cell touches; `is_text`: it came as CSV."""

    rows: list[list[Cell]]
    merged: frozenset[int] = frozenset()
    is_text: bool = False


def workbook_pages(body: bytes) -> list[SheetPage]:
    """The worksheets with something in them. Raises `SheetRefused`; never grows past what the limits allow."""
    parts = _unpacked(body)
    for name, part in parts.items():
        if name.lower().endswith((".xml", ".rels")):
            _Measure().take(part)
    try:
        return _read(_packed(parts))
    except SheetRefused:
        raise
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as broken:  # the reader is written in Rust: its panics are no ordinary exceptions
        raise SheetRefused(BROKEN) from broken


def _unpacked(body: bytes) -> dict[str, bytes]:
    """Every part with its bytes; a part that is longer than it says, or not what its checksum says, is refused."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            listed = packed.infolist()
            if len(listed) > MOST_PARTS or sum(part.file_size for part in listed) > MOST_UNPACKED:
                raise SheetRefused(TOO_LARGE)
            if any(part.flag_bits & 1 for part in listed):
                raise SheetRefused("암호가 걸린 엑셀 파일입니다. 암호를 풀어 다시 저장해 올려 주세요.")
            return {part.filename: packed.read(part) for part in listed}
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        ValueError,
        NotImplementedError,
        RuntimeError,
    ) as broken:
        raise SheetRefused(BROKEN) from broken


def _packed(parts: dict[str, bytes]) -> io.BytesIO:
    """The parts put together anew, so that the reader finds exactly what was measured."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as packed:
        for name, part in parts.items():
            packed.writestr(zipfile.ZipInfo(name), part)
    out.seek(0)
    return out


def _read(packed: io.BytesIO) -> list[SheetPage]:
    pages = []
    with CalamineWorkbook.from_filelike(packed) as book:
        sheets = [sheet for sheet in book.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
        if len(sheets) > MOST_SHEETS:
            raise SheetRefused(
                f"시트가 {MOST_SHEETS}개보다 많습니다. 거래내역 시트만 남기고 저장해 올려 주세요."
            )
        for sheet in sheets:
            page = book.get_sheet_by_name(sheet.name)
            rows: list[list[Any]] = page.to_python(skip_empty_area=False)
            if any(cell != "" for row in rows for cell in row):
                pages.append(SheetPage(rows, _merged(page.merged_cell_ranges or [])))
    return pages


def _merged(ranges: list[tuple[tuple[int, int], tuple[int, int]]]) -> frozenset[int]:
    return frozenset(
        row + 1 for first, last in ranges for row in range(first[0], min(last[0], MOST_ROWS) + 1)
    )


class _Measure:
    """How far a worksheet reaches: one cell in the last corner would make the reader lay out the whole square."""

    def __init__(self) -> None:
        self.row = 0
        self.column = 0

    def take(self, part: bytes) -> None:
        parser = expat.ParserCreate("utf-8")  # as the reader takes it, whatever the part says of itself
        parser.StartElementHandler = self._begin
        parser.StartDoctypeDeclHandler = self._refuse_definitions
        try:
            parser.Parse(part, True)
        except (expat.ExpatError, ValueError) as broken:
            raise SheetRefused(BROKEN) from broken

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        # Room is made for as many as are told: a number that no file of this size can mean ends the process.
        if any(len(attributes.get(word, "")) > 7 for word in ("count", "uniqueCount")):
            raise SheetRefused(BROKEN)
        element = name.rpartition(":")[2]
        if element == "row":
            self.row = self._number(attributes["r"]) if "r" in attributes else self.row + 1
            self.column = 0
        elif element == "c":
            self._stand_at(attributes.get("r"))
        if self.row > MOST_ROWS:
            raise SheetRefused(TOO_MANY_ROWS)
        if self.column > MOST_COLUMNS:
            raise SheetRefused(f"{self.row}번째 줄: {TOO_WIDE}")

    def _stand_at(self, told: str | None) -> None:
        if told is None:
            self.column += 1
            return
        place = PLACE.fullmatch(told)
        if not place:
            raise SheetRefused(BROKEN)
        self.column = _column(place[1])
        self.row = max(self.row, int(place[2]))

    def _number(self, told: str) -> int:
        if not (told.isascii() and told.isdigit() and len(told) < 9):
            raise SheetRefused(BROKEN)
        return int(told)

    def _refuse_definitions(self, *_: object) -> None:
        raise SheetRefused(BROKEN)


def _column(letters: str) -> int:
    """ "A" is 1, "AA" is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
