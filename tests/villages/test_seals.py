"""The chain of seals: every act is sealed once, however late it commits, and every forgery is found."""

import hashlib
from datetime import UTC

import pytest
from tortoise import connections
from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from market.audit import RULES, violations
from tests.builders import rows
from tests.meeting import meet, watching
from villages import acts as acts_module
from villages import seals
from villages.acts import RECORD, Act, UnsealedAct, record_act
from villages.seals import BEFORE_THE_FIRST, Head, Seal, chain_head, seal_acts

CHAIN_RULES = tuple(rule for rule in RULES if "seal" in rule.name or "chain" in rule.name)


async def acts(count: int) -> None:
    async with in_transaction() as db:
        for number in range(1, count + 1):
            facts = {"from": number, "to": None, "열": "가,나\n\\"}
            await record_act(db, "price changed", f"listing {number}", by="person 7", facts=facts)


async def test_acts_are_sealed_in_order_and_once(db):
    await acts(5)

    assert [await seal_acts(most=2), await seal_acts(most=2), await seal_acts(most=2), await seal_acts()] == [
        2,
        2,
        1,
        0,
    ]
    assert [(seal.number, seal.act_id) for seal in await Seal.all().order_by("number")] == [
        (place, act.id) for place, act in enumerate(await Act.all().order_by("id"), start=1)
    ]
    assert not await UnsealedAct.exists()


async def test_a_seal_is_what_its_description_says(db):
    await acts(3)
    await seal_acts()

    head = BEFORE_THE_FIRST
    for seal in await Seal.all().order_by("number").prefetch_related("act"):
        act = seal.act
        told = [
            "1", str(act.id), f"{act.at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}", act.by, str(act.village_id or ""), act.what,
            act.subject, act.facts,
        ]  # fmt: skip
        netstrings = b"".join(b"%d:%s," % (len(each.encode()), each.encode()) for each in told)
        head = hashlib.sha256(head + netstrings).digest()
        assert seal.hash == head
    assert await chain_head() == Head(3, head)


async def test_an_act_goes_with_the_transaction_that_did_it(db):
    async def fails_after_the_act() -> None:
        async with in_transaction() as inside:
            await record_act(inside, "listing published", "listing 1", by="person 7")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fails_after_the_act()

    assert not await Act.exists() and not await UnsealedAct.exists()


async def test_an_act_that_commits_late_is_sealed_late_and_never_passed_over(many):
    async with watching(many) as slow, slow.transaction():
        await slow.execute(RECORD, "person 7", None, "listing published", "listing 1", "{}")
        await acts(2)
        assert await seal_acts() == 2

    assert await seal_acts() == 1
    assert [seal.act_id for seal in await Seal.all().order_by("number")][-1] == min(
        act.id for act in await Act.all()
    )


async def test_two_workers_make_one_chain(many):
    await acts(3)

    assert await meet(many, [seal_acts(), seal_acts()], before=seals.WRITE) == {"3": 1, "0": 1}


async def test_without_the_turn_the_numbering_still_refuses_a_second_chain(unguarded, monkeypatch):
    monkeypatch.setattr(seals, "TURN", "SELECT true AS is_ours")
    await acts(3)

    ended = await meet(unguarded, [seal_acts(), seal_acts()], before=seals.WRITE)

    assert ended == {"3": 1, IntegrityError.__name__: 1}


async def test_control_without_turn_and_keys_there_are_two_chains(unguarded, monkeypatch):
    monkeypatch.setattr(seals, "TURN", "SELECT true AS is_ours")
    await connections.get("default").execute_script(
        "ALTER TABLE seals DROP CONSTRAINT seals_pkey, DROP CONSTRAINT seals_act_id_key"
    )
    await acts(3)

    ended = await meet(unguarded, [seal_acts(), seal_acts()], before=seals.WRITE)

    assert ended == {"3": 2}
    assert await Seal.all().count() == 6
    assert {violation.rule for violation in await violations(CHAIN_RULES)} == {"seals-follow-each-other"}


FORGERIES = {
    "a fact of an act was changed": (
        "UPDATE acts SET facts = replace(facts, '2', '3') WHERE id = 2", {"sealed-acts-are-unchanged": ["act 2, seal 2"]},
    ),
    "somebody else did it": (
        "UPDATE acts SET by = 'person 8' WHERE id = 2", {"sealed-acts-are-unchanged": ["act 2, seal 2"]},
    ),
    "it was another time": (
        "UPDATE acts SET at = at - interval '1 microsecond' WHERE id = 2", {"sealed-acts-are-unchanged": ["act 2, seal 2"]},
    ),
    "a word moved from one column to the next": (
        "UPDATE acts SET what = 'price', subject = 'changed ' || subject WHERE id = 2",
        {"sealed-acts-are-unchanged": ["act 2, seal 2"]},
    ),
    "an act was removed": ("DELETE FROM acts WHERE id = 2", {"sealed-acts-are-unchanged": ["act 2, seal 2"]}),
    "an act was removed with its seal": (
        "DELETE FROM acts WHERE id = 2; DELETE FROM seals WHERE number = 2", {"seals-follow-each-other": ["seal 3"]},
    ),
    "and the seals behind it moved up": (
        "DELETE FROM acts WHERE id = 2; DELETE FROM seals WHERE number = 2; UPDATE seals SET number = number - 1 WHERE number > 2",
        {"seals-follow-each-other": ["seal 2"]},
    ),
    "the first act was removed with its seal": (
        "DELETE FROM acts WHERE id = 1; DELETE FROM seals WHERE number = 1", {"seals-follow-each-other": ["seal 2"]},
    ),
    "the last seal was removed": ("DELETE FROM seals WHERE number = 4", {"acts-are-sealed": ["act 4"]}),
    "two acts were swapped": (
        "UPDATE seals SET act_id = -2 WHERE number = 2; UPDATE seals SET act_id = 2 WHERE number = 3; UPDATE seals SET act_id = 3 WHERE number = 2",
        {"sealed-acts-are-unchanged": ["act 2, seal 3", "act 3, seal 2"]},
    ),
    "an act was slipped in": (
        "INSERT INTO acts (id, at, by, what, subject, facts) VALUES (99, now() - interval '1 day', 'person 8', 'x', 'y', '{}')",
        {"acts-are-sealed": ["act 99"]},
    ),
    "an act was slipped in with a seal of its own": (
        """
        INSERT INTO acts (id, at, by, what, subject, facts) VALUES (99, now() - interval '1 day', 'person 8', 'x', 'y', '{}');
        UPDATE seals SET number = number + 1 WHERE number = 4;
        UPDATE seals SET number = number + 1 WHERE number = 3;
        INSERT INTO seals (number, act_id, version, previous, hash) SELECT 3, 99, 1, hash, sha256(hash) FROM seals WHERE number = 2
        """,
        {"seals-follow-each-other": ["seal 4"], "sealed-acts-are-unchanged": ["act 99, seal 3"]},
    ),
    "a seal of a version nobody knows": (
        "UPDATE seals SET version = 2 WHERE number = 2", {"sealed-acts-are-unchanged": ["act 2, seal 2"]},
    ),
}  # fmt: skip


@pytest.mark.parametrize("forgery", FORGERIES)
async def test_a_forgery_by_the_owner_is_found(unguarded, monkeypatch, forgery):
    monkeypatch.setattr(acts_module, "RECORD", AN_HOUR_AGO)
    statements, found = FORGERIES[forgery]
    await acts(4)
    await seal_acts()
    assert await violations(CHAIN_RULES) == []

    await as_the_owner(statements)

    assert {violation.rule: sorted(violation.ids) for violation in await violations(CHAIN_RULES)} == found


async def test_an_end_that_was_cut_off_with_its_seals_is_missed_by_the_night_that_kept_its_head(unguarded):
    await acts(4)
    await seal_acts()
    head = await chain_head()
    await rows(KEEP_HEAD, head.number, head.hash.hex())
    assert await violations(CHAIN_RULES) == []

    await as_the_owner("DELETE FROM seals WHERE number > 2; DELETE FROM acts WHERE id > 2")

    assert [violation.ids for violation in await violations(CHAIN_RULES)] == [["night 2026-11-21, seal 4"]]


async def test_an_act_that_vanished_before_its_seal_is_missed_and_the_others_are_sealed(unguarded):
    await acts(3)

    await as_the_owner("DELETE FROM acts WHERE id = 2")

    assert await seal_acts() == 2
    assert await seal_acts() == 0
    assert [violation.ids for violation in await violations(CHAIN_RULES)] == [["act 2 is gone"]]


async def test_what_is_cut_off_with_its_seals_before_any_head_was_kept_is_not_seen(unguarded):
    """Said here too, so that nobody believes more: only a head known elsewhere shows it."""
    await acts(4)
    await seal_acts()

    await as_the_owner("DELETE FROM seals WHERE number > 2; DELETE FROM acts WHERE id > 2")

    assert await violations(CHAIN_RULES) == []


async def as_the_owner(statements: str) -> None:
    """Without triggers and foreign keys, as only the owner of the database may."""
    await connections.get("default").execute_script(
        f"SET session_replication_role = replica; {statements}; RESET session_replication_role"
    )


AN_HOUR_AGO = RECORD.replace("now()", "now() - interval '1 hour'")
KEEP_HEAD = """
INSERT INTO nightly_checks (day, claimed_until, done_at, rules, found, took_ms, head_number, head_hash)
VALUES ('2026-11-21', now(), now(), 1, 0, 1, $1, $2)
"""
