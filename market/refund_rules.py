"""What the law and the frozen policies give back of a village's half; pure, in won.

Goods: until they are sent everyone may call them off for all of their price (전자상거래법 §17); once a village is
preparing fresh goods whose limit was shown before ordering (§17②), only the village and the city may. After sending,
the village and the city may give back what was spoilt or wrong; what travels back is a return (market/returns).
Programs: by the ladder frozen on the line.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from market.money import Taxed, split_taxable_postage, vat_included
from market.part_states import PartState
from market.refunds import NotRefundable, RefundCause
from villages.listings import Tax
from villages.refund_ladders import ladder_from_data, refund_percent, refund_won

UNSENT = frozenset({PartState.paid, PartState.preparing})
SENT = frozenset({PartState.shipped, PartState.delivered, PartState.confirmed})


class Bought(NamedTuple):
    """A paid line as it stands: `cancelled` of `count` are called off already, for `refunded` won."""

    id: int
    variant_id: int | None
    session_id: int | None
    name: str
    count: int
    cancelled: int
    unit_price: int
    refunded: int
    takes: int
    tax: Tax
    terms: dict[str, Any]
    starts_at: datetime | None
    called_off: str = ""
    """Why its session does not take place; empty: it does."""
    coming_back: int = 0
    """How many of `left` are asked to be taken back by a return that is open."""

    @property
    def left(self) -> int:
        return self.count - self.cancelled

    @property
    def free(self) -> int:
        """How many may be called off, or asked to be taken back, now."""
        return self.left - self.coming_back

    @property
    def kept(self) -> int:
        """Won of this line that the village still has."""
        return self.count * self.unit_price - self.refunded


class Half(NamedTuple):
    """One village's half of a paid order."""

    id: int
    version: int
    state: PartState
    postage: int
    """What of the postage was not given back yet."""
    lines: tuple[Bought, ...]
    carried_back: int = 0
    """Won that the village kept for carrying goods back."""


class LineRefund(NamedTuple):
    line: int
    count: int
    percent: int
    amount: int


class PartRefund(NamedTuple):
    part: int
    version: int
    goods: int
    programs: int
    postage: int
    vat: int
    is_whole: bool
    """Nothing of this half is left afterwards."""
    lines: tuple[LineRefund, ...]

    @property
    def amount(self) -> int:
        return self.goods + self.programs + self.postage


def refund_of(
    half: Half, wanted: Mapping[int, int], *, cause: RefundCause, booked_at: datetime, now: datetime
) -> PartRefund:
    """What calling off `wanted` (line → how many, of this half) gives back. Raises `NotRefundable`.

    Postage goes back when no goods of the half are left; as long as some are, the parcel is still sent. What was once
    free stays free: nobody is charged for calling off a part.
    """
    lines = [line for line in half.lines if wanted.get(line.id)]
    if not lines:
        raise NotRefundable("취소할 것을 골라 주세요.")
    given = [
        _line_refund(half, line, wanted[line.id], cause=cause, booked_at=booked_at, now=now) for line in lines
    ]
    by_line = {refund.line: refund for refund in given}
    postage = half.postage if sends_nothing_more(half.lines, wanted) else 0
    goods = sum(by_line[line.id].amount for line in lines if line.variant_id)
    programs = sum(by_line[line.id].amount for line in lines if line.session_id)
    return PartRefund(
        part=half.id, version=half.version, goods=goods, programs=programs, postage=postage,
        vat=vat_back(half, given, postage),
        is_whole=all(line.left == wanted.get(line.id, 0) for line in half.lines), lines=tuple(given),
    )  # fmt: skip


def refund_data(refund: PartRefund) -> dict[str, Any]:
    """As a quote keeps it."""
    return {**refund._asdict(), "lines": [line._asdict() for line in refund.lines]}


def refund_from_data(data: dict[str, Any]) -> PartRefund:
    return PartRefund(**{**data, "lines": tuple(LineRefund(**line) for line in data["lines"])})


def may_be_called_off(half: Half, line: Bought, *, cause: RefundCause, now: datetime) -> bool:
    """Whether at least one of a line could be called off now."""
    return line.free > 0 and not _refusal(half, line, cause, now)


def _line_refund(
    half: Half, line: Bought, count: int, *, cause: RefundCause, booked_at: datetime, now: datetime
) -> LineRefund:
    if not 0 < count <= line.free:
        raise NotRefundable(f"{line.name}: 취소할 수 있는 것은 {line.free}까지입니다. 수를 줄여 주세요.")
    if refusal := _refusal(half, line, cause, now):
        raise NotRefundable(f"{line.name}: {refusal}")
    percent = _percent(line, cause=cause, booked_at=booked_at, now=now)
    return LineRefund(line.id, count, percent, min(refund_won(count * line.unit_price, percent), line.kept))


def _refusal(half: Half, line: Bought, cause: RefundCause, now: datetime) -> str:
    """Why this line cannot be called off for that cause; empty: it can."""
    if half.state not in UNSENT | SENT:
        return "이미 취소된 주문입니다."
    if line.starts_at:
        is_over = line.starts_at <= now and not line.called_off
        return (
            "이미 시작한 체험은 취소할 수 없습니다. 마을로 전화해 주세요."
            if is_over and cause == RefundCause.shopper
            else ""
        )
    if cause in (RefundCause.weather, RefundCause.too_few):
        return "물건은 이 까닭으로 취소할 수 없습니다. 다른 까닭을 골라 주세요."
    if cause == RefundCause.operator or half.state == PartState.paid:
        return ""
    if half.state in SENT:
        return "이미 보낸 물건입니다. 받으신 뒤 마을로 전화해 주세요."
    if line.terms.get("withdrawal_limit"):
        return "마을에서 벌써 준비하고 있는 신선식품입니다. 마을로 전화해 주세요."
    return ""


def _percent(line: Bought, *, cause: RefundCause, booked_at: datetime, now: datetime) -> int:
    if line.called_off and cause == RefundCause.shopper:  # the visit is not hers to call off any more
        cause = RefundCause(line.called_off)
    if line.starts_at is None or cause in (RefundCause.operator, RefundCause.unused):
        return 100
    ladder = line.terms.get("refund_ladder")
    if not ladder or not ladder.get("steps"):
        return 100  # nothing was said before ordering, so nothing may be kept
    return refund_percent(
        ladder_from_data(ladder), line.starts_at, now, cause=cause.value, booked_at=booked_at
    )


def sends_nothing_more(lines: Iterable[Bought], wanted: Mapping[int, int]) -> bool:
    goods = [line for line in lines if line.variant_id]
    return any(wanted.get(line.id) for line in goods) and all(
        line.left == wanted.get(line.id, 0) for line in goods
    )


def vat_back(half: Half, given: Iterable[LineRefund], postage: int) -> int:
    """The VAT inside what these lines and this postage give back."""
    return _vat(half, {}, 0) - _vat(half, {line.line: line.amount for line in given}, postage)


def _vat(half: Half, refunded: Mapping[int, int], postage: int) -> int:
    """The VAT inside what the village keeps, as market.quotes works it out for a sale."""

    def kept(tax: Tax, *, goods: bool) -> int:
        return sum(
            line.kept - refunded.get(line.id, 0)
            for line in half.lines
            if line.tax == tax and bool(line.variant_id) == goods
        )

    # Postage keeps the taxable share it had when it was sold, as the journal has booked it.
    sold = Taxed(
        *(
            sum(line.count * line.unit_price for line in half.lines if line.variant_id and line.tax == tax)
            for tax in (Tax.taxable, Tax.exempt)
        )
    )
    has_goods = any(line.variant_id for line in half.lines)
    postage_kept = half.postage + half.carried_back - postage
    carried = split_taxable_postage(postage_kept, sold).taxable if has_goods else 0
    return vat_included(kept(Tax.taxable, goods=True) + carried + kept(Tax.taxable, goods=False))
