"""Pieces of the cart, the checkout and the order's page as they are sent, kept by exactly what stands on them.

Nothing of a buyer's own passes through here: who sells, a picture, sums.
"""

from functools import lru_cache
from typing import Any

from market.bills import Bill, Photo
from storefront.pages.grids import Marks
from storefront.web import TEMPLATES


@lru_cache(maxsize=1024)
def seller_identity(seller: Any) -> Marks:
    """`seller` is a `Seller`, or an order's `SellerThen`."""
    return _macro("parts/bill.html", "seller_identity")(seller)


@lru_cache(maxsize=1024)
def photo(picture: Photo | None) -> Marks:
    return _macro("parts/picture.html", "photo")(picture, "4.5rem", width=320)


@lru_cache(maxsize=1024)
def refund_table(rows: tuple[tuple[str, str], ...], name: str) -> Marks:
    return _macro("parts/bill.html", "refund_table")(rows, name)


@lru_cache(maxsize=64)
def steps(names: tuple[str, ...], current: int) -> Marks:
    return _macro("parts/steps.html", "steps")(names, current)


@lru_cache(maxsize=128)
def bill_sum(bill: Bill, knows_postcode: bool = False) -> Marks:
    return _macro("parts/bill.html", "bill_sum")(bill, knows_postcode)


@lru_cache
def _macro(template: str, name: str) -> Any:
    return getattr(TEMPLATES.get_template(template).module, name)
