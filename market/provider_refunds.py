"""Refunds as the provider tells them: ours are paid or come back; any other is a person's to explain."""

from datetime import datetime
from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient

from market.payments import EventKind
from market.refund_settling import settle_refund, take_back
from market.standing import RefundTold
from market.tasks import open_task

KEY = "refund "


def refund_key(refund_id: int) -> str:
    """The name under which a refund of ours is asked for: once, ever."""
    return f"{KEY}{refund_id}"


async def take_refund(
    db: BaseDBAsyncClient, payment: dict[str, Any], told: RefundTold, *, now: datetime
) -> None:
    """The payment's order is locked. Only a refund of ours, over our amount, moves anything."""
    ours = await _ours(db, payment["id"], told)
    if ours is None:
        await _explain(db, payment, told)
    elif told.amounts != {ours["amount"]}:
        await open_task(
            db, kind="alarm", subject=f"refund {told.thing}",
            sentence=f"주문 {payment['number']}: 돌려줄 돈은 {ours['amount']:,}원인데 결제사는 {told.amount:,}원을 돌려주었다고 알렸습니다. 장부에 적지 않았습니다.",
        )  # fmt: skip
    elif told.state == EventKind.refunded:
        await _paid(db, payment, told, ours, now=now)
    elif told.state == EventKind.refund_failed:
        await _failed(db, payment, told, ours, now=now)
    else:
        await db.execute_query(NAME_IT, [ours["id"], told.thing])


async def _ours(db: BaseDBAsyncClient, payment_id: int, told: RefundTold) -> dict[str, Any] | None:
    number = told.key.removeprefix(KEY) if told.key.startswith(KEY) else ""
    wanted = int(number) if number.isascii() and number.isdigit() and len(number) < 19 else 0
    rows = await db.execute_query_dict(OURS, [payment_id, wanted, told.thing])
    return rows[0] if rows else None


async def _paid(
    db: BaseDBAsyncClient, payment: dict[str, Any], told: RefundTold, ours: dict[str, Any], *, now: datetime
) -> None:
    if ours["state"] == "paid" and ours["paid_by"] != "stripe":
        await open_task(
            db, kind="alarm", subject=f"refund {told.thing}",
            sentence=f"주문 {payment['number']}: 손으로 보낸 {ours['amount']:,}원을 카드로도 돌려주었다고 결제사가 알렸습니다. 두 번 나갔는지 확인해 주세요.",
        )  # fmt: skip
    await settle_refund(db, ours["id"], by="stripe", reference=told.thing, now=now)


async def _failed(
    db: BaseDBAsyncClient, payment: dict[str, Any], told: RefundTold, ours: dict[str, Any], *, now: datetime
) -> None:
    await db.execute_query(NAME_IT, [ours["id"], told.thing])
    if (amount := await take_back(db, ours["id"], by="stripe", now=now)) is None:
        return
    await open_task(
        db, kind="refund_stuck", subject=f"refund {ours['id']}",
        sentence=f"주문 {payment['number']}: 카드사가 {amount:,}원을 돌려주지 못해 돈이 되돌아왔습니다. 전화해서 계좌를 물어보고 보내 주세요.",
        is_open_again=True,
    )  # fmt: skip


async def _explain(db: BaseDBAsyncClient, payment: dict[str, Any], told: RefundTold) -> None:
    """Whatever became of it: it was no refund of ours."""
    await open_task(
        db, kind="provider", subject=f"refund {told.thing}",
        sentence=f"주문 {payment['number']}: 결제사 화면에서 누가 {told.amount:,}원을 환불했습니다. 장터에서 한 환불이 아니라 장부에 없습니다. 왜 했는지, 어떻게 되었는지 확인해 주세요.",
    )  # fmt: skip


OURS = """
SELECT id, amount, state, paid_by FROM refunds WHERE payment_id = $1 AND (id = $2 OR reference = $3) ORDER BY id LIMIT 1
"""
NAME_IT = "UPDATE refunds SET reference = $2 WHERE id = $1 AND reference = ''"
