"""Geometry of the city's charts: won become places in an SVG, drawn by templates/parts/charts.html."""

from collections.abc import Sequence
from dataclasses import dataclass

MAN = 10_000

LEFT, TOP, BOTTOM, WIDTH = 44, 12, 246, 640
BAR = 26
SHARE_WIDTH, SHARE_STEP, SHARE_BAR = 330, 62, 22
# Narrower blocks cannot hold "39%" in 12 px.
SHARE_TEXT_FROM = 26


@dataclass(frozen=True)
class Series:
    """One kind of figure and its colour class, c1 to c5."""

    name: str
    colour: str


@dataclass(frozen=True)
class Month:
    """What one month's bar shows, in won; parts in the order of the series. None: not known, not drawn."""

    label: str
    parts: Sequence[int]
    target: int | None = None
    last_year: int | None = None
    is_current: bool = False
    with_total: bool = False


@dataclass(frozen=True)
class Block:
    x: float
    y: float
    width: float
    height: float
    colour: str
    text: str = ""
    text_x: float = 0
    text_y: float = 0


@dataclass(frozen=True)
class GridLine:
    y: float
    text_y: float
    text: str


@dataclass(frozen=True)
class Tick:
    x1: float
    x2: float
    y: float


@dataclass(frozen=True)
class Bar:
    x: float
    label: str
    blocks: list[Block]
    target: Tick | None
    total_text: str
    total_y: float
    is_current: bool


@dataclass(frozen=True)
class MonthChart:
    title: str
    description: str
    series: Sequence[Series]
    lines: list[GridLine]
    bars: list[Bar]
    last_year: str
    has_targets: bool


@dataclass(frozen=True)
class ShareRow:
    name: str
    text_y: float
    blocks: list[Block]


@dataclass(frozen=True)
class ShareChart:
    title: str
    description: str
    series: Sequence[Series]
    rows: list[ShareRow]
    height: int


def month_chart(
    title: str, description: str, series: Sequence[Series], months: Sequence[Month]
) -> MonthChart:
    """Stacked bars of up to twelve months with target ticks and last year's line."""
    step, top = _scale(max((_highest(month) for month in months), default=0))
    room = (WIDTH - LEFT - 6) / max(len(months), 1)
    centres = [round(LEFT + room * (at + 0.5), 1) for at in range(len(months))]
    points = [
        f"{x},{_height(month.last_year, top)}"
        for x, month in zip(centres, months, strict=True)
        if month.last_year is not None
    ]
    return MonthChart(
        title=title,
        description=description,
        series=series,
        lines=[_grid_line(won, top) for won in range(0, top + 1, step)],
        bars=[_bar(x, month, series, top) for x, month in zip(centres, months, strict=True)],
        last_year=" ".join(points) if len(points) > 1 else "",
        has_targets=any(month.target is not None for month in months),
    )


def share_chart(
    title: str, description: str, series: Sequence[Series], rows: Sequence[tuple[str, Sequence[int]]]
) -> ShareChart:
    """One bar of 100 % for each row: (name, won per series)."""
    return ShareChart(
        title=title,
        description=description,
        series=series,
        rows=[_share_row(at, name, parts, series) for at, (name, parts) in enumerate(rows)],
        height=max(len(rows) * SHARE_STEP - 14, SHARE_BAR),
    )


def short_won(won: int) -> str:
    """4,510만 or 1.2억, as short as a chart needs."""
    if won >= 100_000_000:
        return f"{won / 100_000_000:.1f}".removesuffix(".0") + "억"
    return f"{won // MAN:,}만" if won >= MAN else f"{won:,}"


def _highest(month: Month) -> int:
    return max(sum(month.parts), month.target or 0, month.last_year or 0)


def _scale(highest: int) -> tuple[int, int]:
    """Grid step and top in won: a round step (1, 2 or 5 times ten) with at most six lines."""
    step = MAN
    while True:
        for factor in (1, 2, 5):
            if step * factor * 5 >= highest:
                lines = max(-(-highest // (step * factor)), 1)
                return step * factor, step * factor * lines
        step *= 10


def _height(won: int, top: int) -> float:
    return round(BOTTOM - (BOTTOM - TOP) * won / top, 1)


def _grid_line(won: int, top: int) -> GridLine:
    y = _height(won, top)
    return GridLine(y=y, text_y=y + 4, text=short_won(won))


def _bar(x: float, month: Month, series: Sequence[Series], top: int) -> Bar:
    blocks, below = [], 0
    for entry, won in zip(series, month.parts, strict=True):
        # Returns can make a part negative; a bar cannot show that, the table does.
        if won > 0:
            y, foot = _height(below + won, top), _height(below, top)
            blocks.append(
                Block(round(x - BAR / 2, 1), y, BAR, round(max(foot - y - 1, 0.5), 1), entry.colour)
            )
            below += won
    target = None
    if month.target is not None:
        target = Tick(round(x - BAR / 2 - 4, 1), round(x + BAR / 2 + 4, 1), _height(month.target, top))
    return Bar(
        x=x,
        label=month.label,
        blocks=blocks,
        target=target,
        total_text=short_won(sum(month.parts)) if month.with_total else "",
        total_y=round(_height(_highest(month), top) - 8, 1),
        is_current=month.is_current,
    )


def _share_row(at: int, name: str, parts: Sequence[int], series: Sequence[Series]) -> ShareRow:
    shown = [max(won, 0) for won in parts]
    total, y, x, blocks = sum(shown), at * SHARE_STEP + 20, 0.0, []
    for entry, won in zip(series, shown, strict=True):
        if not won:
            continue
        width = SHARE_WIDTH * won / total
        drawn = round(max(width - 1.5, 0.5), 1)
        blocks.append(
            Block(
                x=round(x, 1),
                y=y,
                width=drawn,
                height=SHARE_BAR,
                colour=entry.colour,
                text=f"{won / total:.0%}" if drawn >= SHARE_TEXT_FROM else "",
                text_x=round(x + drawn / 2, 1),
                text_y=y + 15.5,
            )
        )
        x += width
    return ShareRow(name=name, text_y=at * SHARE_STEP + 13, blocks=blocks)
