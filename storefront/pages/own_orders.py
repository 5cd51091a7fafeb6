"""The orders this browser may open."""

from starlette.responses import Response

from market.checkout import token_of
from market.order_keys import Key
from storefront.pages.kept_tokens import keep_token, kept_tokens, token_to
from storefront.visit import Visit

KIND = "orders"


def kept_orders(visit: Visit) -> list[tuple[str, str]]:
    """(number, token), the newest first."""
    return kept_tokens(visit, KIND)


def keep_order(response: Response, visit: Visit, number: str, token: str) -> None:
    keep_token(response, visit, KIND, number, token)


def key_to(visit: Visit, number: str) -> Key:
    """What this visitor can open that order with."""
    return Key(token_to(visit, KIND, number), visit.actor.id if visit.actor else None)


def ordered_with(visit: Visit, cart_key: str, *, secret: str) -> str:
    """The number of the order that this browser placed with that cart; empty for none."""
    wanted = token_of(cart_key, secret)
    return next((number for number, token in kept_orders(visit) if token == wanted), "")
