"""The lines of a quote: each priced from its row, with what stands in its way."""

import json
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from market.dates.minimums import minimum_of, minimum_terms
from market.deliveries import DAYS_AHEAD
from market.islands import is_island
from market.session_words import session_text
from villages.contacts import phone_text
from villages.days import seoul_day
from villages.listings import Tax
from villages.programs import PARTICIPANT_NAMES, Participant
from villages.refusals import OutOfStock, Refused, SalesClosed, SessionFull
from villages.seats_left import scarce_sentence


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


def goods_line(row: dict[str, Any], count: int, postcode: str | None, now: datetime) -> QuoteLine:
    """`row`: of `pricing.GOODS`."""
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


def seats_line(row: dict[str, Any], count: int, now: datetime, kept: int) -> QuoteLine:
    """`row`: of `pricing.SEATS`; `kept`: seats of the session that are held for this very buyer."""
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


def session_by_session(lines: list[QuoteLine]) -> list[QuoteLine]:
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


def never_sent(line: QuoteLine, row: dict[str, Any]) -> QuoteLine:
    """Goods of a village that cannot say any day."""
    call = f"{phone_text(row['phone'])}번으로 전화해 주세요." if row["phone"] else "장터로 전화해 주세요."
    return line._replace(
        trouble=SalesClosed(f"{row['village_name']}: {DAYS_AHEAD}일 안에 보낼 수 있는 날이 없습니다. {call}")
    )
