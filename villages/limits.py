"""How often something may be tried: counters in an unlogged table, by account and by address."""

from datetime import timedelta

from tortoise import connections

from villages.refusals import TooMany


async def count_try(key: str, *, most: int, within: timedelta) -> None:
    """Count one try under this key. Raises `TooMany` past `most` in the window; a new window begins after it."""
    rows = await connections.get("default").execute_query_dict(COUNT, [key[:120], within])
    if rows[0]["tries"] > most:
        wait = max(1, int(rows[0]["seconds_left"]))
        raise TooMany(
            f"너무 여러 번 시도하셨습니다. {wait_text(wait)} 뒤에 다시 해 주세요.", retry_after=wait
        )


async def forget_tries(key: str) -> None:
    """It went well: the count begins anew."""
    await connections.get("default").execute_query("DELETE FROM rate_counters WHERE key = $1", [key[:120]])


async def sweep_counters() -> int:
    done, _ = await connections.get("default").execute_query(
        "DELETE FROM rate_counters WHERE began_at < now() - interval '1 day'"
    )
    return done


def wait_text(seconds: int) -> str:
    return f"{seconds}초" if seconds < 60 else f"{-(-seconds // 60)}분"


COUNT = """
WITH counted AS (
    INSERT INTO rate_counters AS c (key, began_at, tries) VALUES ($1, now(), 1)
    ON CONFLICT (key) DO UPDATE SET
        tries = CASE WHEN c.began_at + $2::interval < now() THEN 1 ELSE c.tries + 1 END,
        began_at = CASE WHEN c.began_at + $2::interval < now() THEN now() ELSE c.began_at END
    RETURNING tries, began_at
)
SELECT tries, extract(epoch FROM began_at + $2::interval - now())::int AS seconds_left FROM counted
"""
