"""What is left is said in one place, and seats are moved in one: who shares a bus would be forgotten elsewhere."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
LEFT_OF_A_SESSION = re.compile(r"(?<!\bu\.)\bcapacity - (?:\w+\.)?held")
MOVES_SEATS = re.compile(r"UPDATE sessions(?: \w+)? SET (?:held|booked)")


def where(pattern: re.Pattern[str]) -> Iterator[str]:
    for package in ("market", "storefront", "villages"):
        for path in sorted((ROOT / package).rglob("*.py")):
            if "migrations" not in path.parts and pattern.search(path.read_text(encoding="utf-8")):
                yield str(path.relative_to(ROOT))


def test_only_one_place_says_how_many_seats_are_left():
    """The others ask for a session's own seats, to say what stands in the way, and to look further if it shares."""
    assert list(where(LEFT_OF_A_SESSION)) == [
        "market/bookings.py", "market/seat_offers.py", "villages/programs.py", "villages/seats_left.py",
    ]  # fmt: skip


def test_seats_are_moved_where_what_is_shared_moves_with_them():
    """The demo's past is written as it was, before there is a bus."""
    assert list(where(MOVES_SEATS)) == [
        "market/bookings.py", "market/dates/moves.py", "market/seat_offers.py", "storefront/demo/ledger_rows.py",
    ]  # fmt: skip
