"""What a first visit to a page weighs: its HTML and every style sheet and script that it names.

Measured are the bytes that `jangnal serve` sends; it packs nothing. In production Caddy packs them, to about a fifth.
Not counted are pictures, and the fonts with the sheet that names them: that one stands at the end of the page, nothing
waits for it. `with_fonts_packed` counts that sheet too, as a phone behind Caddy gets it; the font files come on top.
"""

import gzip
import re
from collections.abc import AsyncIterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from starlette.routing import Route

from market.cart import MOST_LINES
from market.dates.offers import DateOffer
from market.deposits import confirm_deposit
from market.finding.upkeep import reindex_all
from market.fulfilment import mark_delivered
from market.orders import Line, Order, Part
from market.refunds import RefundCause
from market.returns.asking import ask_return
from market.returns.tables import ReturnReason
from market.session_cancellations import cancel_session
from market.wishes.tables import Wish, wish_token
from storefront.app import ROUTES, build_app
from storefront.db import open_database
from tests.bench.catalogue import Catalogue, Size, load_catalogue
from tests.bench.journeys import ADDRESS, BUYER, Journey, three_goods
from tests.bench.shopper import Shopper
from tests.bench.wire import Answer, Wire
from tests.builders import NOW, SECRET, rows
from tests.fakes import FakeGateway
from tests.shop import Shop
from tests.site import test_services
from villages.days import SEOUL
from villages.listings import Listing
from villages.people import Permission
from villages.programs import Participant, Session

MOST = 120_000
MOST_OF_A_FULL_CART = 220_000
LARGE = Catalogue(Size(villages=200, goods=400, programs=200, dates=7, pictures=200))
SHEETS_AND_SCRIPTS = re.compile(r'<(?:link rel="stylesheet" href|script type="module" src)="([^"]+)"')
REPOSITORY = Path(__file__).parents[2]

LISTS = [
    "/", "/goods", "/goods?page=2", "/programs", "/programs?page=2", "/programs?place=indoor", "/villages",
    "/villages?page=2", "/villages?page=99", "/search", "/search?q=%EC%82%AC%EA%B3%BC",
    "/search?q=%EB%A7%8C%EB%93%A4%EA%B8%B0", "/search?q=%EB%A7%88%EC%9D%84", "/season", "/season?month=6&page=2", "/map", "/map?page=2",
]  # fmt: skip
"""사과, 만들기, 마을: goods, programs and villages that are found."""
PLAIN = [
    "/orders/lookup",
    "/login",
    "/display",
    "/notice",
    "/help",
    "/terms",
    "/privacy",
    "/accessibility",
]


@dataclass
class Indoors:
    """A shopper's line straight into the application. Cookies are kept by the client."""

    client: httpx.AsyncClient

    async def ask(self, method: str, path: str, *, cookies: str = "", form: str | None = None) -> Answer:
        headers = {"accept-encoding": "identity"}
        if form is not None:
            headers["content-type"] = "application/x-www-form-urlencoded"
        answer = await self.client.request(method, path, headers=headers, content=form)
        return Answer(answer.status_code, tuple(answer.headers.multi_items()), answer.content, 0.0)


@dataclass
class Scales:
    """Weighs the page in front of a shopper; the styles and scripts it has had before stay on the scales."""

    shopper: Shopper
    named: dict[str, bytes] = field(default_factory=dict)
    seen: dict[str, int] = field(default_factory=dict)
    """Address → plain bytes of what was too heavy."""
    routes: set[str] = field(default_factory=set)

    async def weigh(self) -> tuple[int, int]:
        """(plain without the fonts' sheet, packed with it)"""
        assert self.shopper.page is not None
        self.routes.add(route_of(self.shopper.path))
        page = self.shopper.page
        parts = [(address, await self._get(address)) for address in SHEETS_AND_SCRIPTS.findall(page.text)]
        assert len(parts) > 5, f"{self.shopper.path} names hardly any styles: is this test still looking?"
        own = len(page.body) + sum(len(body) for address, body in parts if "/fonts/" not in address)
        packed = sum(len(gzip.compress(body, 5)) for body in (page.body, *(body for _, body in parts)))
        if max(own, packed) > MOST:
            self.seen[self.shopper.path] = own
        return own, packed

    async def go(self, path: str) -> tuple[int, int]:
        await self.shopper.go(path)
        return await self.weigh()

    async def _get(self, address: str) -> bytes:
        if address not in self.named:
            answer = await self.shopper.line.ask("GET", address)
            assert answer.status == 200, address
            assert answer.body and not answer.header("content-encoding"), f"not the plain bytes of {address}"
            body = answer.body
            assert not re.search(rb"@import|^import ", body, re.MULTILINE), (
                f"{address} fetches more: weigh it too"
            )
            self.named[address] = body
        return self.named[address]


@pytest.fixture
async def large_market(database_url: str, tmp_path: Path) -> AsyncIterator[Shopper]:
    """200 villages, one of them with many goods, 200 programs, and names as long as people give them."""
    await load_catalogue(database_url, LARGE.size, progress=lambda _: None)
    async with open_database(database_url):
        await rows("UPDATE listings SET name = name || ', 마을에서 바로 보내는 큰 선물 상자'")
        await rows("UPDATE sessions SET capacity = 20")  # a party can be too big for what is left
        await rows("UPDATE listings SET village_id = 1 WHERE kind = 'goods' AND id > 360")
        await reindex_all(lambda *_: None, now=NOW)
        app = build_app(test_services(tmp_path), database_url="not used: it is open")
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://shop.test"
        ) as client:
            yield Shopper(Indoors(client))


async def test_every_page_of_a_large_market_is_light(large_market: Shopper):
    scales = Scales(large_market)

    await look_at_every_page(scales)

    assert scales.seen == {}
    assert scales.routes >= pages_of_shoppers()


async def test_every_page_of_the_demo_city_is_light(shop: Shop):
    async with Wire(urlsplit(shop.origin).port or 0) as wire:
        scales = Scales(Shopper(wire))

        await look_at_every_page(scales, shop)

    assert scales.seen == {}
    assert scales.routes >= pages_of_shoppers()


async def test_the_fullest_cart_is_light_when_packed(large_market: Shopper):
    """As many parcels as a cart can hold, each of another village: plain it may weigh more."""
    scales = Scales(large_market)
    everything = three_goods(*(LARGE.goods_of_village(village, 0) for village in range(2, MOST_LINES + 2)))

    await everything.get_ready(scales.shopper)
    weights = [weight async for weight in checkout(scales, everything)]

    assert max(packed for _, packed in weights) <= MOST
    assert max(plain for plain, _ in weights) <= MOST_OF_A_FULL_CART


def test_in_production_pages_are_packed():
    assert re.search(r"^\tencode zstd gzip$", (REPOSITORY / "Caddyfile").read_text(), re.MULTILINE)


async def look_at_every_page(scales: Scales, shop: Shop | None = None) -> None:
    """Without a shop its database is open here."""
    shopper = scales.shopper
    for path in (*LISTS, *PLAIN, "/cart"):
        await scales.go(path)
    for folder, found in (("/goods", "/goods/"), ("/villages", "/villages/")):
        await shopper.go(folder)
        await scales.go(shopper.link(found))
    await shopper.go("/programs")
    await scales.go(shopper.link("day="))
    order = Journey([(path, {"count": 1}) for path in await some(shopper, "/goods", 3)])
    # Not the first one, which may begin today: too soon for a party to wait for seats.
    visit = Journey([((await some(shopper, "/programs", 5))[-1], {})])
    for journey in (order, visit):
        await journey.get_ready(shopper)
        for form, (_, values) in zip(journey.forms, journey.wishes, strict=True):
            values.update(dict.fromkeys([kind for kind in Participant if kind in form.fields][:1], 1))
        for _ in [weight async for weight in checkout(scales, journey)]:
            pass
        path = urlsplit(shopper.path).path
        if journey is order:
            await call_off(scales, shop)
            await send_back(scales, path, shop)
    await wait_for_all_seats(scales, visit)
    await come_another_day(scales, path, shop)
    await ask_to_be_told(scales, shop)
    await scales.go(f"{visit.wishes[0][0]}/wishes")


async def call_off(scales: Scales, shop: Shop | None) -> None:
    """The order in front of the shopper, once it is paid: what would come back."""
    path = urlsplit(scales.shopper.path).path
    async with open_database(shop.database_url) if shop else nullcontext():
        order = await Order.get(number=path.rpartition("/")[2])
        await confirm_deposit(order.number, amount=order.total, by="officer", now=datetime.now(UTC))
    await scales.go(path)
    await scales.shopper.send(scales.shopper.form(f"{path}/refund-quotes"))
    await scales.weigh()


async def send_back(scales: Scales, path: str, shop: Shop | None) -> None:
    """The goods of an order have come: the form to send them back, and what became of that."""
    async with open_database(shop.database_url) if shop else nullcontext():
        order = await Order.get(number=path.rpartition("/")[2])
        for part in await Part.filter(order_id=order.id):
            await mark_delivered(part.id, village_ids=[part.village_id], by="person 1", now=datetime.now(UTC))
        line = await Line.filter(part__order_id=order.id).order_by("id").first()
        assert line is not None
        back = await ask_return(
            order,
            {line.id: 1},
            reason=ReturnReason.faulty,
            key="weighed",
            by="shopper",
            now=datetime.now(UTC),
        )
    await scales.go(f"{path}/returns/new")
    await scales.go(f"{path}/returns/{back.id}")


async def come_another_day(scales: Scales, path: str, shop: Shop | None) -> None:
    """A visit that is called off: the other dates."""
    async with open_database(shop.database_url) if shop else nullcontext():
        order = await Order.get(number=path.rpartition("/")[2])
        await confirm_deposit(order.number, amount=order.total, by="officer", now=datetime.now(UTC))
        line = await Line.get(part__order_id=order.id).select_related("session__listing")
        assert line.session is not None
        listing = line.session.listing
        others = Session.filter(
            listing_id=listing.id, id__not=line.session_id, starts_at__gt=datetime.now(UTC)
        )
        others = await others.filter(closed_at=None).order_by("starts_at").limit(3)
        await cancel_session(
            line.session.id, RefundCause.weather, FakeGateway(), village_ids=[listing.village_id], by="person 1",
            instead=[other.id for other in others], now=datetime.now(UTC),
        )  # fmt: skip
        offer = await DateOffer.get(booking__part__order_id=order.id)
    await scales.go(f"{path}/date-offers/{offer.id}")


async def wait_for_all_seats(scales: Scales, visit: Journey) -> None:
    """Of the session that was booked a moment ago: the form, and the page of the party."""
    shopper, program = scales.shopper, visit.wishes[0][0]
    session = {**visit.forms[0].choices, **visit.forms[0].fields}["session"]
    await scales.go(f"{program}/waiting-parties?session={session}")
    form = shopper.form(f"{program}/waiting-parties")
    kind = next(kind for kind in Participant if kind in form.fields)
    refused = await shopper.post(form, **BUYER, **{kind: 99})
    whole = re.search(r"모두 (\d+)자리", refused.text)
    assert whole
    await shopper.send(form, **BUYER, **{kind: whole[1]})
    await scales.weigh()


async def ask_to_be_told(scales: Scales, shop: Shop | None) -> None:
    """Of goods that are out of season for a moment: the form, and the link that stops it."""
    shopper = scales.shopper
    path = (await some(shopper, "/goods", 1))[0]
    this_month = datetime.now(SEOUL).month
    async with open_database(shop.database_url) if shop else nullcontext():
        goods = await Listing.get(slug=path.removeprefix("/goods/"))
        await Listing.filter(id=goods.id).update(season_months=[this_month % 12 + 1])
        await scales.go(path)
        await scales.go(f"{path}/wishes")
        await shopper.send(shopper.form(f"{path}/wishes"), phone="010-8888-7777", agreed="1")
        await scales.weigh()
        wish = await Wish.get(listing_id=goods.id)
        await Listing.filter(id=goods.id).update(season_months=goods.season_months)
    secret = (shop.data_dir / "secret_key").read_text() if shop else SECRET
    await scales.go(f"/wishes/{wish.id}?t={wish_token(wish.id, secret)}")


async def some(shopper: Shopper, folder: str, count: int) -> list[str]:
    """The first addresses of a list."""
    page = await shopper.go(folder)
    return list(dict.fromkeys(re.findall(rf'class="name" href="({folder}/[^"]+)"', page.text)))[:count]


async def checkout(scales: Scales, journey: Journey) -> AsyncIterator[tuple[int, int]]:
    """Into the cart and through every step to the order; the weight of each page."""
    shopper = scales.shopper
    for form, (_, values) in zip(journey.forms, journey.wishes, strict=True):
        await shopper.send(form, **values)
    yield await scales.go("/cart")
    yield await scales.go("/checkout")
    await shopper.send(shopper.form("/checkout/buyer"), **BUYER)
    yield await scales.weigh()
    if "/checkout/address" in shopper.actions():
        await shopper.send(shopper.form("/checkout/address"), **ADDRESS)
        yield await scales.weigh()
    await journey.see_the_order(shopper, await journey.place(shopper))
    yield await scales.weigh()


def route_of(path: str) -> str:
    bare = urlsplit(path).path
    found = (
        route.path
        for route in ROUTES
        if isinstance(route, Route) and "GET" in (route.methods or ()) and route.path_regex.match(bare)
    )
    return re.sub(r"\{\w+\}", "{}", next(found))


def pages_of_shoppers() -> set[str]:
    """Every address that anyone may look at."""
    return {
        re.sub(r"\{\w+\}", "{}", route.path)
        for route in ROUTES
        if isinstance(route, Route)
        and "GET" in (route.methods or ())
        and route.endpoint.may == Permission.anyone
    }
