"""Only what sums to zero enters the journal, whoever writes it; nothing leaves it, and an event enters once."""

import os

import pytest
from tortoise import connections
from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from market.ledger.accounts import Account
from market.ledger.journal import Happening, JournalLeg, JournalTransaction, Leg, book
from market.ledger.roles import GRANTS, LEDGERS
from tests.builders import NOW, a_village, rows

DEPOSIT = [Leg(Account.bank, 5_000), Leg(Account.suspense, -5_000)]
A_TRANSACTION = """
INSERT INTO journal_transactions (kind, subject, day, at, by)
VALUES ('set_aside', '{subject}', '2026-11-21', now(), 'somebody') RETURNING id, day
"""
WITH_LEGS = f"""
WITH t AS ({A_TRANSACTION.format(subject="row 1")})
INSERT INTO journal_legs (transaction_id, day, account, amount)
SELECT t.id, t.day, account, amount FROM t CROSS JOIN (VALUES {{legs}}) legs (account, amount)
"""


async def booked(subject: str = "row 1", legs=DEPOSIT) -> bool:
    async with in_transaction() as db:
        return await book(db, kind=Happening.set_aside, subject=subject, legs=legs, at=NOW, by="person 1")


async def test_two_legs_that_sum_to_zero_are_written(db):
    village = await a_village()

    assert await booked(legs=[*DEPOSIT, Leg(Account.cash, 3, village.id), Leg(Account.subsidy, -3)])

    (transaction,) = await JournalTransaction.all()
    assert (str(transaction.day), transaction.by) == ("2026-11-21", "person 1")
    assert await JournalLeg.all().order_by("id").values_list("account", "amount", "village_id") == [
        ("bank", 5_000, None), ("suspense", -5_000, None), ("cash", 3, village.id), ("subsidy", -3, None),
    ]  # fmt: skip


async def test_an_event_books_itself_once(db):
    first, again = await booked(), await booked(legs=[Leg(Account.bank, 7), Leg(Account.suspense, -7)])

    assert (first, again) == (True, False)
    assert await JournalLeg.all().values_list("amount", flat=True) == [5_000, -5_000]


@pytest.mark.parametrize(
    "legs",
    [
        [Leg(Account.bank, 5_000), Leg(Account.suspense, -4_999)],
        [Leg(Account.bank, 5_000)],
        [Leg(Account.bank, 0), Leg(Account.suspense, 0)],
        [],
    ],
)
async def test_what_does_not_sum_to_zero_or_has_no_legs_is_refused(db, legs):
    with pytest.raises(IntegrityError, match="journal transaction"):
        await booked(legs=legs)

    assert not await JournalTransaction.exists() and not await JournalLeg.exists()


@pytest.mark.parametrize(
    "legs", ["('bank', 5), ('suspense', -4)", "('bank', 5)", "('bank', 0), ('suspense', 0)"]
)
async def test_statements_of_anybody_are_refused_too(db, legs):
    with pytest.raises(IntegrityError):
        await rows(WITH_LEGS.format(legs=legs))


async def test_an_unbalanced_transaction_cannot_even_wait_to_be_mended(db):
    """There is no moment at which it may be unbalanced: what one statement leaves behind must agree."""
    with pytest.raises(IntegrityError, match="no legs"):
        await one_after_the_other("SET CONSTRAINTS ALL DEFERRED", A_TRANSACTION.format(subject="row 1"))

    assert not await JournalTransaction.exists()


async def test_no_leg_is_added_to_an_old_transaction_even_in_balance(db):
    await booked()

    with pytest.raises(IntegrityError, match="written together"):
        await rows(
            "INSERT INTO journal_legs (transaction_id, day, account, amount) SELECT t.id, t.day, account, amount "
            "FROM journal_transactions t, (VALUES ('bank', 5), ('suspense', -5)) legs (account, amount)"
        )

    assert await JournalLeg.all().count() == 2


async def test_nothing_is_changed_or_removed(db):
    await booked()

    for table in ("journal_legs", "journal_transactions"):
        for act in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"):
            with pytest.raises(Exception, match="only added"):
                await rows(act)
    assert await JournalLeg.all().count() == 2


async def test_a_role_that_may_read_and_add_can_book_and_do_nothing_else(db):
    """As `GRANTS` tells production to grant it."""
    shop, owner = f"a_shop_{os.getpid()}", connections.get("default")
    await owner.execute_script(f"CREATE ROLE {shop}; {GRANTS.format(role=shop)}")
    try:
        async with in_transaction() as connection:
            await connection.execute_query(f"SET LOCAL ROLE {shop}")
            await book(
                connection, kind=Happening.set_aside, subject="row 1", legs=DEPOSIT, at=NOW, by="person 1"
            )
        for table in LEDGERS:
            for act in (
                f"UPDATE {table} SET id = id", f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE",
                f"ALTER TABLE {table} DISABLE TRIGGER ALL", "SET session_replication_role = replica",
            ):  # fmt: skip
                with pytest.raises(Exception, match=r"permission denied|must be owner"):
                    await one_after_the_other(f"SET LOCAL ROLE {shop}", act)
    finally:
        await owner.execute_script(f"DROP OWNED BY {shop}; DROP ROLE {shop}")

    assert await JournalLeg.all().count() == 2


async def one_after_the_other(*statements: str) -> None:
    async with in_transaction() as connection:
        for statement in statements:
            await connection.execute_query(statement)
