"""The frame of a shopper's page (head, chips, foot, bars) is the same for many: it is rendered once and kept.

`shop.html` alone costs more than a goods page may. A template that begins with `{% extends layout %}` is rendered
into `inner.html`, that is its blocks alone, and those are put into the kept frame; what comes out is what
`{% extends "shop.html" %}` would give (tests/storefront/test_frames.py holds the two side by side).
"""

import secrets
from typing import Any

from markupsafe import escape
from starlette.requests import Request
from starlette.responses import HTMLResponse

from storefront.brand import Brand
from storefront.doorman import NONCE
from storefront.keeping import keeping
from storefront.visit import Visit
from storefront.web import TEMPLATES, services, visit_of

# Made anew by each process, so that no text written by anyone can hold them.
CUT, USUAL, MARK = (f"\x01{secrets.token_hex(8)}\x01" for _ in range(3))
BLOCKS = ("title", "meta", "scripts", "body_class", "search", "village_chips", "main", "bar")
MAY_BE_USUAL = ("search", "village_chips", "bar")
MARKS = {name: f"{MARK}{name}{MARK}" for name in (*BLOCKS, "csrf_token", "nonce", "path")}
INNER = TEMPLATES.get_template("inner.html")
FRAME = TEMPLATES.get_template("frame.html")

Frame = list[str]
"""Text, name of a slot, text, name of a slot … text."""


async def render_framed(
    request: Request, name: str, context: dict[str, Any], *, status: int = 200
) -> HTMLResponse:
    """Like `web.render`, for the pages that everyone looks at. The template extends `layout`."""
    visit = visit_of(request)
    shown = await services(request).brand.brand()
    path = request.scope["path"]
    parts = TEMPLATES.get_template(name).render(
        layout=INNER, cut=CUT, usual=USUAL, **_shared(visit, shown), path=path, csrf_token=visit.csrf_token,
        nonce=visit.nonce, now=visit.now, errors={}, **context,
    ).split(CUT)  # fmt: skip
    slots = dict(zip(BLOCKS, parts, strict=True))
    slots["scripts"] = slots["scripts"].replace(USUAL, "")
    slots |= {
        "csrf_token": visit.csrf_token,
        "nonce": visit.nonce,
        "path": str(escape(path.rpartition("/")[2])),
    }
    frame = _frame(request, visit, shown, slots, path)
    html = "".join([slots[piece] if at % 2 else piece for at, piece in enumerate(frame)])
    request.scope[NONCE] = visit.nonce
    return HTMLResponse(html, status_code=status)


def _frame(request: Request, visit: Visit, shown: Brand, slots: dict[str, str], path: str) -> Frame:
    """The kept frame for this visitor's settings; a brand that changed begins anew."""
    own = tuple(slots[name].strip() != USUAL for name in MAY_BE_USUAL)
    folder = path.rpartition("/")[0]
    # The layout marks where one is by the path: pages of one folder are alike, those at the root each their own.
    place = f"{folder}/" if folder and folder != "/villages" else path
    key = (visit.scale, visit.mode, visit.actor is None, len(visit.cart.lines), own, place)
    frames = keeping(request, "frames", most=60, seconds=60)
    found: tuple[Brand, Frame] | None = frames.get(key)
    if found is None or found[0] is not shown:
        marked = place + MARKS["path"] if place.endswith("/") and place != "/" else place
        html = FRAME.render(
            **_shared(visit, shown), mark=MARKS, own=dict(zip(MAY_BE_USUAL, own, strict=True)), path=marked,
            csrf_token=MARKS["csrf_token"], nonce=MARKS["nonce"], errors={},
        )  # fmt: skip
        frame: Frame = html.split(MARK)
        frames.put(key, (shown, frame))
        return frame
    return found[1]


def _shared(visit: Visit, shown: Brand) -> dict[str, Any]:
    return {
        "city": shown.city, "village_chips": shown.chips, "village_count": len(shown.villages), "mode": visit.mode,
        "cart_count": len(visit.cart.lines), "scale": visit.scale, "person": visit.actor,
    }  # fmt: skip
