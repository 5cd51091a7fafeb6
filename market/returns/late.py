"""What returns promise has its day (전자상거래법 §18②): where it passes, a person is told."""

from datetime import datetime, timedelta

from tortoise import connections
from tortoise.transactions import in_transaction

from market.calendar_days import working_days_after
from market.refunds import WORKING_DAYS
from market.tasks import open_task
from villages.days import seoul_day

EXCHANGE_COMES_WITHIN = timedelta(days=14)
ON_ITS_WAY_FOR = 2  # working days that a parcel back takes, before the village is asked for it


async def remind_of_late_returns(now: datetime, *, most: int = 50) -> int:
    """Open a task for each overdue refund of a return (the city's), for each parcel sent back for whose coming nobody
    has answered, and for each exchange whose old goods nobody has sent (the village's); close those that are done.
    Returns how many it opened or closed.
    """
    db, today = connections.get("default"), seoul_day(now)
    closed, _ = await db.execute_query(CLOSE, [now])
    late = await db.execute_query_dict(LATE_REFUNDS, [today, most])
    waiting = [
        row
        for row in await db.execute_query_dict(UNANSWERED, [most])
        if working_days_after(seoul_day(row["sent_back_at"]), ON_ITS_WAY_FOR + WORKING_DAYS) < today
    ]
    unsent = await db.execute_query_dict(NEVER_SENT, [now - EXCHANGE_COMES_WITHIN, most])
    async with in_transaction() as tx:
        for row in late:
            await open_task(
                tx, kind="refund_late", subject=f"refund {row['id']}",
                sentence=f"주문 {row['number']}: 돌아온 물건값 {row['amount']:,}원을 돌려드릴 기한이 지났습니다. 오늘 보내 주세요. 늦은 날만큼 이자(연 15%)를 더해야 합니다.",
            )  # fmt: skip
        for row in waiting:
            await open_task(
                tx, kind="return_waits", subject=f"return {row['id']}", village_id=row["village_id"],
                sentence=f"주문 {row['number']}: 손님이 물건을 돌려보냈습니다. 돌아왔으면 '돌아오는 물건'에서 받았다고 적어 주세요.",
            )  # fmt: skip
        for row in unsent:
            await open_task(
                tx, kind="return_waits", subject=f"return {row['id']}", village_id=row["village_id"],
                sentence=f"주문 {row['number']}: 바꿔 보낸 물건의 먼저 것이 두 주가 지나도 돌아오지 않았습니다. 손님께 전화해 보시고 '돌아오는 물건'에서 받았거나 돌아오지 않았다고 적어 주세요.",
            )  # fmt: skip
    return int(closed) + len(late) + len(waiting) + len(unsent)


LATE_REFUNDS = """
SELECT f.id, f.amount, o.number FROM returns r JOIN refunds f ON f.id = r.refund_id JOIN orders o ON o.id = r.order_id
WHERE f.pay_before < $1 AND f.state <> 'paid'
  AND NOT EXISTS (SELECT FROM tasks t WHERE t.kind = 'refund_late' AND t.subject = 'refund ' || f.id)
ORDER BY f.pay_before, f.id LIMIT $2
"""
UNANSWERED = """
SELECT r.id, r.sent_back_at, p.village_id, o.number
FROM returns r JOIN parts p ON p.id = r.part_id JOIN orders o ON o.id = r.order_id
WHERE r.state IN ('requested', 'resent') AND r.sent_back_at IS NOT NULL
  AND NOT EXISTS (SELECT FROM tasks t WHERE t.kind = 'return_waits' AND t.subject = 'return ' || r.id)
ORDER BY r.sent_back_at, r.id LIMIT $1
"""
NEVER_SENT = """
SELECT r.id, p.village_id, o.number FROM returns r JOIN parts p ON p.id = r.part_id JOIN orders o ON o.id = r.order_id
WHERE r.state = 'resent' AND r.sent_back_at IS NULL AND r.resent_at < $1
  AND NOT EXISTS (SELECT FROM tasks t WHERE t.kind = 'return_waits' AND t.subject = 'return ' || r.id)
ORDER BY r.resent_at, r.id LIMIT $2
"""
CLOSE = """
UPDATE tasks SET done_at = $1, done_by = 'clock' WHERE done_at IS NULL AND (
    kind = 'refund_late' AND EXISTS (SELECT FROM refunds f WHERE 'refund ' || f.id = subject AND f.state = 'paid')
    OR kind = 'return_waits'
    AND EXISTS (SELECT FROM returns r WHERE 'return ' || r.id = subject AND r.state NOT IN ('requested', 'resent'))
)
"""
