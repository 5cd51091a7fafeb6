"""Small sheets of an invented bank."""

import io
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from xlsxwriter import Workbook

TODAY = date(2026, 11, 21)


def a_csv(*rows: str, headings: str = "거래일시,보낸분,입금액", above: str = "") -> bytes:
    """Rows as they stand in the file, below a row of headings."""
    return "\r\n".join([*above.splitlines(), headings, *rows, ""]).encode()


def a_workbook(
    *rows: Sequence[Any],
    headings: Sequence[str] = ("거래일시", "보낸분", "입금액"),
    merge: tuple[Any, ...] = (),
    formula: tuple[Any, ...] = (),
) -> bytes:
    """The same as xlsx. `merge` and `formula` are (row, column, …) for the methods of that name, counted from 0."""
    out = io.BytesIO()
    with Workbook(out, {"in_memory": True}) as book:
        page = book.add_worksheet("거래내역")
        day = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        lines: list[Sequence[Any]] = [headings, *rows]
        for at, row in enumerate(lines):
            for place, cell in enumerate(row):
                if isinstance(cell, datetime):
                    page.write_datetime(at, place, cell.replace(tzinfo=None), day)
                elif isinstance(cell, str):
                    page.write_string(at, place, cell)
                elif cell is not None:
                    page.write(at, place, cell)
        if merge:
            page.merge_range(*merge)
        if formula:
            page.write_formula(*formula)
    return out.getvalue()
