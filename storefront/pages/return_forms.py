"""What people write when goods shall come back: which, why, how many; and what that brings, before they say yes."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request

from market.orders import Order
from market.refund_rules import PartRefund
from market.returns.asking import ask_return, return_offer
from market.returns.reading import SentHalf, names_in, returnable
from market.returns.tables import REASON_NAMES, NotReturnable, Return, ReturnReason, ReturnWish
from storefront.pages.refund_forms import wanted_lines
from storefront.web import number_of, text_of
from villages.refusals import BadForm, Refused

MOST_WORDS = 300


@dataclass(frozen=True)
class ReturnForm:
    village: str
    lines: dict[int, int]
    reason: ReturnReason | None
    wish: ReturnWish
    words: str
    key: str
    expected: int | None

    @property
    def is_blank(self) -> bool:
        """Nothing was chosen yet."""
        return self.reason is None and not any(self.lines.values())


@dataclass(frozen=True)
class Asker:
    """Who asks: the shopper herself, or staff for her (limited to their villages)."""

    by: str
    village_ids: list[int] | None = None

    @property
    def is_staff(self) -> bool:
        return self.by != "shopper"


def asked_in(request: Request) -> ReturnForm:
    """The form as an address carries it: looking at what comes back changes nothing."""
    return read_return(FormData([*request.query_params.multi_items()]))


def read_return(form: FormData) -> ReturnForm:
    reason, wish = text_of(form, "reason"), text_of(form, "wish")
    return ReturnForm(
        village=text_of(form, "village", most=40),
        lines=wanted_lines(form) or {},
        reason=ReturnReason(reason) if reason in set(ReturnReason) else None,
        wish=ReturnWish(wish) if wish in set(ReturnWish) else ReturnWish.refund,
        words=text_of(form, "words", most=MOST_WORDS),
        key=text_of(form, "key", most=60),
        expected=number_of(form, "expected"),
    )


async def return_page_facts(order: Order, form: ReturnForm, asker: Asker, *, now: datetime) -> dict[str, Any]:
    """What the page shows of a form as far as it is filled. Raises `NotReturnable` where nothing can come back."""
    halves = await returnable(order.id, by_staff=asker.is_staff, village_ids=asker.village_ids, now=now)
    if not halves:
        raise NotReturnable
    half = _half(halves, form)
    offer, trouble = None, ""
    if not form.is_blank:
        try:
            offer = await _offer(order, form, asker, now=now)
        except Refused as refusal:
            trouble = refusal.fields.get("reason", refusal.sentence)
    return {
        "number": order.number, "half": half, "others": [other for other in halves if other is not half], "form": form,
        "reasons": _reasons(half), "offer": offer, "offered": names_in(half, offer) if offer else [], "trouble": trouble,
        "key": form.key or secrets.token_hex(16), "can_exchange": bool(form.reason and form.reason.is_the_sellers),
    }  # fmt: skip


def _half(halves: list[SentHalf], form: ReturnForm) -> SentHalf:
    """The one whose lines are chosen, whatever village the address names; nothing chosen: that village's."""
    chosen = {line for line, count in form.lines.items() if count}
    named = next((half for half in halves if half.slug == form.village), halves[0])
    return next((half for half in halves if chosen & {choice.id for choice in half.choices}), named)


async def ask_as_written(order: Order, form: ReturnForm, asker: Asker, *, now: datetime) -> Return:
    """Raises `BadForm`, and what `ask_return` refuses."""
    if not form.key or form.expected is None:
        raise BadForm("돌려받을 돈을 먼저 확인해 주세요.")
    return await ask_return(
        order, form.lines, reason=_reason(form), wish=form.wish, words=form.words, key=form.key, expected=form.expected,
        by=asker.by, village_ids=asker.village_ids, now=now,
    )  # fmt: skip


async def _offer(order: Order, form: ReturnForm, asker: Asker, *, now: datetime) -> PartRefund:
    return await return_offer(
        order.id, form.lines, reason=_reason(form), by=asker.by, village_ids=asker.village_ids, now=now
    )


def _reason(form: ReturnForm) -> ReturnReason:
    if form.reason is None:
        raise BadForm(fields={"reason": "왜 돌려보내시는지 골라 주세요."})
    return form.reason


def _reasons(half: SentHalf) -> list[tuple[str, str, str]]:
    """(value, name, until when and who pays for carrying it back)."""
    pays = {
        reason: "배송비는 마을이 내고 모두 돌려드립니다"
        if reason.is_the_sellers
        else "돌려보내는 배송비를 빼고 돌려드립니다"
        for reason in ReturnReason
    }
    return [
        (reason.value, name, " · ".join(filter(None, (pays[reason], _until(half, reason)))))
        for reason, name in REASON_NAMES.items()
    ]


def _until(half: SentHalf, reason: ReturnReason) -> str:
    last = half.last_days.get(reason.value)
    return f"{last.month}월 {last.day}일까지" if last else ""
