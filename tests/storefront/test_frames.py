"""A page in the kept frame is the page that the whole layout would give."""

import re

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from storefront.frames import render_framed
from storefront.web import page, render
from tests.builders import a_village
from tests.site import Site
from villages.people import Permission

PATHS = [
    "/",
    "/terms",
    "/villages",
    "/villages/naejang",
    "/programs/a",
    "/programs/b%22%3E",
    "/goods/a",
    "/cart",
]
TEMPLATES = ["pages/terms.html", "pages/village_quiet.html", "pages/goods.html"]
VILLAGE = {"name": "송죽마을", "accent": "leaf", "state": "neighbour", "story": "", "known_for": "<두부>"}


class Nothing:
    """Answers every question of a template with nothing."""

    sold_out = True

    def __getattr__(self, name: str) -> str:
        return ""


@pytest.mark.parametrize("template", TEMPLATES)
async def test_framed_and_whole_are_the_same(site: Site, template):
    await a_village("내장산마을", slug="naejang")
    context = {"village": VILLAGE, "offer": Nothing(), "story": Nothing(), "shown": Nothing()}

    async def framed(request: Request) -> Response:
        return await render_framed(request, template, context)

    async def whole(request: Request) -> Response:
        return await render(request, template, {**context, "layout": "shop.html"})

    for cookies in ({}, {"scale": "xl", "mode": "hc"}):
        for path in PATHS:
            pages = [await look(site, handler, path, cookies) for handler in (framed, framed, whole)]

            assert pages[0] == pages[1] == pages[2]


async def test_no_mark_is_left_on_a_page(site: Site):
    for path in ("/", "/goods", "/programs", "/villages", "/privacy"):
        assert not set("\x01") & set((await site.browser().get(path)).text)


async def look(site: Site, handler, path: str, cookies: dict[str, str]) -> str:
    app = Starlette(routes=[page("/{rest:path}", handler, may=Permission.anyone)])
    app.state.services = site.services
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url="http://shop.test", cookies=cookies
    ) as client:
        jar = site.services.cookies
        client.cookies.set(jar.name("visitor"), jar.seal("visitor", "the same one"))
        return re.sub(r"\s+", " ", re.sub(r'nonce="[^"]*"', "", (await client.get(path)).text))
