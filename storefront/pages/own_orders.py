"""The orders this browser may open: their numbers and tokens in a signed cookie."""

from starlette.responses import Response

from market.checkout import token_of
from market.order_keys import Key
from storefront.visit import Visit, set_cookie

MOST = 20
SECONDS = 30 * 86400


def kept_orders(visit: Visit) -> list[tuple[str, str]]:
    """(number, token), the newest first; whatever is broken counts as none."""
    plain = visit.jar.open("orders", visit.cookies.get(visit.jar.name("orders")))
    try:
        return [(str(number), str(token)) for number, token in plain][:MOST]
    except (TypeError, ValueError):
        return []


def keep_order(response: Response, visit: Visit, number: str, token: str) -> None:
    kept = [(number, token), *(order for order in kept_orders(visit) if order[0] != number)][:MOST]
    set_cookie(response, visit.jar, "orders", visit.jar.seal("orders", kept), seconds=SECONDS)


def key_to(visit: Visit, number: str) -> Key:
    """What this visitor can open that order with."""
    token = next((token for known, token in kept_orders(visit) if known == number), "")
    return Key(token, visit.actor.id if visit.actor else None)


def ordered_with(visit: Visit, cart_key: str, *, secret: str) -> str:
    """The number of the order that this browser placed with that cart; empty for none."""
    wanted = token_of(cart_key, secret)
    return next((number for number, token in kept_orders(visit) if token == wanted), "")
