"""A large market, the same at every run: 200 villages, 10,000 goods and 200 programs of 60 dates."""

import hashlib
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
from tortoise import connections

from market.stock import Movement, Shelf
from media.images import Picture
from storefront.db import open_database
from tests.bench.planting import plant
from villages.categories import GOODS_CATEGORIES, usual_tax
from villages.city import City
from villages.days import seoul_day, seoul_moment
from villages.legal_notices import NOTICE_ROWS
from villages.listings import Certificate, Kind, Listing, ListingPicture, Publication, Tax, Variant
from villages.programs import Participant, ParticipantPrice, Session
from villages.refund_ladders import PRESETS, ladder_as_data
from villages.village import Accent, Village

Row = dict[str, Any]

PLENTY = 100_000  # units on a shelf: whoever buys during the measurement must not empty it
SEATS = 5_000  # of an ordinary session, for the same reason


@dataclass(frozen=True)
class Size:
    villages: int = 200
    goods: int = 10_000
    programs: int = 200
    dates: int = 60
    pictures: int = 400


@dataclass(frozen=True)
class Rush:
    """What is scarce: a variant with 50 units, and a session with 20 seats, and where they stand."""

    goods_slug: str
    variant_id: int
    units: int
    program_slug: str
    session_id: int
    seats: int


@dataclass(frozen=True)
class Catalogue:
    size: Size

    @property
    def rush(self) -> Rush:
        """The last goods and the last program are in nobody else's cart."""
        last = self.size.goods + self.size.programs
        return Rush(
            goods_slug=goods_slug(self.size.goods), variant_id=first_variant(self.size.goods), units=50,
            program_slug=program_slug(last), session_id=(self.size.programs - 1) * self.size.dates + 10, seats=20,
        )  # fmt: skip

    def goods_of_village(self, village: int, nth: int) -> str:
        """The slug of that village's nth goods; villages count from 1, goods from 0."""
        return goods_slug(village + nth * self.size.villages)


def goods_slug(listing_id: int) -> str:
    return f"goods-{listing_id}"


def program_slug(listing_id: int) -> str:
    return f"program-{listing_id}"


def quiet_variant(catalogue: "Catalogue", village: int, nth: int) -> int:
    """A village's goods counted round; its first row, where the hot goods are, and the last, of the rush, stay out."""
    villages = catalogue.size.villages
    each = catalogue.size.goods // villages
    return first_variant((nth % (each - 2) + 1) * villages + village % villages + 1)


def first_variant(listing_id: int) -> int:
    """Every goods has two variants."""
    return listing_id * 2 - 1


async def load_catalogue(
    url: str, size: Size, *, progress: Callable[[str], None], reword: Callable[[Row], None] | None = None
) -> Catalogue:
    """Fill an empty, migrated database. `reword` may give a listing other words."""
    catalogue, now = Catalogue(size), datetime.now(UTC)
    async with open_database(url, connections=1):
        pool = connections.get("default")
        async with pool.acquire_connection() as connection:
            for model, rows in _tables(catalogue, now):
                progress(model._meta.db_table)
                if reword and model is Listing:
                    for row in rows:
                        reword(row)
                await plant(connection, model, rows)
            progress("analyze")
            await _settle(connection)
    return catalogue


def _tables(catalogue: Catalogue, now: datetime) -> Iterator[tuple[type, list[Row]]]:
    size, dice, rush = catalogue.size, random.Random(20261121), catalogue.rush
    goods = range(1, size.goods + 1)
    programs = range(size.goods + 1, size.goods + size.programs + 1)
    yield City, [CITY]
    yield Picture, [_picture(number, now) for number in range(1, size.pictures + 1)]
    yield Village, [_village(number, dice) for number in range(1, size.villages + 1)]
    yield (
        Listing,
        [_goods(number, size, dice) for number in goods]
        + [_program(number, size, dice) for number in programs],
    )
    yield (
        Publication,
        [
            {"id": number, "listing_id": number, "at": now - timedelta(days=30)}
            for number in (*goods, *programs)
        ],
    )
    yield ListingPicture, [
        {"id": number * 3 + nth - 2, "listing_id": number, "picture_id": (number * 3 + nth) % size.pictures + 1, "position": nth}
        for number in (*goods, *programs) for nth in range(3)
    ]  # fmt: skip
    yield Certificate, [
        {"id": number, "listing_id": number, "kind": "무농약농산물", "number": f"{number:08}", "issuer": "견본 인증원",
         "ends_on": seoul_day(now) + timedelta(days=200)}
        for number in goods if number % 10 == 0
    ]  # fmt: skip
    yield Variant, [row for number in goods for row in _variants(number, dice)]
    in_stock = {number: _in_stock(number, rush) for number in range(1, size.goods * 2 + 1)}
    yield (
        Shelf,
        [{"id": number, "variant_id": number, "on_hand": count} for number, count in in_stock.items()],
    )
    yield Movement, [
        {"id": number, "shelf_id": number, "change": count, "cause": "harvest"} for number, count in in_stock.items() if count
    ]  # fmt: skip
    yield ParticipantPrice, [row for nth, number in enumerate(programs) for row in _prices(nth, number, dice)]
    yield (
        Session,
        [row for nth, number in enumerate(programs) for row in _sessions(nth, number, size, rush, now)],
    )


def _in_stock(variant_id: int, rush: Rush) -> int:
    if variant_id == rush.variant_id:
        return rush.units
    return 0 if variant_id % 40 == 0 else PLENTY


def _picture(number: int, now: datetime) -> Row:
    kept = hashlib.sha256(f"picture {number}".encode()).hexdigest()
    return {"id": number, "hash": kept, "alt": f"견본 사진 {number}", "w": 1600, "h": 1200, "created_at": now}


def _village(number: int, dice: random.Random) -> Row:
    name = f"{dice.choice(PLACES)}{number}"
    return {
        "id": number, "slug": f"village-{number}", "name": f"{name}마을", "short_name": name, "tagline": f"{name}의 아침",
        "story": "물 맑고 볕 좋은 마을입니다. " * 10, "accent": list(Accent)[number % 3], "address": f"견본도 견본시 {name}길 {number}",
        "phone": f"063{number:07}", "company": f"{name} 영농조합", "ceo": "김대표", "business_no": "000-00-00000",
        "mail_order_no": f"제2026-견본-{number:04}호", "email": f"village{number}@example.kr", "picture_id": number,
    }  # fmt: skip


def _goods(number: int, size: Size, dice: random.Random) -> Row:
    category = dice.choice(GOODS_CATEGORIES)
    tax = usual_tax(category)
    what = dice.choice(WHAT[category])
    notices = NOTICE_ROWS["processed" if tax == Tax.taxable else "produce"]
    first = dice.randrange(1, 13)
    return {
        "id": number, "village_id": (number - 1) % size.villages + 1, "kind": Kind.goods, "slug": goods_slug(number),
        "name": f"{dice.choice(HOW)} {what} {number}", "summary": f"아침에 거두어 그날 보내는 {what}", "story": f"{what}을 이렇게 기릅니다. " * 20,
        "category": category, "tags": dice.sample(TAGS, 2), "tax": tax, "origin": "국내산(견본시)",
        "notice_rows": {row.key: f"{row.label} 견본" for row in notices}, "season_months": [(first + nth) % 12 + 1 for nth in range(3)],
        "is_fresh": number % 3 == 0, "ships_cold": number % 7 == 0, "no_islands": number % 50 == 0,
        "withdrawal_limit": "신선식품이라 받은 뒤에는 돌려받지 못합니다." if number % 3 == 0 else "",
        "popularity": dice.randrange(1000), "search_text": f"{what} {category}",
    }  # fmt: skip


def _variants(listing_id: int, dice: random.Random) -> list[Row]:
    price = dice.randrange(50, 600) * 100
    number = first_variant(listing_id)
    sizes = (("작은 상자", "3kg", 3000, price), ("큰 상자", "5kg", 5000, price * 3 // 2))
    return [
        {"id": number + nth, "listing_id": listing_id, "name": name, "unit_text": unit, "grams": grams, "price": won,
         "unit_price": f"100g당 {won * 100 // grams:,}원", "position": nth}
        for nth, (name, unit, grams, won) in enumerate(sizes)
    ]  # fmt: skip


def _program(number: int, size: Size, dice: random.Random) -> Row:
    what = dice.choice(DOING)
    return {
        "id": number, "village_id": (number - 1) % size.villages + 1, "kind": Kind.program, "slug": program_slug(number),
        "name": f"{what} {number}", "summary": f"어른도 아이도 함께하는 {what}", "story": f"{what}, 이렇게 합니다. " * 20,
        "category": "체험", "tags": dice.sample(TAGS, 2), "tax": Tax.taxable,
        "notice_rows": {row.key: f"{row.label} 견본" for row in NOTICE_ROWS["experience"]}, "minutes": 90, "least_age": 4,
        "is_indoor": number % 2 == 0, "meeting_place": "마을회관 앞", "what_to_bring": "편한 옷과 마실 물",
        "weather_rule": "비가 오면 안에서 합니다.", "refund_ladder": ladder_as_data(next(iter(PRESETS.values()))), "popularity": dice.randrange(1000),
        "search_text": what,
    }  # fmt: skip


def _prices(nth: int, listing_id: int, dice: random.Random) -> list[Row]:
    adult = dice.randrange(6, 30) * 1000
    kinds = (
        (Participant.adult, adult, 1),
        (Participant.child, adult * 7 // 10, 1),
        (Participant.infant, 0, 0),
    )
    return [
        {"id": nth * 3 + place + 1, "listing_id": listing_id, "kind": kind, "price": price, "seats_taken": seats, "position": place}
        for place, (kind, price, seats) in enumerate(kinds)
    ]  # fmt: skip


def _sessions(nth: int, listing_id: int, size: Size, rush: Rush, now: datetime) -> Iterator[Row]:
    tomorrow = seoul_day(now) + timedelta(days=1)
    for day in range(size.dates):
        number = nth * size.dates + day + 1
        seats = rush.seats if number == rush.session_id else SEATS
        starts_at = seoul_moment(tomorrow + timedelta(days=day), 10 + nth % 5, 0)
        yield {"id": number, "listing_id": listing_id, "starts_at": starts_at, "capacity": seats}


async def _settle(connection: asyncpg.Connection) -> None:
    """As after a quiet night, so that no measurement pays for the loading."""
    await connection.execute("VACUUM ANALYZE")
    await connection.execute("CHECKPOINT")


def smaller(size: Size, times: int) -> Size:
    """For trying the bench itself."""
    return replace(size, goods=size.goods // times, programs=size.programs // times)


CITY: Row = {
    "id": 1, "name": "견본시", "market_name": "견본시 마을장터", "company": "견본시 정보화마을 협의회", "ceo": "김대표",
    "business_no": "000-00-00000", "mail_order_no": "제2026-견본-0000호", "address": "견본도 견본시 시청로 1", "phone": "0630000000",
    "email": "market@example.kr", "hosting": "견본시", "bank_name": "농협", "bank_account": "000-0000-0000-00",
    "bank_holder": "견본시 마을장터",
}  # fmt: skip
PLACES = "솔밭 달빛 새터 물안 꽃뫼 바람골 참샘 너른들 돌담 감나무골".split()
HOW = "햇볕에 기른|새벽에 거둔|할머니가 말린|산 아래에서 자란|정성껏 고른|맑은 물로 키운".split("|")
TAGS = "선물 제철 명절 아이간식 캠핑 건강 집밥 소포장".split()
DOING = "떡메치기|두부 만들기|고구마 캐기|사과 따기|한지 공예|천연 염색|별 보기|모내기".split("|")
WHAT: dict[str, tuple[str, ...]] = {
    "과일": ("사과", "포도", "복숭아"), "채소": ("감자", "고구마", "마늘"), "나물": ("고사리", "취나물"),
    "버섯": ("표고버섯", "느타리버섯"), "곡식": ("햅쌀", "현미", "서리태"), "꿀": ("야생화꿀", "밤꿀"),
    "축산": ("유정란", "한우 불고기"), "차": ("국화차", "둥굴레차"), "장류": ("된장", "고추장"), "김치": ("배추김치", "깍두기"),
    "즙·음료": ("사과즙", "배즙"), "한과·떡": ("유과", "인절미"), "가공": ("들기름", "딸기잼"),
}  # fmt: skip
