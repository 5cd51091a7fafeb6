"""A line of an order as its buyer reads it."""

import json
from typing import Any, NamedTuple

from market.bills import Photo


class ReceiptLine(NamedTuple):
    name: str
    slug: str
    photo: Photo | None
    count: int
    unit_price: int
    amount: int
    withdrawal_limit: str
    cancelled: int
    """How many of `count` were called off, or came back, after they were paid."""


def receipt_line(row: dict[str, Any], name: str) -> ReceiptLine:
    limit = json.loads(row["terms"]).get("withdrawal_limit", "")
    return ReceiptLine(
        name,
        row["slug"],
        photo_of(row),
        row["count"],
        row["unit_price"],
        row["count"] * row["unit_price"],
        limit,
        row["cancelled"],
    )


def photo_of(row: dict[str, Any]) -> Photo | None:
    return Photo(row["hash"], row["w"]) if row["hash"] else None
