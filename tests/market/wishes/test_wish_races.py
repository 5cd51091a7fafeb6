"""Those who are told that something is there, by two workers or while they stop it; each race with its control."""

from market.wishes import asking, telling
from market.wishes.asking import stop_wish
from market.wishes.tables import Wish
from market.wishes.telling import CAME, KEPT, tell_who_waits
from tests.builders import NOW, goods, rows
from tests.market.wishes.wishing import harvest, outbox, wishes
from tests.meeting import meet, strip

UNGUARDED_TELL = telling.TELL.replace("FOR UPDATE OF w SKIP LOCKED", "").replace(telling.TOLD_ONCE, "")
PASSES_BY_THE_LOCK = "SELECT $1::bigint"


async def three_who_wait() -> int:
    """For apples, which have come; returns the first wish."""
    apples = await goods(left=0)
    first = await wishes(apples.listing.id)
    for _ in range(2):
        await wishes(apples.listing.id)
    await rows("UPDATE notices SET sent_at = now() RETURNING id")
    await harvest(apples.id)
    return first.id


async def test_two_workers_tell_each_once(many):
    await three_who_wait()

    ended = await meet(many, [tell_who_waits(NOW) for _ in range(2)], after=telling.TELL)

    assert ended == {"3": 1, "0": 1}
    assert len(await outbox(CAME)) == 3


async def test_control_without_guards_two_workers_tell_each_twice(unguarded, monkeypatch):
    monkeypatch.setattr(telling, "TELL", UNGUARDED_TELL)
    await three_who_wait()
    await strip("notices", "wishes")

    ended = await meet(unguarded, [tell_who_waits(NOW) for _ in range(2)], after=UNGUARDED_TELL)

    assert ended == {"3": 2}
    assert len(await outbox(CAME)) == 6


async def test_who_stops_while_the_news_is_written_gets_none(many):
    """The worker has told and not committed yet."""
    first = await three_who_wait()

    ended = await meet(many, [tell_who_waits(NOW), stop_wish(first, now=NOW)], after=telling.TELL)

    assert ended == {"3": 1, "True": 1}
    assert len(await outbox(CAME)) == 2
    assert (await Wish.get(id=first)).state == "stopped"


async def test_control_without_the_lock_the_news_goes_to_who_stopped(unguarded, monkeypatch):
    monkeypatch.setattr(asking, "LOCK", PASSES_BY_THE_LOCK)
    first = await three_who_wait()

    await meet(unguarded, [tell_who_waits(NOW), stop_wish(first, now=NOW)], after=telling.TELL)

    assert len(await outbox(CAME)) == 3


async def test_a_double_tap_is_one_wish_and_one_confirmation(many):
    apples = await goods(left=0)

    ended = await meet(
        many,
        [wishes(apples.listing.id, phone="01011112222", key="tap") for _ in range(8)],
        after=asking.WRITE,
    )

    assert ended == {"Wish": 8}
    assert await Wish.all().count() == 1 and len(await outbox(KEPT)) == 1


PHONE, BOTH = asking.Contact("01011112222"), asking.Contact("01011112222", "min@example.kr")


async def ask_at_once(url: str, listing_id: int) -> None:
    """By telephone, and by the same telephone and mail: nobody waited when both looked."""
    asks = [asking.ask_to_be_told(listing_id, contact, key="tap", now=NOW) for contact in (PHONE, BOTH)]
    await meet(url, asks, after=asking.WRITE)


async def test_who_loses_the_race_for_one_contact_still_waits_by_the_other(many):
    await ask_at_once(many, (await goods(left=0)).listing.id)

    assert await outbox(KEPT) == [("sms", "01011112222"), ("mail", "min@example.kr")]


async def test_control_with_a_single_round_the_other_contact_is_lost(many, monkeypatch):
    monkeypatch.setattr(asking, "ROUNDS", 1)
    await ask_at_once(many, (await goods(left=0)).listing.id)

    assert await outbox(KEPT) == [("sms", "01011112222")]


async def test_control_without_the_key_a_double_tap_is_many(unguarded, monkeypatch):
    monkeypatch.setattr(asking, "WRITE", asking.WRITE.replace("ON CONFLICT DO NOTHING", ""))
    await strip("wishes")
    await rows("DROP INDEX wishes_once_by_phone")
    apples = await goods(left=0)

    await meet(
        unguarded,
        [asking.ask_to_be_told(apples.listing.id, asking.Contact("01011112222"), key="tap", now=NOW) for _ in range(3)],
        after=asking.WRITE,
    )  # fmt: skip

    assert await Wish.all().count() == 3
