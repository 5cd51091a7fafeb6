"""Long lists: their pages, and villages one can find."""

import pytest

from storefront.brand import CHIPS
from storefront.pages.many_villages import easy_to_find
from storefront.pages.pager import pages_of


@pytest.mark.parametrize(
    ("total", "page", "words", "more"),
    [
        (25, 1, "1 2", 1),
        (25, 2, "1 2", 0),
        (48, 2, "1 2", 0),
        (200, 1, "1 2 … 9", 176),
        (200, 5, "1 … 4 5 6 … 9", 80),
        (200, 9, "1 … 8 9", 0),
    ],
)
def test_the_first_the_last_and_the_nearest_pages_are_linked(total, page, words, more):
    pages = pages_of(total, page=page, size=24, address=str)

    assert pages is not None
    assert " ".join(text for text, *_ in pages.links) == words and pages.more == more
    assert [text for text, _, is_current in pages.links if is_current] == [str(page)]
    assert all(url == (None if text == "…" else text) for text, url, _ in pages.links)
    assert pages.prev_url == (str(page - 1) if page > 1 else None)
    assert pages.next_url == (str(page + 1) if more else None)


@pytest.mark.parametrize("total", [0, 1, 24])
def test_what_stands_on_one_page_has_no_pager(total):
    assert pages_of(total, page=1, size=24, address=str) is None


def test_few_villages_stand_as_they_joined_and_many_by_name():
    few = ["옥정호", "대정", "내장산"]
    many = [f"마을{number:02}" for number in range(CHIPS + 1, 0, -1)]

    assert easy_to_find(few, str) == few
    assert easy_to_find(many, str) == sorted(many)
