"""What a basket costs today: lines priced from the database, parts by village, postage and arrival day."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from tortoise.backends.base.client import BaseDBAsyncClient

from market.deliveries import Postage, PostageTerms, Promise, full_text, postage, promise
from market.money import Taxed, split_taxable_postage, vat_included
from market.pricing import GOODS, SEATS
from market.quote_lines import QuoteLine, goods_line, never_sent, seats_line, session_by_session
from villages.days import seoul_day
from villages.listings import Tax
from villages.programs import Participant
from villages.refusals import BadForm, NotFound, Refused

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
            goods_line(row, basket.goods[row["variant_id"]], postcode, now)
        )
    for row in sorted(seats, key=lambda row: (row["session_id"], row["position"])):
        count = basket.seats[row["session_id"]].get(Participant(row["kind"]), 0)
        if count:
            lines.setdefault(row["village_id"], []).append(
                seats_line(row, count, now, (kept or {}).get(row["session_id"], 0))
            )
    lines = {village: session_by_session(of_village) for village, of_village in lines.items()}
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
        goods = tuple(line if line.trouble else never_sent(line, row) for line in goods)
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
