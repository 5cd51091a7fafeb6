"""What the city reads: every figure of its dashboard's file, asked month by month, channel by channel, kind by kind."""

import csv
import io
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from market.orders import Channel
from tests.history.journal_sums import Cell
from tests.site import Browser
from villages.days import next_month
from villages.listings import Kind

NAME, TOTAL, POSTAGE = 0, 2, 9
"""Columns of «마을별 실적»."""


@dataclass
class Dashboard:
    sold: Counter[Cell] = field(default_factory=Counter)
    postage: Counter[Cell] = field(default_factory=Counter)
    months: Counter[tuple[date, str, str]] = field(default_factory=Counter)
    """The chart's bars: (month, channel, kind), over all villages."""


async def read_dashboard(officer: Browser, months: Iterable[date]) -> Dashboard:
    """The file of each month, channel and kind alone; nothing that is zero is kept."""
    read = Dashboard()
    for month in months:
        last = next_month(month) - timedelta(days=1)
        for channel in Channel:
            for kind in Kind:
                answer = await officer.get(
                    f"/city/figures.csv?period=days&from={month}&to={last}&channel={channel.value}&kind={kind.value}"
                )
                assert answer.status_code == 200
                _take(read, answer.text, month, channel.value, kind.value)
    return read


def _take(read: Dashboard, text: str, month: date, channel: str, kind: str) -> None:
    tables = _tables(text)
    *villages, sums = tables["마을별 실적"]
    for row in villages:
        _add(read.sold, Cell(row[NAME], month, channel, kind), row[TOTAL])
        _add(read.postage, Cell(row[NAME], month, channel, kind), row[POSTAGE])
    assert sum(int(row[TOTAL]) for row in villages) == int(sums[TOTAL]), "the villages are not their sum"
    bars = {row[NAME]: row[TOTAL] for row in tables[f"{month.year}년 월별 매출"]}
    _add(read.months, (month, channel, kind), bars[f"{month.month}월"])


def _add(into: Counter[Any], key: Any, won: str) -> None:
    if int(won):
        into[key] += int(won)


def _tables(text: str) -> dict[str, list[list[str]]]:
    """Title → rows below its heading. A table follows its title, and ends at an empty line."""
    found: dict[str, list[list[str]]] = {}
    lines = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    for at, line in enumerate(lines):
        if len(line) == 1 and at + 1 < len(lines) and len(lines[at + 1]) > 2:
            rows = found[line[0]] = []
            for row in lines[at + 2 :]:
                if len(row) <= 2:
                    break
                rows.append(row)
    return found
