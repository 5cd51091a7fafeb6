"""Money given back: never more than was taken."""

from typing import Any

from storefront.sandbox import shapes
from storefront.sandbox.database import Connection
from storefront.sandbox.events import new_id, record
from storefront.sandbox.refusals import Refusal, known_name, missing
from storefront.sandbox.sessions import find_intent


def check_refund_wish(wish: dict[str, Any]) -> None:
    if ("payment_intent" in wish) == ("charge" in wish):
        raise Refusal(
            "Give one of payment_intent and charge.", code="parameter_missing", param="payment_intent"
        )


async def give_back(connection: Connection, wish: dict[str, Any]) -> dict[str, Any]:
    name = wish.get("payment_intent") or await _intent_of(connection, wish["charge"])
    intent = await find_intent(connection, name, lock=True)
    if intent["status"] != "succeeded":
        raise Refusal("This PaymentIntent has no successful charge.", code="payment_intent_unexpected_state")
    before = await connection.fetchval(
        "select coalesce(sum(amount), 0)::bigint from refunds where intent = $1", name
    )
    left = intent["amount"] - before
    amount = wish.get("amount", left)
    if left == 0:
        raise Refusal("The charge has already been refunded.", code="charge_already_refunded")
    if amount > left:
        raise Refusal(f"Only {left} won are left to refund.", code="amount_too_large", param="amount")
    refund_id = new_id("re")
    await connection.execute(
        "insert into refunds (id, intent, amount, reason, metadata) values ($1, $2, $3, $4, $5)",
        refund_id,
        name,
        amount,
        wish.get("reason"),
        wish.get("metadata", {}),
    )
    refund = shapes.refund(await find_refund(connection, refund_id))
    await record(connection, "refund.created", refund)
    await record(connection, "charge.refunded", shapes.charge(intent, refunded=before + amount))
    return refund


async def find_refund(connection: Connection, name: str) -> Any:
    row = await connection.fetchrow("select * from refund_rows where id = $1", known_name("refund", name))
    if row is None:
        raise missing("refund", name)
    return row


async def latest_refunds(
    connection: Connection, *, intent: str | None, after: str | None, limit: int
) -> tuple[list[Any], bool]:
    """The newest first, and whether there are more."""
    rows = await connection.fetch(
        """select * from refund_rows
            where ($1::text is null or intent = $1)
              and ($2::text is null or number < (select number from refunds where id = $2))
            order by number desc limit $3""",
        intent,
        after,
        limit + 1,
    )
    return rows[:limit], len(rows) > limit


async def _intent_of(connection: Connection, charge: str) -> str:
    name = await connection.fetchval("select id from intents where charge = $1", charge)
    if name is None:
        raise missing("charge", charge)
    return name
