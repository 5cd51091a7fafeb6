"""What the law lets a shopper send back, until when, and what comes back for it; pure, in won.

전자상거래법 §17: seven days from delivery for a change of mind, three months where the goods are not what was sold. A
limit for fresh goods counts only because it was shown before ordering: it is frozen on the line. §18: a change of mind
bears the postage back, the seller bears it for what is faulty. What was sent free stays free: nothing was said before
ordering of charging the way there. The village and the city may take back anything that was sent, at any time.
"""

from calendar import monthrange
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from market.calendar_days import KOREAN_HOLIDAYS
from market.part_states import PartState
from market.refund_rules import SENT, Bought, Half, LineRefund, PartRefund, sends_nothing_more, vat_back
from market.returns.tables import NotReturnable, ReturnReason

DAYS_TO_CHANGE_ONES_MIND = 7
MONTHS_FOR_FAULTS = 3
BY_CLOCK = "clock"


class Sent(NamedTuple):
    """One village's half that was sent, as returns look at it."""

    half: Half
    delivered_on: date | None
    confirmed_by: str
    """Who confirmed the purchase; empty: nobody yet."""
    postage_fee: int
    """What a parcel of this village costs today."""
    postage_promised: int
    """Of the half's postage, what its open returns promise to give back."""
    anew: Mapping[int, int]
    """Line → how many come back only to be sent anew."""

    @property
    def money_back(self) -> dict[int, int]:
        """Line → how many of what comes back are to be refunded."""
        return {line.id: line.coming_back - self.anew.get(line.id, 0) for line in self.half.lines}


def last_day(reason: ReturnReason, delivered_on: date) -> date:
    """The last day to ask. The day of delivery does not count; a period ends on a working day (민법 §157, §161)."""
    if reason.is_the_sellers:
        return _working_day(_months_after(delivered_on, MONTHS_FOR_FAULTS))
    return _working_day(delivered_on + timedelta(days=DAYS_TO_CHANGE_ONES_MIND))


def may_come_back(sent: Sent, line: Bought, reason: ReturnReason, *, by_staff: bool, today: date) -> bool:
    return line.free > 0 and not _refusal(sent, line, reason, by_staff=by_staff, today=today)


def return_refund(
    sent: Sent, wanted: Mapping[int, int], reason: ReturnReason, *, by_staff: bool, today: date
) -> PartRefund:
    """What sending back `wanted` (line → how many) is promised to bring. Raises `NotReturnable`.

    The postage of a whole half goes back where the goods are not what was sold; a change of mind pays the way back, but
    never more than the goods bring.
    """
    lines = [line for line in sent.half.lines if wanted.get(line.id)]
    if not lines:
        raise NotReturnable("돌려보내실 것을 골라 주세요.")
    for line in lines:
        if refusal := _refusal(sent, line, reason, by_staff=by_staff, today=today):
            raise NotReturnable(f"{line.name}: {refusal}")
        if not 0 < wanted[line.id] <= line.free:
            raise NotReturnable(
                f"{line.name}: 돌려보내실 수 있는 것은 {line.free}개까지입니다. 개수를 줄여 주세요."
            )
    goods = sum(wanted[line.id] * line.unit_price for line in lines)
    return refund_of_goods(sent.half, wanted, postage=_postage(sent, lines, wanted, reason, goods))


def refund_of_goods(half: Half, counts: Mapping[int, int], *, postage: int) -> PartRefund:
    """All of the price of these goods, with this postage, as the half stands now."""
    given = tuple(
        LineRefund(line.id, counts[line.id], 100, counts[line.id] * line.unit_price)
        for line in half.lines
        if counts.get(line.id)
    )
    return PartRefund(
        part=half.id, version=half.version, goods=sum(line.amount for line in given), programs=0, postage=postage,
        vat=vat_back(half, given, postage), is_whole=all(line.left == counts.get(line.id, 0) for line in half.lines),
        lines=given,
    )  # fmt: skip


def _postage(
    sent: Sent, lines: Iterable[Bought], wanted: Mapping[int, int], reason: ReturnReason, goods: int
) -> int:
    if not reason.is_the_sellers:
        return -min(goods, max(_fee(sent, line) for line in lines))
    # What another return is bringing back already leaves nothing to send either; what is exchanged is sent.
    gone = {line: wanted.get(line, 0) + count for line, count in sent.money_back.items()}
    return sent.half.postage - sent.postage_promised if sends_nothing_more(sent.half.lines, gone) else 0


def postage_due(sent: Sent) -> int:
    """What of the postage nobody has been promised yet, though all of the half comes back to be refunded."""
    return (
        sent.half.postage - sent.postage_promised
        if sends_nothing_more(sent.half.lines, sent.money_back)
        else 0
    )


def _fee(sent: Sent, line: Bought) -> int:
    """As it was when the line was ordered; of lines older than that rule, today's."""
    return line.terms.get("return_postage", sent.postage_fee)


def _refusal(sent: Sent, line: Bought, reason: ReturnReason, *, by_staff: bool, today: date) -> str:
    """Why this line cannot come back for that reason; empty: it can."""
    if line.variant_id is None:
        return "체험은 돌려보낼 수 없습니다. 취소하기를 눌러 주세요."
    if sent.half.state not in SENT:
        return "아직 보내지 않은 물건입니다. 취소하기를 눌러 주세요."
    if by_staff:
        return ""
    if sent.delivered_on and today > (last := last_day(reason, sent.delivered_on)):
        return f"돌려보내실 수 있는 기한({last.month}월 {last.day}일)이 지났습니다. 마을로 전화해 주세요."
    if reason.is_the_sellers:
        return ""
    if sent.half.state == PartState.confirmed and sent.confirmed_by != BY_CLOCK:
        return "구매를 확정하신 물건입니다. 상했거나 다른 물건이면 그 까닭을 골라 주세요."
    if line.terms.get("withdrawal_limit"):
        return "주문하실 때 알려 드린 대로, 마음이 바뀌어 돌려보내실 수는 없는 신선식품입니다."
    return ""


def _months_after(day: date, months: int) -> date:
    """The same day of the month; where that month is too short, its last day (민법 §160)."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _working_day(day: date) -> date:
    while day.weekday() >= 5 or day in KOREAN_HOLIDAYS:
        day += timedelta(days=1)
    return day
