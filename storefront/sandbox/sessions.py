"""Payment pages: opened, paid or declined, closed. Every move locks the session's row first."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from storefront.sandbox import shapes
from storefront.sandbox.cards import Card
from storefront.sandbox.database import Connection
from storefront.sandbox.events import new_id, record
from storefront.sandbox.parameters import MAX_AMOUNT, required
from storefront.sandbox.refusals import Refusal, known_name, missing

MIN_AMOUNT = 700  # won; Stripe refuses what is worth less than fifty US cents
SHORTEST, LONGEST = timedelta(minutes=30), timedelta(hours=24)
CLOCK_SLACK = timedelta(seconds=60)


class Paid(StrEnum):
    """How a try to pay ended."""

    done = "done"
    declined = "declined"
    asks_for_step = "asks_for_step"
    closed = "closed"


async def open_session(connection: Connection, wish: dict[str, Any], *, origin: str) -> dict[str, Any]:
    amount, title = _total(wish)
    if not MIN_AMOUNT <= amount <= MAX_AMOUNT:
        code = "amount_too_small" if amount < MIN_AMOUNT else "amount_too_large"
        raise Refusal(f"The total must be {MIN_AMOUNT} to {MAX_AMOUNT} won.", code=code, param="line_items")
    for_intent = wish.get("payment_intent_data", {})
    name = new_id("cs_test")
    await connection.execute(
        """insert into sessions (id, expires_at, amount, title, client_reference_id, customer_email, locale,
                                 submit_type, success_url, cancel_url, metadata, intent_metadata,
                                 intent_description)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)""",
        name,
        _end(wish.get("expires_at")),
        amount,
        title,
        wish.get("client_reference_id"),
        wish.get("customer_email"),
        wish.get("locale"),
        wish.get("submit_type"),
        wish["success_url"],
        wish.get("cancel_url"),
        wish.get("metadata", {}),
        for_intent.get("metadata", {}),
        for_intent.get("description"),
    )
    return shapes.session(await find_session(connection, name), origin=origin)


def check_session_wish(wish: dict[str, Any]) -> None:
    """Refuse what Stripe refuses before it begins: such an answer is not kept under the key."""
    required(wish, "mode", "line_items", "success_url")
    for at, line in enumerate(wish["line_items"]):
        price = line.get("price_data", {})
        if "name" not in price.get("product_data", {}) or not {"currency", "unit_amount"} <= price.keys():
            raise Refusal(
                "A line item needs price_data with currency, unit_amount and product_data[name].",
                code="parameter_missing",
                param=f"line_items[{at}][price_data]",
            )


async def find_session(connection: Connection, name: str, *, lock: bool = False) -> Any:
    """The session's row; one whose time has come is closed first."""
    known_name("checkout.session", name)
    if lock:
        await connection.execute(LOCK_SESSION, name)
    await expire_due_sessions(connection, name)
    row = await connection.fetchrow("select * from session_rows where id = $1", name)
    if row is None:
        raise missing("checkout.session", name)
    return row


async def find_intent(connection: Connection, name: str, *, lock: bool = False) -> Any:
    known_name("payment_intent", name)
    if lock:
        await connection.execute(LOCK_INTENT, name)
    row = await connection.fetchrow("select * from intent_rows where id = $1", name)
    if row is None:
        raise missing("payment_intent", name)
    return row


async def expire_session(connection: Connection, name: str) -> dict[str, Any]:
    row = await find_session(connection, name, lock=True)
    if row["status"] != "open":
        raise Refusal(
            f"Only an open Checkout Session can be expired; this one is `{row['status']}`.", param="session"
        )
    await _expire(connection, name)
    return shapes.session(await find_session(connection, name))


async def expire_due_sessions(connection: Connection, name: str | None = None) -> int:
    """Close the sessions whose time has come; `name` asks for that one alone."""
    due = await connection.fetch(
        """select id from sessions where status = 'open' and expires_at <= clock_timestamp()
              and ($1::text is null or id = $1) order by id limit 100""",
        name,
    )
    for row in due:
        async with connection.transaction():
            await _expire(connection, row["id"])
    return len(due)


async def pay(connection: Connection, name: str, card: Card) -> Paid:
    """Try one card. Paying twice is paying once."""
    row = await find_session(connection, name, lock=True)
    if row["status"] != "open":
        return Paid.done if row["status"] == "complete" else Paid.closed
    status = "requires_action" if card.asks_for_step else "requires_payment_method"
    await connection.execute(
        """insert into intents (id, session, status, last_error, card) values ($1, $2, $3, $4, $5)
           on conflict (session) do update set status = $3, last_error = $4, card = $5""",
        new_id("pi"),
        name,
        status,
        card.refused_as or None,
        card.number[-4:],
    )
    if card.refused_as:
        await _tell_failed(connection, name)
        return Paid.declined
    if card.asks_for_step:
        return Paid.asks_for_step
    await _capture(connection, name)
    return Paid.done


async def take_step(connection: Connection, name: str, *, confirmed: bool) -> Paid:
    """The buyer's answer on the 3-D-Secure page."""
    row = await find_session(connection, name, lock=True)
    if row["status"] != "open":
        return Paid.done if row["status"] == "complete" else Paid.closed
    waiting = await connection.fetchval(
        "select 1 from intents where session = $1 and status = 'requires_action'", name
    )
    if waiting and confirmed:
        await _capture(connection, name)
        return Paid.done
    if waiting:
        await connection.execute(
            """update intents set status = 'requires_payment_method', last_error = 'authentication'
                where session = $1""",
            name,
        )
        await _tell_failed(connection, name)
    return Paid.declined


async def _capture(connection: Connection, name: str) -> None:
    await connection.execute(
        """update intents
              set status = 'succeeded', last_error = null, charge = $2, captured_at = clock_timestamp()
            where session = $1""",
        name,
        new_id("ch"),
    )
    await connection.execute("update sessions set status = 'complete' where id = $1", name)
    session = await find_session(connection, name)
    intent = await find_intent(connection, session["intent"])
    await record(connection, "payment_intent.succeeded", shapes.intent(intent))
    await record(connection, "charge.succeeded", shapes.charge(intent, refunded=0))
    await record(connection, "checkout.session.completed", shapes.session(session))


async def _expire(connection: Connection, name: str) -> None:
    gone = await connection.fetchval(
        "update sessions set status = 'expired' where id = $1 and status = 'open' returning id", name
    )
    if gone is not None:
        row = await find_session(connection, name)
        await record(connection, "checkout.session.expired", shapes.session(row))


async def _tell_failed(connection: Connection, name: str) -> None:
    intent = await find_intent(connection, (await find_session(connection, name))["intent"])
    await record(connection, "payment_intent.payment_failed", shapes.intent(intent))


def _total(wish: dict[str, Any]) -> tuple[int, str]:
    lines = wish["line_items"]
    amount = sum(line.get("quantity", 1) * line["price_data"]["unit_amount"] for line in lines)
    first = lines[0]["price_data"]["product_data"]["name"]
    return amount, first if len(lines) == 1 else f"{first} 외 {len(lines) - 1}건"


def _end(seconds: int | None) -> datetime:
    now = datetime.now(UTC)
    if seconds is None:
        return now + LONGEST
    end = datetime.fromtimestamp(seconds, UTC)
    if not now + SHORTEST - CLOCK_SLACK <= end <= now + LONGEST + CLOCK_SLACK:
        raise Refusal("`expires_at` must be 30 minutes to 24 hours from now.", param="expires_at")
    return end


LOCK_SESSION = "select 1 from sessions where id = $1 for update"
LOCK_INTENT = "select 1 from intents where id = $1 for update"
