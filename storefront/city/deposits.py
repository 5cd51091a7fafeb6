"""입금 확인: orders that wait for a transfer, to be compared with the bank's list; and money that came wrongly."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import Response

from market.deposit_sheets.refusals import MOST_BYTES, MOST_ROWS, SheetRefused
from market.deposit_sheets.results import sent_sheets
from market.deposits import WaitingDeposit, waiting_deposits
from market.waiting_money import confirmed_deposit, money_tasks
from storefront.city.city_page import officer_of, one_word, render_city
from storefront.city.filters import query_of
from storefront.web import visit_of
from villages.contacts import masked_name
from villages.people import Permission

MOST_READ, MOST_SHOWN = 2000, 100


@dataclass(frozen=True)
class DepositLine:
    """One line as this person may see it. `buyer` is empty where the depositor is the buyer."""

    number: str
    depositor: str
    buyer: str
    amount: int
    placed_at: datetime
    pay_before: datetime
    villages: str
    is_late: bool
    is_soon: bool
    back: str


async def index(request: Request) -> Response:
    return await show_deposits(request)


async def show_deposits(
    request: Request, *, refused: SheetRefused | None = None, status: int = 200
) -> Response:
    """The page; with `refused`, why the sheet that was just sent was not taken."""
    actor, now = officer_of(request), visit_of(request).now
    asked = one_word(request.query_params.get("q", ""))
    may_confirm = actor.may(Permission.confirm_deposits)
    # Whoever has to find the money in the bank's list needs the name that stands there; others do not.
    sees_names = may_confirm or actor.may(Permission.see_buyers)
    lines = [
        _line(deposit, sees_names=sees_names, asked=asked, now=now)
        for deposit in await waiting_deposits(most=MOST_READ)
    ]
    found = [line for line in lines if _fits(line, asked)]
    done = one_word(request.query_params.get("done", ""))
    context = {
        "lines": found[:MOST_SHOWN], "found": len(found), "asked": asked, "sum": sum(line.amount for line in found),
        "left_out": max(len(found) - MOST_SHOWN, 0), "may_confirm": may_confirm,
        "sees_names": sees_names, "tasks": await money_tasks(), "done": await confirmed_deposit(done) if done else None,
        "sheets": await sent_sheets() if may_confirm else [], "refused": refused,
        "most_megabytes": MOST_BYTES // 1_000_000, "most_rows": MOST_ROWS,
    }  # fmt: skip
    return await render_city(request, "deposits", context, status=status)


def _line(deposit: WaitingDeposit, *, sees_names: bool, asked: str, now: datetime) -> DepositLine:
    depositor = deposit.depositor or deposit.buyer_name
    return DepositLine(
        number=deposit.number, depositor=depositor if sees_names else masked_name(depositor),
        buyer="" if depositor == deposit.buyer_name else masked_name(deposit.buyer_name), amount=deposit.amount,
        placed_at=deposit.placed_at, pay_before=deposit.pay_before, villages=deposit.villages,
        is_late=deposit.pay_before < now, is_soon=now <= deposit.pay_before < now + timedelta(hours=24),
        back="/city/deposits" + query_of({"done": deposit.number, "q": asked}),
    )  # fmt: skip


def _fits(line: DepositLine, asked: str) -> bool:
    """What was typed is part of a name as it stands here, of the order's number, or is the whole amount."""
    wanted = asked.replace(" ", "").casefold()
    digits = wanted.replace(",", "").removesuffix("원")
    texts = (line.depositor, line.buyer, line.number)
    return any(wanted in text.replace(" ", "").casefold() for text in texts) or digits == str(line.amount)
