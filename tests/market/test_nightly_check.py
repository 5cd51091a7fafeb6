"""The auditor's nightly round: once a night, made up for where it was missed, loud where something is wrong."""

import logging
from datetime import date, datetime, timedelta

import pytest
from tortoise import connections

from market import nightly_check
from market.audit import RULES, Rule
from market.nightly_check import NightlyCheck, check_nightly, last_check, night_of
from market.tasks import Task
from market.waiting_money import money_tasks
from tests.builders import rows
from tests.meeting import meet
from villages.acts import record_act
from villages.days import seoul_moment
from villages.seals import chain_head, seal_acts

NIGHT = date(2026, 11, 21)
AT_NIGHT = seoul_moment(NIGHT, 3, 31)
FOUND = (
    Rule("shelves-promise", "reserved ≤ on hand", "SELECT 'shelf ' || n FROM generate_series(1, 3) n"),
    Rule("all-is-well", "nothing", "SELECT 1 WHERE false"),
)


@pytest.mark.parametrize(
    ("now", "night"),
    [
        (seoul_moment(NIGHT, 3, 29), date(2026, 11, 20)), (seoul_moment(NIGHT, 3, 30), NIGHT),
        (seoul_moment(NIGHT, 23, 59), NIGHT), (seoul_moment(date(2026, 11, 22), 0, 1), NIGHT),
    ],
)  # fmt: skip
def test_a_night_is_due_at_half_past_three_in_seoul(now: datetime, night: date):
    assert night_of(now) == night


async def test_a_quiet_night_opens_nothing_and_is_remembered_with_the_head_of_the_chain(db):
    await record_act(connections.get("default"), "listing published", "listing 1", by="person 7")
    await seal_acts()

    assert await check_nightly(AT_NIGHT) == 1

    head, last = await chain_head(), await last_check(AT_NIGHT)
    assert last is not None and (last.day, last.done_at, last.rules, last.found) == (
        NIGHT,
        AT_NIGHT,
        len(RULES),
        0,
    )
    assert (last.head_number, last.head_hash, last.missed) == (1, head.hash.hex(), 0)
    assert last.is_of_last_night and not await Task.exists()


async def test_a_night_that_is_made_up_for_by_day_is_not_called_last_night(db):
    await check_nightly(AT_NIGHT + timedelta(hours=8))

    last = await last_check(AT_NIGHT + timedelta(hours=9))
    assert last is not None and not last.missed and not last.is_of_last_night


async def test_a_night_is_checked_once(db):
    assert [await check_nightly(AT_NIGHT), await check_nightly(AT_NIGHT + timedelta(hours=9))] == [1, 0]
    assert await check_nightly(AT_NIGHT + timedelta(days=1)) == 1


async def test_what_is_wrong_is_one_alarm_of_the_city_for_each_rule_and_night(db, caplog):
    caplog.set_level(logging.INFO, "jangnal.audit")

    await check_nightly(AT_NIGHT, rules=FOUND)

    task = await Task.get()
    assert (task.kind, task.subject) == ("alarm", "check shelves-promise 2026-11-21")
    assert "11월 21일 밤 점검: 맞지 않는 기록이 3건" in task.sentence
    assert "shelves-promise: shelf 1, shelf 2, shelf 3" in task.sentence
    assert [each.sentence for each in await money_tasks()] == [task.sentence]
    assert [record.getMessage() for record in caplog.records] == ["rule broken", "nightly check"]

    await check_nightly(AT_NIGHT + timedelta(days=1), rules=FOUND)

    assert await Task.all().count() == 2


async def test_nights_that_were_missed_are_counted(db):
    assert await last_check(AT_NIGHT) is None

    await check_nightly(AT_NIGHT)

    later = [await last_check(AT_NIGHT + timedelta(days=days)) for days in (0, 1, 2)]
    assert [last.missed for last in later if last] == [0, 1, 2]


async def test_a_round_whose_worker_died_is_made_by_another_one_after_a_while(db):
    with pytest.raises(Exception, match="nowhere"):
        await check_nightly(AT_NIGHT, rules=(Rule("broken", "a rule that fails", "SELECT 1 FROM nowhere"),))

    assert await check_nightly(AT_NIGHT + timedelta(minutes=5)) == 0
    assert await last_check(AT_NIGHT + timedelta(minutes=5)) is None
    assert await check_nightly(AT_NIGHT + timedelta(minutes=31)) == 1


async def test_two_workers_check_once(many):
    ended = await meet(many, [check_nightly(AT_NIGHT), check_nightly(AT_NIGHT)], before=nightly_check.CLAIM)

    assert ended == {"1": 1, "0": 1}


async def test_control_without_the_guard_of_the_claim_both_check(unguarded, monkeypatch):
    monkeypatch.setattr(nightly_check, "CLAIM", UNGUARDED_CLAIM)

    ended = await meet(unguarded, [check_nightly(AT_NIGHT), check_nightly(AT_NIGHT)], before=UNGUARDED_CLAIM)

    assert ended == {"1": 2}
    assert await NightlyCheck.all().count() == 1


async def test_a_kept_head_that_is_not_in_the_chain_is_found(unguarded):
    await record_act(connections.get("default"), "listing published", "listing 1", by="person 7")
    await seal_acts()
    await check_nightly(AT_NIGHT)
    await rows("UPDATE nightly_checks SET head_hash = repeat('0', 64)")

    await check_nightly(AT_NIGHT + timedelta(days=1))

    assert [task.subject for task in await Task.all()] == ["check kept-heads-are-in-the-chain 2026-11-22"]


UNGUARDED_CLAIM = """
INSERT INTO nightly_checks (day, claimed_until, rules, found, took_ms, head_number, head_hash)
SELECT $1, $3, 0, 0, 0, 0, '' WHERE $2::timestamptz IS NOT NULL
ON CONFLICT (day) DO UPDATE SET claimed_until = EXCLUDED.claimed_until RETURNING day
"""
