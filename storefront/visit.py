"""Who is asking: cookies read once per request into plain values."""

import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from starlette.requests import Request
from starlette.responses import Response

from market.cart import Cart
from storefront.cookies import CookieJar
from villages.people import Actor
from villages.signing_in import actor_of

COOKIE_VALUE = re.compile(r"[A-Za-z0-9_.=-]*")
SCALES = ("sm", "md", "lg", "xl", "xxl")


@dataclass
class Visit:
    """One request's visitor. `now` is this request's only clock."""

    jar: CookieJar
    cookies: dict[str, str]
    actor: Actor | None
    now: datetime
    visitor: str
    is_new: bool

    @cached_property
    def csrf_token(self) -> str:
        """Bound to this browser and to who is signed in; nothing is stored for guests."""
        return self.jar.mac("csrf", f"{self.visitor}:{self.actor.login_hash if self.actor else ''}")

    @cached_property
    def cart(self) -> Cart:
        return Cart.from_plain(self.jar.open("cart", self.cookies.get(self.jar.name("cart"))))

    @cached_property
    def nonce(self) -> str:
        return secrets.token_urlsafe(16)

    @property
    def scale(self) -> str:
        """The chosen text size; empty while nothing was chosen."""
        wanted = self.cookies.get("scale", "")
        return wanted if wanted in SCALES else ""

    @property
    def mode(self) -> str:
        return "hc" if self.cookies.get("mode") == "hc" else ""


async def read_visit(request: Request, jar: CookieJar) -> Visit:
    cookies = request.cookies
    visitor = jar.open("visitor", cookies.get(jar.name("visitor")))
    token = cookies.get(jar.name("login"))
    now = datetime.now(UTC)
    actor = await actor_of(token, now=now) if token else None
    known = isinstance(visitor, str)
    return Visit(jar, cookies, actor, now, visitor if known else secrets.token_urlsafe(16), not known)


def set_cookie(
    response: Response, jar: CookieJar, name: str, value: str, *, seconds: int | None = None
) -> None:
    """A cookie of ours: HttpOnly, Lax, whole site, Secure and `__Host-` on https. Without seconds: until closing.

    `value` as `CookieJar.seal` makes it, or a token of letters, digits, `-` and `_`: it goes out as it is.
    """
    assert COOKIE_VALUE.fullmatch(value), "a cookie's value would have to be quoted"
    lasts = "" if seconds is None else f"; Max-Age={seconds}"
    secure = "; Secure" if jar.is_https else ""
    cookie = f"{jar.name(name)}={value}; HttpOnly{lasts}; Path=/; SameSite=lax{secure}"
    response.raw_headers.append((b"set-cookie", cookie.encode("latin-1")))


def drop_cookie(response: Response, jar: CookieJar, name: str) -> None:
    response.delete_cookie(jar.name(name), path="/", secure=jar.is_https, httponly=True, samesite="lax")


def keep_cart(response: Response, visit: Visit, cart: Cart) -> None:
    if cart.lines:
        set_cookie(response, visit.jar, "cart", visit.jar.seal("cart", cart.to_plain()), seconds=30 * 86400)
    else:
        drop_cookie(response, visit.jar, "cart")
