"""Which sessions go on one outing; no database."""

from datetime import UTC, datetime

import pytest

from villages.outings import Span, together


def span(number: int, begins: str, ends: str) -> Span:
    return Span(number, at(begins), at(ends))


def at(clock: str) -> datetime:
    return datetime.fromisoformat(f"2026-12-05 {clock}").replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("spans", "outings"),
    [
        ([], []),
        ([span(1, "10:00", "11:00")], [[1]]),
        ([span(1, "10:00", "11:00"), span(2, "10:30", "11:30")], [[1, 2]]),
        ([span(1, "10:00", "11:00"), span(2, "11:00", "12:00")], [[1], [2]]),
        ([span(1, "10:00", "11:00"), span(2, "10:59", "12:00"), span(3, "11:30", "13:00")], [[1, 2, 3]]),
        ([span(1, "09:00", "18:00"), span(2, "10:00", "11:00"), span(3, "15:00", "16:00")], [[1, 2, 3]]),
        ([span(2, "14:00", "15:00"), span(1, "10:00", "11:00"), span(3, "14:00", "16:00")], [[1], [2, 3]]),
    ],
)
def test_sessions_that_overlap_go_together_and_those_that_overlap_them(spans, outings):
    assert [[span.session_id for span in outing] for outing in together(spans)] == outings
