"""The bytes of a spreadsheet as rows of cells: CSV in UTF-8 or CP949, or xlsx; nothing larger than the limits."""

import csv
import io
import re
from collections.abc import Iterator

from market.deposit_sheets.refusals import (
    MOST_BYTES,
    MOST_COLUMNS,
    MOST_ROWS,
    MOST_SIGNS,
    TOO_HEAVY,
    TOO_MANY_ROWS,
    TOO_WIDE,
    SheetRefused,
)
from market.deposit_sheets.workbook import Cell, SheetPage, workbook_pages

DELIMITERS = ",\t;|"
OLD_EXCEL = b"\xd0\xcf\x11\xe0"
WEB_PAGE = re.compile(r"\s*<(!doctype|html|table|\?xml|meta|style|head|body)", re.IGNORECASE)
SAVE_AGAIN = "엑셀에서 열어 ‘Excel 통합 문서(.xlsx)’로 다시 저장해 올려 주세요."


def read_pages(body: bytes) -> list[SheetPage]:
    """The tables of a spreadsheet, their rows as they stand, empty ones too. Raises `SheetRefused` for all else."""
    if len(body) > MOST_BYTES:
        raise SheetRefused(TOO_HEAVY)
    if not body.strip(b"\x00 \r\n\t"):
        raise SheetRefused("빈 파일입니다. 은행에서 받은 거래내역 파일을 골라 주세요.")
    if body.startswith(OLD_EXCEL):
        raise SheetRefused(f"옛 엑셀 파일(.xls)이거나 암호가 걸린 파일입니다. {SAVE_AGAIN}")
    pages = (
        workbook_pages(body)
        if body.startswith(b"PK")
        else [SheetPage(list(_lines_of(_text_of(body))), is_text=True)]
    )
    for page in pages:
        _refuse_large(page)
    return pages


def _text_of(body: bytes) -> str:
    encodings = ("utf-16",) if body[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp949")
    for encoding in encodings:
        try:
            text = body.decode(encoding)
        except UnicodeDecodeError:
            continue
        if WEB_PAGE.match(text):
            raise SheetRefused(f"이름만 엑셀인 웹 문서입니다. {SAVE_AGAIN}")
        if "\x00" not in text:
            return text
    raise SheetRefused(
        "글자를 읽을 수 없는 파일입니다. CSV(UTF-8이나 CP949) 또는 엑셀(.xlsx) 파일로 올려 주세요."
    )


def _lines_of(text: str) -> Iterator[list[Cell]]:
    number = 0
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
        for number, row in enumerate(reader, start=1):
            if number > MOST_ROWS:
                raise SheetRefused(TOO_MANY_ROWS)
            yield [*row]
    except csv.Error as broken:
        raise SheetRefused(
            f"{number + 1}번째 줄부터 읽을 수 없습니다. 따옴표가 짝이 맞는지 보고 다시 올려 주세요."
        ) from broken


def _delimiter(text: str) -> str:
    """The sign that parts most cells in the first lines."""
    lines = text[:20_000].splitlines()[:60]
    return max(
        DELIMITERS, key=lambda sign: sum(min(line.count(sign), 12) for line in lines if line.count(sign) > 1)
    )


def _refuse_large(page: SheetPage) -> None:
    if len(page.rows) > MOST_ROWS:
        raise SheetRefused(TOO_MANY_ROWS)
    for number, row in enumerate(page.rows, start=1):
        if any(cell not in (None, "") for cell in row[MOST_COLUMNS:]):
            raise SheetRefused(f"{number}번째 줄: {TOO_WIDE}")
        if any(isinstance(cell, str) and len(cell) > MOST_SIGNS for cell in row):
            raise SheetRefused(
                f"{number}번째 줄: {MOST_SIGNS}자가 넘는 칸이 있습니다. 은행이 준 표 그대로 올려 주세요."
            )
