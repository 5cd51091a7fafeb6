"""Plain pages: notices, help with returns and refunds, terms, privacy, accessibility."""

from starlette.requests import Request
from starlette.responses import Response

from storefront.frames import render_framed
from storefront.web import services


async def notice(request: Request) -> Response:
    return await render_framed(request, "pages/notice.html", {})


async def help_page(request: Request) -> Response:
    holds = services(request).holds
    return await render_framed(
        request, "pages/help.html", {"card_minutes": holds.card_minutes, "transfer_days": holds.transfer_days}
    )


async def terms(request: Request) -> Response:
    return await render_framed(request, "pages/terms.html", {})


async def privacy(request: Request) -> Response:
    return await render_framed(request, "pages/privacy.html", {})


async def accessibility(request: Request) -> Response:
    return await render_framed(request, "pages/accessibility.html", {})
