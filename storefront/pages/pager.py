"""A long list cut into pages: the links under it, as `parts/pager.html` shows them."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Pages:
    """`more` things stand on the pages after this one. A link without an address is a gap."""

    prev_url: str | None
    next_url: str | None
    links: list[tuple[str, str | None, bool]]
    more: int


def pages_of(total: int, *, page: int, size: int, address: Callable[[int], str]) -> Pages | None:
    """None where one page holds everything. `page` is one that exists."""
    last = -(-total // size)
    if last <= 1:
        return None
    near = sorted({1, last, *range(max(1, page - 1), min(last, page + 1) + 1)})
    links: list[tuple[str, str | None, bool]] = []
    for before, number in zip([0, *near], near, strict=False):
        if number > before + 1:
            links.append(("…", None, False))
        links.append((str(number), address(number), number == page))
    return Pages(
        prev_url=address(page - 1) if page > 1 else None,
        next_url=address(page + 1) if page < last else None,
        links=links,
        more=max(0, total - page * size),
    )
