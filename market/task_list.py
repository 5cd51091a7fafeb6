"""What waits for a person of the city, and how it ends: she says what she has done about it."""

import re
from dataclasses import dataclass
from datetime import datetime

from tortoise import connections
from tortoise.transactions import in_transaction

from villages.acts import record_act
from villages.refusals import BadForm, NotFound

NOTE_SIGNS = 300
ORDER = re.compile(r"주문 (\S{1,20}):")
"""What is about an order begins with it."""
DONE_ELSEWHERE = {"refund_stuck": "/city/refunds", "wrong_amount": "/city/deposits#sheets"}
"""They end with the work itself: the money is sent, the deposit is decided."""
TASK_NAMES = {
    "late_payment": "늦게 들어온 돈",
    "wrong_amount": "금액이 다른 돈",
    "refund_stuck": "돌려주지 못한 돈",
    "provider": "결제사와 다른 돈",
    "dispute": "카드 다툼",
    "search": "검색 서버",
    "alarm": "경보",
}


@dataclass(frozen=True)
class CityTask:
    """`done_by` is whoever closed it, as she is called today."""

    id: int
    kind: str
    sentence: str
    opened_at: datetime
    done_at: datetime | None
    done_by: str
    name: str
    note: str
    row: int | None
    sheet: int | None
    """The deposit it is about, and the sheet that told of it."""

    @property
    def kind_name(self) -> str:
        return TASK_NAMES.get(self.kind, self.kind)

    @property
    def order(self) -> str:
        """Its number, where it is about one."""
        found = ORDER.match(self.sentence)
        return found[1] if found else ""

    @property
    def place(self) -> str:
        """Where its work is done; empty where it is closed by a word."""
        if self.sheet:
            return f"/city/deposit-sheets/{self.sheet}#row-{self.row}"
        return DONE_ELSEWHERE.get(self.kind, "")


async def open_city_tasks(*, most: int = 100) -> list[CityTask]:
    """The oldest first."""
    rows = await connections.get("default").execute_query_dict(OPEN, [most])
    return [CityTask(**row) for row in rows]


async def done_city_tasks(*, most: int = 30) -> list[CityTask]:
    """The last ones first."""
    rows = await connections.get("default").execute_query_dict(DONE, [most])
    return [CityTask(**row) for row in rows]


async def close_task(task_id: int, *, note: str, by: str, now: datetime) -> None:
    """She has dealt with it, and says how; what was closed before stays as it was closed.

    Raises `BadForm` without a word of how, `NotFound` for what is no task of the city's, or ends with its work.
    """
    if len(note.strip()) < 2:
        raise BadForm("무엇을 했는지 짧게 적어 주세요. 예: 결제사에 전화해 확인함")
    async with in_transaction() as db:
        closed = await db.execute_query_dict(
            CLOSE, [task_id, now, by, note.strip()[:NOTE_SIGNS], list(DONE_ELSEWHERE)]
        )
        if closed:
            await record_act(db, "task closed", f"task {task_id}", by=by, facts={"kind": closed[0]["kind"]})
            return
        if not await db.execute_query_dict(IS_DONE, [task_id]):
            raise NotFound("닫을 수 있는 할 일이 아닙니다. 목록에서 다시 골라 주세요.")


COLUMNS = """
SELECT t.id, t.kind, t.sentence, t.opened_at, t.done_at, t.done_by, t.note, COALESCE(p.name, '') AS name, r.id AS row, r.sheet_id AS sheet FROM tasks t
LEFT JOIN people p ON p.id = CASE WHEN t.done_by ~ '^person [0-9]{1,18}$' THEN split_part(t.done_by, ' ', 2)::bigint END
LEFT JOIN deposit_rows r
    ON r.id = CASE WHEN t.kind = 'wrong_amount' AND t.subject ~ '^deposit row [0-9]{1,18}$' THEN split_part(t.subject, ' ', 3)::bigint END
WHERE t.village_id IS NULL AND
"""
OPEN = f"{COLUMNS} t.done_at IS NULL ORDER BY t.opened_at, t.id LIMIT $1"
DONE = f"{COLUMNS} t.done_at IS NOT NULL ORDER BY t.done_at DESC, t.id DESC LIMIT $1"
CLOSE = """
UPDATE tasks SET done_at = $2, done_by = $3, note = $4
WHERE id = $1 AND village_id IS NULL AND done_at IS NULL AND kind <> ALL($5::text[]) RETURNING kind
"""
IS_DONE = "SELECT id FROM tasks WHERE id = $1 AND village_id IS NULL AND done_at IS NOT NULL"
