"""Tables of figures as files: csv for whoever computes on, xlsx for whoever prints; no cell is ever a formula."""

import csv
import json
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO, StringIO

from xlsxwriter import Workbook

from media.apart import ask_child, limit_child

Cell = str | int | float | None

PLAIN_NUMBER = re.compile(r"[-+]?\d[\d,]*(\.\d+)?", re.ASCII)
FORMULA_SIGNS = "=+-@\t\r\n＝＋－＠"
SECONDS = 60  # some half a million rows
MEMORY_BYTES = 2 << 30
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Table:
    """A table as it stands on the page: whole won, percents as floats, None where nothing is known."""

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    totals: Sequence[Cell] = ()
    about: str = ""


@dataclass(frozen=True)
class Sheets:
    """What one download holds. `basis` are the lines that say what the figures are."""

    title: str
    basis: Sequence[str]
    tables: Sequence[Table] = field(default_factory=list)


def csv_text(sheets: Sheets) -> str:
    """One table below the other. Opens in Excel with its Korean intact: the first sign is the byte order mark."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for line in _lines(sheets):
        writer.writerow([safe_cell(cell) for cell in line])
    return "\ufeff" + out.getvalue()


def safe_cell(cell: Cell) -> str:
    """A text that a spreadsheet might take for a formula gets an apostrophe in front; plain numbers stay."""
    if cell is None:
        return ""
    if not isinstance(cell, str):
        return str(cell)
    text = cell.replace("\x00", "")
    risky = text[:1] in FORMULA_SIGNS or text.lstrip()[:1] in FORMULA_SIGNS
    return f"'{text}" if text.strip() and risky and not PLAIN_NUMBER.fullmatch(text) else text


def _lines(sheets: Sheets) -> Iterator[Sequence[Cell]]:
    yield [sheets.title]
    for line in sheets.basis:
        yield [line]
    for table in sheets.tables:
        yield []
        yield [table.title]
        yield table.header
        yield from table.rows
        if table.totals:
            yield table.totals


async def xlsx_apart(sheets: Sheets, *, made_at: datetime) -> bytes:
    """`xlsx_bytes` by a child process, for a table of any length: ten thousand rows take it a second and 40 MB."""
    told = json.dumps({"sheets": sheets, "made_at": made_at.isoformat()}, default=vars)
    if body := await ask_child("market.sheets", told.encode(), is_ours=True):
        return body
    raise RuntimeError("the process that makes workbooks died, see the log")


def main() -> None:
    """The child's side of `xlsx_apart`."""
    limit_child(seconds=SECONDS, memory_bytes=MEMORY_BYTES)
    told = json.load(sys.stdin.buffer)
    tables = [Table(**table) for table in told["sheets"].pop("tables")]
    sheets = Sheets(**told["sheets"], tables=tables)
    sys.stdout.buffer.write(xlsx_bytes(sheets, made_at=datetime.fromisoformat(told["made_at"])))


def xlsx_bytes(sheets: Sheets, *, made_at: datetime) -> bytes:
    """A sheet for each table, built in memory. Sums are values, the same as on the page."""
    out = BytesIO()
    with Workbook(out, {"in_memory": True}) as book:
        book.set_properties({"title": sheets.title, "created": made_at.replace(tzinfo=None)})
        bold, number, rate, bold_number, bold_rate = (
            book.add_format(look)
            for look in (
                {"bold": True},
                {"num_format": "#,##0"},
                {"num_format": "0.0"},
                {"bold": True, "num_format": "#,##0", "top": 1},
                {"bold": True, "num_format": "0.0", "top": 1},
            )
        )
        for table in sheets.tables:
            page = book.add_worksheet(table.title[:31])
            page.set_landscape()
            page.set_paper(9)
            page.fit_to_pages(1, 0)
            page.set_column(0, 0, 24)
            page.set_column(1, max(len(table.header) - 1, 1), 14)
            page.write_string(0, 0, f"{sheets.title}: {table.title}", bold)
            for at, line in enumerate(sheets.basis, start=1):
                page.write_string(at, 0, line)
            top = len(sheets.basis) + 2
            _write_row(page, top, table.header, bold, bold, bold)
            for at, row in enumerate(table.rows, start=top + 1):
                _write_row(page, at, row, None, number, rate)
            if table.totals:
                _write_row(page, top + 1 + len(table.rows), table.totals, bold, bold_number, bold_rate)
            page.freeze_panes(top + 1, 1)
    return out.getvalue()


def _write_row(page, at: int, cells: Sequence[Cell], words, number, rate) -> None:
    for place, cell in enumerate(cells):
        if isinstance(cell, str):
            page.write_string(at, place, cell, words)
        elif cell is not None:
            page.write_number(at, place, cell, rate if isinstance(cell, float) else number)
