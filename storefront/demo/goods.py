"""The catalogue's eighty goods, each complete as the law wants it, on shelves that hold something."""

import csv
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, cast

from tortoise import connections
from tortoise.backends.base.client import BaseDBAsyncClient

from market.stock import Shelf, receive
from storefront.demo.goods_facts import FACTS, KEEPING, Facts
from villages.categories import notice_kind
from villages.days import seoul_day
from villages.legal_notices import NONE
from villages.listings import Certificate, Kind, Listing, Tax, Variant
from villages.publications import BUSINESS_ROW
from villages.unit_prices import Amount, amount_of, unit_price_text
from villages.village import Village

CATALOGUE = Path(__file__).parent / "catalogue.csv"
FRESH_LIMIT = (
    "신선식품이라 시간이 지나면 다시 팔 수 없어, 받으신 뒤 마음이 바뀐 반품은 받지 못합니다. "
    "상했거나 다른 것이 왔으면 다시 보내거나 돌려드립니다."
)
BOXES = ("한", "두", "세", "네")
TAXES = {"과세": Tax.taxable, "면세": Tax.exempt}
ISSUERS = {"GAP": "견본 농산물품질관리원", "HACCP": "견본 식품안전관리인증원"}


@dataclass(frozen=True)
class Row:
    """One row of the catalogue."""

    id: str
    name: str
    village: str
    kind: str
    category: str
    price_krw: str
    unit: str
    origin: str
    certification: str
    vat: str
    description: str

    @property
    def price(self) -> int:
        return int(self.price_krw)


def catalogue(kind: str) -> list[Row]:
    """The rows of this kind ("goods" or "program") in their order."""
    with CATALOGUE.open(encoding="utf-8", newline="") as file:
        return [Row(**row) for row in csv.DictReader(file) if row["kind"] == kind]


async def load_goods(villages: dict[str, Village], *, now: datetime) -> list[Listing]:
    """Drafts with variants, certificates and full shelves; `villages` by name. They go on sale later."""
    return [await _load(row, villages[row.village], now) for row in catalogue("goods")]


async def _load(row: Row, village: Village, now: datetime) -> Listing:
    facts, tax = FACTS[row.id], TAXES[row.vat]
    listing = await Listing.create(
        village=village, kind=Kind.goods, slug=f"{row.id.lower()}-{facts.slug}", code=row.id, name=row.name,
        summary=row.description, story=_story(row, facts, village), category=row.category, tax=tax, origin=row.origin,
        notice_rows=notice_rows(row, facts, village, tax, today=seoul_day(now)),
        withdrawal_limit=FRESH_LIMIT if facts.fresh else "", season_months=list(facts.months), is_fresh=facts.fresh,
        ships_cold=facts.cold, no_islands=row.id == "P043", tags=["선물"] if "선물" in row.name else [],
    )  # fmt: skip
    if row.certification:
        await Certificate.create(
            listing=listing, kind=row.certification, number=f"{int(row.id[1:]):08} (견본)",
            issuer=ISSUERS.get(row.certification, "견본 인증원"), ends_on=_end_of_certificate(row.id, seoul_day(now)),
        )  # fmt: skip
    await _load_shelves(row, facts, listing, now)
    return listing


async def _load_shelves(row: Row, facts: Facts, listing: Listing, now: datetime) -> None:
    db = cast(BaseDBAsyncClient, connections.get("default"))
    stock = facts.left_in(seoul_day(now).month)
    for position, (times, price) in enumerate(((1, row.price), *facts.packs)):
        variant = await Variant.create(
            listing=listing, position=position, **pack(row.unit, times, price, facts)
        )
        await Shelf.create(variant=variant)
        count = stock // (times * 2) if position else stock
        if count:
            await receive(db, variant.id, count, cause=f"harvest {seoul_day(now)}")


def pack(unit: str, times: int, price: int, facts: Facts) -> dict[str, Any]:
    """The columns of a variant: one pack of the catalogue, or several of them in one parcel."""
    one = amount_of(unit)
    amount = one * times if one else None
    together = f"{BOXES[times - 1]} 상자" + (
        f"({_weight(amount)})" if amount and amount.measure == "g" else ""
    )
    return {
        "name": together if times > 1 else f"{BOXES[0]} 상자" if facts.packs else unit,
        "unit_text": unit
        if times == 1
        else _weight(amount)
        if amount and amount.measure == "g"
        else f"{unit}×{times}",
        "price": price,
        "grams": int(amount.quantity) if amount and amount.measure == "g" else None,
        "unit_price": unit_price_text(price, amount) or "",
    }


def _weight(amount: Amount) -> str:
    return f"{int(amount.quantity) / 1000:g}kg"


def notice_rows(row: Row, facts: Facts, village: Village, tax: Tax, *, today: date) -> dict[str, str]:
    """상품정보제공고시 by key, complete."""
    phone = f"{village.phone[:3]}-{village.phone[3:6]}-{village.phone[6:]} ({village.phone_hours})"
    same = {"name": row.name, "content": row.unit, "imported": NONE, "phone": phone}
    if notice_kind(Kind.goods, row.category, tax) == "produce":
        return same | {
            "producer": f"{village.name} 생산자회(견본)", "origin": row.origin, "dates": _harvested(facts, today),
            "crop_marks": NONE, "composition": f"{row.name} 한 상자" if "세트" not in row.name else f"{row.name} 한 벌(보자기 포장)",
            "livestock_marks": "등급 해당 없음, 이력관리 대상(껍데기의 열 자리 번호)" if row.category == "축산" else NONE,
            "storage": KEEPING[facts.keep], "safety": facts.allergens or NONE,
        }  # fmt: skip
    days = 7 if facts.cold or facts.keep == "fridge" else 90
    return same | {
        "food_type": facts.food, "producer": f"{village.company} · {village.address}", "ingredients": facts.made_of,
        "dates": f"상품 발송일을 기준으로 소비기한이 {days}일 이상 남은 상품만을 판매합니다", "nutrition": NONE, "gmo": NONE,
        "safety": facts.allergens or NONE, BUSINESS_ROW: f"견본-{village.slug}-0001",
    }  # fmt: skip


def _harvested(facts: Facts, today: date) -> str:
    if not facts.months:
        return f"{today.year - (today.month < 10)}년 생산, 포장일은 보내는 날"
    if facts.fresh:
        return "주문서 접수일을 기준으로 3일 이내에 수확한 상품만을 판매합니다"
    first = facts.months[0]
    return f"{today.year - (today.month < first)}년 {first}월부터 수확, 포장일은 보내는 날"


def _end_of_certificate(code: str, today: date) -> date:
    """Between ten months and two years away."""
    number = int(code[1:])
    return date(today.year + 1 + number % 2, 12 - number % 3, 28)


def _story(row: Row, facts: Facts, village: Village) -> str:
    season = f"{facts.months[0]}월부터 {facts.months[-1]}월까지 " if len(facts.months) > 1 else ""
    when = f"{facts.months[0]}월에만 " if len(facts.months) == 1 else season
    return f"{village.name}에서 {when}보내 드립니다. {KEEPING[facts.keep]}."
