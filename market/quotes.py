"""What a basket costs today: lines priced from the database, parts by village, postage and arrival day."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from tortoise.backends.base.client import BaseDBAsyncClient

from market.dates.minimums import minimum_of, minimum_terms
from market.deliveries import DAYS_AHEAD, Postage, PostageTerms, Promise, full_text, postage, promise
from market.islands import is_island
from market.money import Taxed, split_taxable_postage, vat_included
from market.pricing import GOODS, SEATS
from market.session_words import session_text
from villages.contacts import phone_text
from villages.days import seoul_day
from villages.listings import Tax
from villages.programs import PARTICIPANT_NAMES, Participant
from villages.refusals import BadForm, NotFound, OutOfStock, Refused, SalesClosed, SessionFull
from villages.seats_left import scarce_sentence

MOST_OF_ONE = 999
MOST_WON = 2_000_000_000  # what an int4 column of won holds, with room for postage


@dataclass(frozen=True)
class Basket:
    """Variant → count, and session → participants. Zero counts are left out by whoever makes it."""

    goods: dict[int, int] = field(default_factory=dict)
    seats: dict[int, dict[Participant, int]] = field(default_factory=dict)

    def is_empty(self) -> bool:
        return not self.goods and not self.seats


class Seller(NamedTuple):
    """The village as a buyer must see it before paying (전자상거래법 §20②)."""

    id: int
    slug: str
    name: str
    short_name: str
    accent: str
    company: str
    ceo: str
    business_no: str
    mail_order_no: str
    phone: str
    address: str
    terms: PostageTerms


class QuoteLine(NamedTuple):
    """One line as it would be frozen on the order. `trouble` says why it cannot be ordered now."""

    listing_id: int
    slug: str
    name: str
    variant_id: int | None
    session_id: int | None
    participant: Participant | None
    count: int
    unit_price: int
    takes: int
    heads: int
    tax: Tax
    left: int
    terms: dict[str, Any]
    is_fresh: bool = False
    ships_cold: bool = False
    no_islands: bool = False
    starts_at: datetime | None = None
    scarce_pool: str = ""
    """What has fewer seats left than the session itself: the bus, the guide."""
    picture: str | None = None
    picture_width: int = 0
    trouble: Refused | None = None

    @property
    def amount(self) -> int:
        return self.count * self.unit_price


class QuotePart(NamedTuple):
    """One village's half: one parcel with its own postage and arrival day, and its bookings. Sums in won."""

    seller: Seller
    goods_lines: tuple[QuoteLine, ...]
    program_lines: tuple[QuoteLine, ...]
    goods: int
    programs: int
    postage: Postage
    promise: Promise | None
    """None where nothing is sent, or where the village cannot say when: then the goods are in trouble."""
    is_limited: bool = False
    """The village sends so many parcels a day: this one takes the room of one."""
    postcode: str | None = None
    full: str = ""
    """Why it leaves later than usual; mostly empty."""

    @property
    def ships_on(self) -> date | None:
        return self.promise and self.promise.ships_on

    @property
    def arrives_on(self) -> date | None:
        return self.promise and self.promise.arrives_on

    @property
    def lines(self) -> tuple[QuoteLine, ...]:
        return self.goods_lines + self.program_lines

    @property
    def total(self) -> int:
        return self.goods + self.programs + self.postage.total

    @property
    def vat(self) -> int:
        """VAT inside this part (won); postage follows the taxable share of its goods."""
        taxed = Taxed(
            *(
                sum(line.amount for line in self.goods_lines if line.tax == tax)
                for tax in (Tax.taxable, Tax.exempt)
            )
        )
        carried = split_taxable_postage(self.postage.total, taxed).taxable if self.goods_lines else 0
        programs = sum(line.amount for line in self.program_lines if line.tax == Tax.taxable)
        return vat_included(taxed.taxable + carried + programs)


@dataclass(frozen=True)
class Quote:
    parts: tuple[QuotePart, ...]

    @property
    def total(self) -> int:
        return sum(part.total for part in self.parts)

    @property
    def postage(self) -> int:
        return sum(part.postage.total for part in self.parts)

    @property
    def lines(self) -> list[QuoteLine]:
        return [line for part in self.parts for line in part.lines]

    @property
    def has_parcels(self) -> bool:
        return any(part.goods_lines for part in self.parts)

    @property
    def trouble(self) -> Refused | None:
        return next((line.trouble for line in self.lines if line.trouble), None)


async def quote(
    db: BaseDBAsyncClient,
    basket: Basket,
    *,
    now: datetime,
    postcode: str | None = None,
    kept: Mapping[int, int] | None = None,
) -> Quote:
    """Price a basket in at most two queries. What does not exist any more is left out.

    `kept`: session → seats held for this very buyer, which count as free for her.
    """
    goods = await db.execute_query_dict(GOODS, [list(basket.goods), seoul_day(now)]) if basket.goods else []
    seats = await db.execute_query_dict(SEATS, [list(basket.seats)]) if basket.seats else []
    sellers = {row["village_id"]: row for row in [*seats, *goods]}  # goods know what days are full

    lines: dict[int, list[QuoteLine]] = {}
    for row in sorted(goods, key=lambda row: row["variant_id"]):
        lines.setdefault(row["village_id"], []).append(
            _goods_line(row, basket.goods[row["variant_id"]], postcode, now)
        )
    for row in sorted(seats, key=lambda row: (row["session_id"], row["position"])):
        count = basket.seats[row["session_id"]].get(Participant(row["kind"]), 0)
        if count:
            lines.setdefault(row["village_id"], []).append(
                _seats_line(row, count, now, (kept or {}).get(row["session_id"], 0))
            )
    lines = {village: _session_by_session(of_village) for village, of_village in lines.items()}
    return Quote(tuple(_part(sellers[village], lines[village], now, postcode) for village in sorted(lines)))


def refuse_trouble(quoted: Quote, basket: Basket) -> None:
    """Raise the first thing that stands in the way of ordering this basket as it is."""
    if quoted.trouble:
        raise quoted.trouble
    goods = {line.variant_id for line in quoted.lines}
    people = {(line.session_id, line.participant) for line in quoted.lines}
    wanted = {
        (session, kind) for session, kinds in basket.seats.items() for kind, count in kinds.items() if count
    }
    if not (basket.goods.keys() <= goods and wanted <= people):
        raise NotFound("더 이상 팔지 않는 것이 있습니다. 장바구니를 확인해 주세요.")
    if quoted.total > MOST_WON:
        raise BadForm(f"한 번에 {MOST_WON:,}원까지 주문할 수 있습니다. 나누어 주문하거나 전화해 주세요.")


def _goods_line(row: dict[str, Any], count: int, postcode: str | None, now: datetime) -> QuoteLine:
    name = row["name"] if row["choices"] == 1 else f"{row['name']} {row['variant_name']}"
    left = max(0, row["free"])
    trouble: Refused | None = None
    if not row["on_sale"]:
        trouble = SalesClosed("지금은 팔지 않는 상품입니다. 장바구니에서 빼 주세요.")
    elif left < count:
        left_text = (
            f"남은 개수가 {left}개입니다. 개수를 줄여 주세요."
            if left
            else "다 팔렸습니다. 장바구니에서 빼 주세요."
        )
        trouble = OutOfStock(f"{name}: {left_text}")
    elif row["no_islands"] and postcode and is_island(postcode, seoul_day(now)):
        trouble = SalesClosed(f"{name}: 제주·도서 지역으로는 보내지 못합니다. 장바구니에서 빼 주세요.")
    terms: dict[str, Any] = {"return_postage": row["postage_fee"]}
    if row["withdrawal_limit"]:
        terms["withdrawal_limit"] = row["withdrawal_limit"]
    return QuoteLine(
        listing_id=row["listing_id"], slug=row["slug"], name=name, variant_id=row["variant_id"], session_id=None,
        participant=None, count=count, unit_price=row["price"], takes=count, heads=0, tax=Tax(row["tax"]), left=left,
        is_fresh=row["is_fresh"], ships_cold=row["ships_cold"], no_islands=row["no_islands"], picture=row["picture"],
        picture_width=row["picture_width"] or 0, terms=terms, trouble=trouble,
    )  # fmt: skip


def _seats_line(row: dict[str, Any], count: int, now: datetime, kept: int) -> QuoteLine:
    kind = Participant(row["kind"])
    trouble: Refused | None = None
    if (
        not row["on_sale"]
        or row["closed_at"]
        or row["starts_at"] - timedelta(hours=row["closes_hours_before"]) <= now
    ):
        trouble = SalesClosed(
            f"{row['name']} {session_text(row['starts_at'])}: 예약을 마감했습니다. 다른 날짜를 골라 주세요."
        )
    return QuoteLine(
        listing_id=row["listing_id"], slug=row["slug"], participant=kind, session_id=row["session_id"], variant_id=None,
        name=f"{row['name']} · {session_text(row['starts_at'])} · {PARTICIPANT_NAMES[kind]}", count=count,
        unit_price=row["price"], takes=count * row["seats_taken"], heads=count * max(1, row["seats_taken"]),
        tax=Tax(row["tax"]), left=max(0, row["free"]) + kept, scarce_pool=row["scarce_pool"] or "", starts_at=row["starts_at"], picture=row["picture"],
        picture_width=row["picture_width"] or 0, trouble=trouble,
        terms={"refund_ladder": json.loads(row["refund_ladder"])} | minimum_terms(minimum_of(row)),
    )  # fmt: skip


def _session_by_session(lines: list[QuoteLine]) -> list[QuoteLine]:
    """Seats of one session are wanted together: mark its lines when their sum is more than what is left."""
    wanted: dict[int, int] = {}
    for line in lines:
        if line.session_id:
            wanted[line.session_id] = wanted.get(line.session_id, 0) + line.takes
    return [
        _full(line) if line.session_id and not line.trouble and wanted[line.session_id] > line.left else line
        for line in lines
    ]


def _full(line: QuoteLine) -> QuoteLine:
    what = line.name.rsplit(" · ", 1)[0]
    if line.scarce_pool:
        return line._replace(trouble=SessionFull(f"{what}: {scarce_sentence(line.scarce_pool, line.left)}"))
    sentence = (
        f"{line.left}자리 남았습니다. 인원을 줄이거나 다른 날짜를 골라 주세요."
        if line.left
        else "자리가 다 찼습니다. 다른 날짜를 골라 주세요."
    )
    return line._replace(trouble=SessionFull(f"{what}: {sentence}"))


def _part(row: dict[str, Any], lines: list[QuoteLine], now: datetime, postcode: str | None) -> QuotePart:
    goods = tuple([line for line in lines if line.variant_id])
    programs = tuple([line for line in lines if line.session_id])
    goods_won, programs_won = sum([line.amount for line in goods]), sum([line.amount for line in programs])
    terms = postage_terms(row)
    is_cold = any(line.ships_cold for line in goods)
    cost = postage(terms, goods_won, cold=is_cold, postcode=postcode, on=seoul_day(now))
    promised = None
    if goods:
        promised = promise(now, terms, postcode=postcode, fresh=any(line.is_fresh for line in goods))
    if promised is None:
        goods = tuple(line if line.trouble else _never_sent(line, row) for line in goods)
    is_limited = bool(goods) and row["is_limited"]
    return QuotePart(
        _seller(row, terms),
        goods,
        programs,
        goods_won,
        programs_won,
        cost,
        promised,
        is_limited,
        postcode,
        full_text(promised, seoul_day(now)) if promised else "",
    )


def _never_sent(line: QuoteLine, row: dict[str, Any]) -> QuoteLine:
    call = f"{phone_text(row['phone'])}번으로 전화해 주세요." if row["phone"] else "장터로 전화해 주세요."
    return line._replace(
        trouble=SalesClosed(f"{row['village_name']}: {DAYS_AHEAD}일 안에 보낼 수 있는 날이 없습니다. {call}")
    )


def _seller(row: dict[str, Any], terms: PostageTerms) -> Seller:
    return Seller(
        row["village_id"], row["village_slug"], row["village_name"], row["short_name"], row["accent"], row["company"],
        row["ceo"], row["business_no"], row["mail_order_no"], row["phone"], row["address"], terms,
    )  # fmt: skip


def postage_terms(row: dict[str, Any]) -> PostageTerms:
    """The village's own terms from its row."""
    return PostageTerms(
        fee=row["postage_fee"],
        free_over=row["postage_free_over"] or None,
        cold_box_fee=row["cold_box_fee"],
        cut_off=f"{row['cut_off']:02}:00",
        full_days=frozenset(row.get("full_days") or ()),
    )
