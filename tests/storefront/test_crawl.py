"""Everything a walk over the demo city meets: good markup, strict headers, and no form that another site could send."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from starlette.routing import Route
from tortoise import connections
from tortoise.expressions import F

from market.dates.offers import DateOffer
from market.deposits import confirm_deposit
from market.finding.missed import missed_searches
from market.fulfilment import mark_delivered, send_parcel
from market.orders import Line, Order, Part
from market.refunds import RefundCause
from market.returns.asking import ask_return
from market.returns.ending import refuse_return
from market.returns.exchanging import send_anew
from market.returns.reading import recent_returns
from market.returns.tables import ReturnReason, ReturnWish
from market.session_cancellations import cancel_session
from market.session_seats import resize
from market.stock import Shelf
from market.tasks import open_task
from market.wishes.tables import Wish, wish_token
from storefront.app import ROUTES
from storefront.cluster import Cluster
from storefront.db import open_database
from tests.a11y.pages_to_see import PAGES, STATES
from tests.builders import SECRET, an_order, rows
from tests.crawl import Alike, Met, Walker, route_of
from tests.database import cloned_database, run_apart
from tests.fakes import FakeGateway
from tests.markup import faults, text_of
from tests.shop import DEMO, make_demo
from tests.site import Site, test_services
from tests.storefront.pages.shopping import Shopper, a_shopper
from villages.days import SEOUL
from villages.listings import Listing, Variant
from villages.people import Permission, Person
from villages.programs import Participant, Session


@dataclass
class Crawl:
    walkers: list[Walker] = field(default_factory=list)
    refused: list[tuple[str, Met]] = field(default_factory=list)
    """Forms that came in a wrong way, and what the site said."""
    changed: set[str] = field(default_factory=set)
    """The tables that look different after all those."""

    @property
    def met(self) -> list[Met]:
        return [met for walker in self.walkers for met in walker.met]

    @property
    def pages(self) -> list[Met]:
        return [met for met in self.met if met.is_page]


@pytest.fixture(scope="module")
def crawl(migrated_cluster: Cluster, cluster_folder: Path, worker_id: str) -> Iterator[Crawl]:
    make_demo(migrated_cluster, cluster_folder)
    with cloned_database(migrated_cluster, f"crawl_{worker_id}", template=DEMO) as url:
        yield run_apart(the_crawl(url, cluster_folder / "demo"))


async def the_crawl(url: str, folder: Path) -> Crawl:
    async with open_database(url, connections=2):
        site = Site(test_services(folder))
        alike = Alike()
        crawl = Crawl([await guest(site, alike), await operator(site, alike), await officer(site, alike)])
        await missed_searches().write_down()  # what the walks looked for in vain
        before = await fingerprints()
        for walker in crawl.walkers:
            crawl.refused += await send_wrongly(walker, site.browser().csrf_token)
        after = await fingerprints()
        crawl.changed = {name for name in after if after[name] != before[name]}
        for walker in crawl.walkers:
            await send_as_they_are(walker)
    return crawl


async def guest(site: Site, alike: Alike) -> Walker:
    """Looks at everything, and again with a cart, on each step to an order, and with the order."""
    shopper = a_shopper(site)
    walker = Walker("guest", shopper, alike)
    await walker.walk(*seeds("guest"))
    await fill_cart(shopper)
    await Variant.filter(listing__code="P025").update(price=F("price") + 500)
    await walker.walk("/cart")
    await shopper.post("/cart/prices")
    await walker.walk("/cart", "/checkout?step=who")
    await shopper.tells_who_and_where()
    await walker.walk("/checkout?step=where", "/checkout?step=pay")
    for tender in ("bank_transfer", "card"):
        await fill_cart(shopper)
        await shopper.tells_who_and_where()
        assert (await shopper.pays(tender=tender)).status_code == 303
        order = await Order.all().order_by("-id").first()
        assert order is not None
        await walker.walk(f"/orders/{order.number}")
    await call_off(walker, shopper)
    await take_back(walker, shopper)
    await fill_cart(shopper)
    await walk_the_queue(walker, shopper)
    await walk_the_wishes(walker, shopper)
    await walk_the_other_dates(walker, shopper)
    return walker


async def walk_the_other_dates(walker: Walker, shopper: Shopper) -> None:
    """A visit that is called off: another date, or the money."""
    now = datetime.now(UTC)
    in_a_week = Session.filter(listing__code="P087", starts_at__gt=now + timedelta(days=7), closed_at=None)
    found = await in_a_week.order_by("starts_at").select_related("listing")
    first, *others = [session for session in found if session.left]
    placed = await an_order(seats={first.id: {Participant.adult: 1}}, address=None, now=now)
    order = placed.order
    await confirm_deposit(order.number, amount=order.total, by="officer", now=now)
    await shopper.get(f"/orders/{order.number}?t={placed.token}")
    await cancel_session(
        first.id, RefundCause.weather, FakeGateway(), village_ids=[first.listing.village_id], by="person 1",
        instead=[others[0].id, others[1].id], now=now,
    )  # fmt: skip
    offer = await DateOffer.get(booking__part__order_id=order.id)
    await walker.walk(f"/orders/{order.number}", f"/orders/{order.number}/date-offers/{offer.id}")


async def call_off(walker: Walker, shopper: Shopper) -> None:
    """A paid order, of which some is called off: what is due waits for an account to go to."""
    order = await Order.filter(tender="bank_transfer").order_by("-id").first()
    assert order is not None
    await confirm_deposit(order.number, amount=order.total, by="officer", now=datetime.now(UTC))
    rice = await Line.get(part__order_id=order.id, session=None)
    quote = await shopper.post(f"/orders/{order.number}/refund-quotes", {f"line-{rice.id}": 1})
    address = quote.headers["location"]
    await walker.walk(f"/orders/{order.number}", address)
    form: dict[str, object] = {"quote": address.rpartition("/")[2], "nothing": "1"}
    assert (await shopper.post(f"/orders/{order.number}/cancellation", form)).status_code == 303
    visit = await Part.get(order_id=order.id, programs__gt=0)
    await mark_delivered(visit.id, village_ids=[visit.village_id], by="person 1", now=datetime.now(UTC))
    await walker.walk(f"/orders/{order.number}")


async def take_back(walker: Walker, shopper: Shopper) -> None:
    """Apples that have come: one is asked to be taken back, one was sent anew, one was refused, one is kept."""
    apples = await Variant.filter(listing__code="P002").order_by("id").first()
    assert apples is not None
    await shopper.puts(variant=apples.id, count=4)
    await shopper.tells_who_and_where()
    await shopper.pays()
    order = await Order.all().order_by("-id").first()
    assert order is not None
    await confirm_deposit(order.number, amount=order.total, by="officer", now=datetime.now(UTC))
    part = await Part.get(order_id=order.id, goods__gt=0)
    own = {"village_ids": [part.village_id], "by": "person 1", "now": datetime.now(UTC)}
    await send_parcel(part.id, courier="cj", tracking="123456789012", **own)
    await mark_delivered(part.id, **own)
    line = await Line.get(part_id=part.id, session=None)
    lately = {"by": "shopper", "now": datetime.now(UTC)}
    backs = [
        await ask_return(
            order, {line.id: 1}, reason=ReturnReason.faulty, wish=wish, key=f"crawl {at}", **lately
        )
        for at, wish in enumerate((ReturnWish.refund, ReturnWish.exchange, ReturnWish.refund))
    ]
    await send_anew(backs[1].id, courier="cj", tracking="123456789012", by="person 1", now=datetime.now(UTC))
    await refuse_return(backs[2].id, "뜯어서 드셨습니다.", by="person 1", now=datetime.now(UTC))
    path = f"/orders/{order.number}"
    await walker.walk(
        path, f"{path}/returns/new", f"{path}/returns/new?reason=faulty&line-{line.id}=1",
        *(f"{path}/returns/{back.id}" for back in backs),
    )  # fmt: skip


async def walk_a_quote(walker: Walker, face: str, number: str) -> None:
    asked = await walker.browser.post(f"{face}/orders/{number}/refund-quotes", {"cause": "operator"})
    assert asked.status_code == 303
    await walker.walk(asked.headers["location"])


async def walk_the_queue(walker: Walker, shopper: Shopper) -> None:
    """A full session: one party is offered seats, the next one waits."""
    in_a_week = datetime.now(UTC) + timedelta(days=7)
    session = await Session.filter(listing__code="P087", starts_at__gt=in_a_week, booked__gte=2).first()
    assert session is not None
    await session.fetch_related("listing")
    session.capacity = session.held + session.booked
    await session.save(update_fields=["capacity"])
    program = f"/programs/{session.listing.slug}"
    await walker.walk(f"{program}/waiting-parties?session={session.id}")
    parties = [
        await shopper.post(
            f"{program}/waiting-parties",
            {
                "session": session.id,
                "key": f"crawl {at}",
                "adult": at + 1,
                "name": "박기다림",
                "phone": f"010-7777-000{at}",
            },
        )
        for at in range(2)
    ]
    ids = [session.listing.village_id]
    await resize(session.id, session.capacity + 1, village_ids=ids, by="person 1", now=datetime.now(UTC))
    await walker.walk(*(party.headers["location"] for party in parties))


async def walk_the_wishes(walker: Walker, shopper: Shopper) -> None:
    """Goods and a program that are not there, and the link that stops waiting for them."""
    for code, kind in (("P004", "goods"), ("P086", "programs")):
        listing = await Listing.get(code=code)
        await Shelf.filter(variant__listing_id=listing.id).update(reserved=F("on_hand"))
        await Session.filter(listing_id=listing.id).update(closed_at=datetime.now(UTC))
        form = f"/{kind}/{listing.slug}/wishes"
        await walker.walk(f"/{kind}/{listing.slug}", form)
        told: dict[str, object] = {"key": f"crawl {code}", "phone": "010-7777-0000", "agreed": "1"}
        assert (await shopper.post(form, told)).status_code == 303
        wish = await Wish.get(listing_id=listing.id)
        await walker.walk(f"{form}?kept=1", f"/wishes/{wish.id}?t={wish_token(wish.id, SECRET)}")


async def fill_cart(shopper: Shopper) -> None:
    """Rice of one village and a program of another."""
    rice = await Variant.filter(listing__code="P025").order_by("id").first()
    in_a_week = datetime.now(UTC) + timedelta(days=7)
    session = await Session.filter(listing__code="P087", starts_at__gt=in_a_week).order_by("id").first()
    assert rice is not None
    assert session is not None
    await shopper.puts(variant=rice.id, count=1)
    await shopper.puts(session=session.id, adult=2, child=1)


async def operator(site: Site, alike: Alike) -> Walker:
    """Looks at everything, and again where a session was closed and a listing taken back."""
    walker = await signed_in(site, "naejangsan", alike)
    await walker.walk(*seeds("naejangsan"), "/", "/cart")
    part = (
        await Part.filter(village__slug="naejangsan", state="paid", goods__gt=0)
        .select_related("order")
        .first()
    )
    assert part is not None
    await walk_a_quote(walker, "/desk", part.order.number)
    on_its_way = (
        await Part.filter(village__slug="naejangsan", state="shipped").select_related("order").first()
    )
    assert on_its_way is not None
    await walker.walk(f"/desk/orders/{on_its_way.order.number}")
    await walk_a_change_of_date(walker)
    backs = await recent_returns()
    kept = await Line.get(returns__of_return_id=backs[0].id)
    form = f"/desk/orders/{backs[0].number}/returns/new"
    await walker.walk(
        *(f"/desk/returns/{back.id}" for back in backs), form, f"{form}?reason=faulty&line-{kept.id}=1"
    )
    for act in ("/desk/sessions/{id}/closing", "/desk/listings/{id}/withdrawal"):
        form = walker.form_to(act)
        await walker.post(form, with_token(walker, form.filled))
        await walker.walk(form.page)
    return walker


async def walk_a_change_of_date(walker: Walker) -> None:
    """The desk's page of a paid visit that is still to come."""
    now = datetime.now(UTC)
    session = await Session.filter(
        listing__code="P084", starts_at__gt=now + timedelta(days=7), closed_at=None
    ).first()
    assert session is not None
    order = (await an_order(seats={session.id: {Participant.adult: 1}}, address=None, now=now)).order
    await confirm_deposit(order.number, amount=order.total, by="officer", now=now)
    await walker.walk(f"/desk/orders/{order.number}")


async def officer(site: Site, alike: Alike) -> Walker:
    walker = await signed_in(site, "officer", alike)
    await send_deposit_sheet(walker)
    await open_task(connections.get("default"), kind="alarm", subject="a walk", sentence="견본: 살펴볼 일")
    part = await Part.filter(village__slug="daejeong", state="paid").select_related("order").first()
    assert part is not None
    await walk_a_quote(walker, "/city", part.order.number)
    await walker.walk("/city/returns", *(f"/city/returns/{back.id}" for back in await recent_returns()))
    month_before = datetime.now(SEOUL).replace(day=1) - timedelta(days=1)
    await walker.walk(
        f"/city/villages/naejangsan/{datetime.now(SEOUL):%Y-%m}",
        f"/city/statements/{month_before:%Y-%m}",
        *seeds("officer"),
    )
    return walker


async def send_deposit_sheet(walker: Walker) -> None:
    """One row that brought 500 won too many for the order it was chosen for, one that is set aside, one that waits."""
    order = await Order.filter(tender="bank_transfer", paid_at__isnull=True, ended_as__isnull=True).first()
    assert order is not None
    day = f"{datetime.now(SEOUL):%Y-%m-%d}"
    body = f"일자,이름,금액\n{day},견본 가,{order.total + 500}\n{day},견본 나,777\n{day},견본 다,778\n"
    sent = await walker.browser.post("/city/deposit-sheets", files={"sheet": ("견본.csv", body.encode())})
    assert sent.status_code == 303
    (much, aside, _) = await rows("SELECT id FROM deposit_rows ORDER BY amount = 777, amount = 778")
    await walker.browser.post(f"/city/deposit-rows/{much['id']}/match", {"orders": order.number})
    await walker.browser.post(f"/city/deposit-rows/{aside['id']}/setting-aside", {"reason": "견본"})


async def signed_in(site: Site, who: str, alike: Alike) -> Walker:
    person = await Person.get(email=f"{who}@demo.example")
    return Walker(who, await site.browser().sign_in(person), alike)


def seeds(who: str) -> list[str]:
    """The plain addresses of pages_to_see; the walk finds the others."""
    return [seen.path for seen in [*PAGES, *STATES] if seen.who == who and isinstance(seen.path, str)]


def with_token(walker: Walker, fields: Iterable[tuple[str, str]], token: str = "") -> list[tuple[str, str]]:
    kept = [(name, value) for name, value in fields if name != "csrf_token"]
    return [*kept, ("csrf_token", token or walker.browser.csrf_token)]


async def send_wrongly(walker: Walker, foreign: str) -> list[tuple[str, Met]]:
    """Each form without a token, with that of another browser, and with its own from other sites."""
    found = []
    for form in walker.posts:
        bare = [(name, value) for name, value in form.filled if name != "csrf_token"]
        good = with_token(walker, bare)
        for what, fields, headers in (
            ("no token", bare, {}),
            ("an empty token", [*bare, ("csrf_token", "")], {}),
            ("a foreign token", with_token(walker, bare, foreign), {}),
            ("a foreign origin", good, {"origin": "https://evil.test"}),
            ("a foreign page", good, {"sec-fetch-site": "cross-site"}),
        ):
            answer = await walker.post(form, fields, **headers)
            found.append((what, walker.met_as(f"POST with {what}", form.action, answer)))
    return found


async def send_as_they_are(walker: Walker) -> None:
    """Each form properly: first with its fields emptied, then as it is when nobody types."""
    for form in walker.posts:
        emptied = tuple((name, "" if name in form.typed else value) for name, value in form.filled)
        for fields in dict.fromkeys((emptied, form.filled)):
            sent = "POST as it is" if fields == form.filled else "POST emptied"
            walker.take_in(sent, form.action, await walker.post(form, with_token(walker, fields)))


async def fingerprints() -> dict[str, str]:
    """Every table's rows as one number; logins apart, which note when somebody was last seen."""
    tables = await rows("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'")
    prints = {}
    for name in sorted({table["name"] for table in tables} - {"logins"}):
        (found,) = await rows(
            f"SELECT count(*), md5(string_agg(md5(t::text), '' ORDER BY t::text)) FROM \"{name}\" t"
        )
        prints[name] = str(found)
    return prints


def told(faulty: dict[str, list[str]]) -> str:
    """Each fault once, with one page that has it."""
    return "\n".join(f"{fault}  [{len(where)}: {where[0]}]" for fault, where in faulty.items())


def test_the_walk_meets_every_page_and_every_form(crawl):
    met = {
        (met.sent.partition(" ")[0], route_of(met.address, met.sent.partition(" ")[0])) for met in crawl.met
    }
    there = {
        (method, route.path)
        for route in ROUTES
        if isinstance(route, Route) and route.endpoint.may != Permission.machine
        for method in (route.methods or set()) - {"HEAD"}
    }

    assert there - met == set()
    assert len(crawl.pages) > 150
    assert len([form for walker in crawl.walkers for form in walker.posts]) > 40


def test_every_link_and_form_leads_to_an_address_of_ours(crawl):
    assert [stray for walker in crawl.walkers for stray in walker.strays] == []


def test_every_page_is_valid_markup(crawl):
    faulty = defaultdict(list)
    for page in crawl.pages:
        for fault in faults(page.parsed):
            faulty[fault].append(str(page))

    assert not faulty, told(faulty)


def test_every_page_has_a_title_of_its_own(crawl):
    """One title for one address; what its query chooses may share it."""
    paths = defaultdict(set)
    for page in crawl.pages:
        if page.status == 200:
            paths[text_of(next(page.parsed.root.iter("title")))].add(page.path)

    assert {title: found for title, found in paths.items() if len(found) > 1} == {}


def test_every_answer_carries_the_security_headers(crawl):
    faulty = defaultdict(list)
    for met in [*crawl.met, *(met for _, met in crawl.refused)]:
        for fault in header_faults(met):
            faulty[fault].append(str(met))

    assert not faulty, told(faulty)


def header_faults(met: Met) -> Iterator[str]:
    policy = policy_of(met)
    if met.headers["x-content-type-options"] != "nosniff":
        yield "no nosniff"
    if met.headers["referrer-policy"] != "strict-origin-when-cross-origin":
        yield "a loose referrer policy"
    if policy["frame-ancestors"] != "'none'" or policy["base-uri"] != "'none'" or "unsafe" in str(policy):
        yield f"a loose policy: {policy}"
    if met.who != "guest" and met.status < 400 and met.headers.get("cache-control") != "no-store":
        yield "a page of somebody signed in may be kept"
    if not met.is_page:
        return
    if not re.fullmatch(r"'nonce-[\w-]{4,}'", policy["script-src"]) or policy["style-src"] != "'self'":
        yield f"scripts or styles from elsewhere: {policy}"
    if "'self'" not in policy["form-action"].split() or policy["object-src"] != "'none'":
        yield f"forms or objects from elsewhere: {policy}"


def policy_of(met: Met) -> dict[str, str]:
    parts = (part.split() for part in met.headers["content-security-policy"].split(";"))
    return {name: " ".join(values) for name, *values in parts}


def test_no_page_needs_what_its_policy_forbids(crawl):
    faulty = defaultdict(list)
    for page in crawl.pages:
        for fault in forbidden_in(page):
            faulty[fault].append(str(page))

    assert not faulty, told(faulty)


def forbidden_in(page: Met) -> Iterator[str]:
    allowed = policy_of(page)["script-src"]
    for each in page.parsed.root.iter():
        if each.tag == "script" and allowed != f"'nonce-{each.get('nonce')}'":
            yield f"a script that the policy stops: {each.attrib}"
        if each.tag == "style" or "style" in each.attrib:
            yield f"an inline style that the policy stops: {each.tag} {each.attrib}"
        if handlers := [name for name in each.attrib if name.startswith("on")]:
            yield f"an inline handler that the policy stops: {each.tag} {handlers}"
        if any(value.strip().lower().startswith("javascript:") for value in each.attrib.values()):
            yield f"a script as an address: {each.attrib}"


def test_nobody_else_can_send_a_form(crawl):
    assert [f"{what}: {met}" for what, met in crawl.refused if met.status != 403] == []
    assert [f"{what}: {met}" for what, met in crawl.refused if "set-cookie" in met.headers] == []
    assert crawl.changed == set()
    # Which forms there are depends on the day (parcels to send, sessions to hold); fewer would be a short walk.
    assert len(crawl.refused) >= 5 * 30


def test_with_its_token_every_form_is_taken(crawl):
    """Also the control of the test above: it is the token and the origin that decide."""
    sent = [met for met in crawl.met if met.sent.startswith("POST")]

    assert [str(met) for met in sent if met.status in (403, 404, 405) or met.status >= 500] == []
    mended = {met.path for met in sent if met.status == 422}
    assert {"/checkout/buyer", "/orders/lookup", "/login", "/desk/goods"} <= mended
    taken = {re.sub(r"[\d-]+", "N", met.path) for met in sent if met.status == 303}
    assert {
        "/checkout/address",
        "/orders",
        "/orders/N/payment",
        "/desk/parts/N/parcel",
        "/city/targets",
    } <= taken


def test_a_form_that_only_asks_carries_no_token(crawl):
    asking = [form for walker in crawl.walkers for form in walker.forms.values() if form.method == "GET"]

    assert [form for form in asking if "csrf_token" in dict(form.filled)] == []
    assert [met.address for met in crawl.met if "csrf_token" in met.address] == []
    assert len(asking) > 5


def test_what_the_policy_stops_would_be_found():
    policy = "script-src 'nonce-abcd'; style-src 'self'"
    page = """<p style="color: red" onclick="go()">글</p><style>p {}</style><script nonce="old">go()</script>
    <a href="javascript:go()">가기</a>"""
    met = Met("guest", "GET", "/", 200, {"content-security-policy": policy}, page)

    assert len(list(forbidden_in(met))) == 5
