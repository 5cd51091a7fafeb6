"""Statements that write a whole order have some fifty values: here they have names, PostgreSQL gets their numbers."""

import re
from collections.abc import Mapping
from typing import Any

VALUE = re.compile(r"(?<![:\w'\[]):([a-z_][a-z0-9_]*)")


class Named:
    """`Named("… :total …")`: `sql` has `$1` in its place, and `values` lays the given ones out in that order.

    Casts, array slices and a literal that begins with a colon stay as they are; other literals hold no `:word`.
    """

    def __init__(self, text: str) -> None:
        self.names = tuple(dict.fromkeys(VALUE.findall(text)))
        places = {name: f"${at}" for at, name in enumerate(self.names, start=1)}
        self.sql = VALUE.sub(lambda found: places[found[1]], text)

    def values(self, given: Mapping[str, Any]) -> list[Any]:
        """Raises KeyError for a value that is missing; others that are given are not looked at."""
        return [given[name] for name in self.names]
