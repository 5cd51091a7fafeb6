"""What a refund quote says is what is paid: in the quote, its parts and lines, the refund, the journal, the money.

Some hundred quotes; `REFUND_QUOTES=10000`, as `make races` has it, asks for more.
"""

import os
from collections import Counter
from collections.abc import Iterator

from market.gateway import GivenBack
from market.refunds import CHOSEN_CAUSES, RefundCause
from tests.builders import rows
from tests.market.refund_cases import LADDERS, AskedGateway, Fair, PaidBack
from villages.seals import seal_acts

QUOTES = int(os.environ.get("REFUND_QUOTES", "400"))
SEED = 20261122


async def test_a_refund_quote_is_what_is_paid_whoever_looks(db):
    fair = await Fair.open(SEED)

    await fair.give_back(QUOTES)
    while await seal_acts():  # as the worker does meanwhile; the auditor asks for it after five minutes
        pass

    booked = await booked_refunds()
    assert len(booked) == len(fair.paid_back) == QUOTES
    assert not list(differing(fair, booked))
    print(
        f"{len(fair.paid_back)} of {len(fair.paid_back)} quotes were paid to the won; {fair.refused} were refused"
    )
    assert kinds_of(fair.paid_back) == {
        (cause, is_card) for cause in CHOSEN_CAUSES for is_card in (True, False)
    }
    assert len(LADDERS) == 8 + 4
    await shapes_are_many(QUOTES)


async def test_control_a_provider_that_keeps_the_odd_won_is_found(db):
    class Keeping(AskedGateway):
        async def refund(self, reference: str, *, amount: int, key: str) -> GivenBack:
            return await super().refund(reference, amount=amount // 10 * 10, key=key)

    fair = await Fair.open(SEED, Keeping())

    await fair.give_back(30)

    assert list(differing(fair, await booked_refunds()))


async def test_control_one_won_anywhere_is_found(db):
    fair = await Fair.open(SEED)
    await fair.give_back(3)
    booked = await booked_refunds()
    seen = booked[fair.paid_back[0].refund.id]

    for told in seen:
        seen[told] += 1
        assert len(list(differing(fair, booked))) == 1
        seen[told] -= 1

    assert len(seen) == 6
    assert not list(differing(fair, booked))


def differing(fair: Fair, booked: dict[int, dict[str, int]]) -> Iterator[str]:
    for one in fair.paid_back:
        seen = {
            "quote": one.quote.amount,
            "shown": one.shown,
            "refund": one.refund.amount,
            **booked[one.refund.id],
        }
        seen |= {
            "in its parts": sum(part["goods"] + part["programs"] + part["postage"] for part in one.quote.body)
        }
        seen |= {"in its lines": of_lines(one)}
        if one.asked is not None:
            seen["asked of the provider"] = one.asked
        if len(set(seen.values())) != 1:
            yield f"refund {one.refund.id}: {seen}"


def of_lines(one: PaidBack) -> int:
    return sum(part["postage"] + sum(line["amount"] for line in part["lines"]) for part in one.quote.body)


def kinds_of(paid_back: list[PaidBack]) -> set[tuple[RefundCause, bool]]:
    return {(one.refund.cause, one.asked is not None) for one in paid_back if one.refund.amount}


async def booked_refunds() -> dict[int, dict[str, int]]:
    """Refund → won as each table has it."""
    found = await rows(BOOKED)
    assert all(row.pop("is_paid") for row in found)
    return {row.pop("id"): {what: int(won) for what, won in row.items()} for row in found}


async def shapes_are_many(quotes: int) -> None:
    """That these quotes were about something: floors of each shape, in the hundredth."""
    (shapes,) = await rows(SHAPES)
    floors = {
        "of_programs": 30, "partial": 30, "again": 30, "of_villages": 15, "with_postage": 10, "for_nothing": 1, "after_sending": 1,
    }  # fmt: skip
    seen = Counter(shapes)
    assert not {what: seen[what] for what, floor in floors.items() if seen[what] * 100 < floor * quotes}


# The money leg is what left the provider or the city's bank.
BOOKED = """
SELECT r.id, r.state = 'paid' AND r.paid_at IS NOT NULL AS is_paid, q.amount AS quoted,
       (SELECT sum(goods + programs + postage) FROM refund_parts p WHERE p.refund_id = r.id) AS parts,
       (SELECT sum(l.amount) FROM refund_lines l WHERE l.refund_id = r.id)
           + (SELECT sum(postage) FROM refund_parts p WHERE p.refund_id = r.id) AS lines,
       COALESCE((SELECT -sum(l.amount) FROM journal_legs l JOIN journal_transactions t ON t.id = l.transaction_id
            WHERE t.kind = 'refund_promised' AND t.subject = 'refund ' || r.id AND l.account = 'refunds_promised'), 0) AS promised,
       COALESCE((SELECT sum(l.amount) FROM journal_legs l JOIN journal_transactions t ON t.id = l.transaction_id
            WHERE t.kind = 'refund_paid' AND t.subject = 'refund ' || r.id AND l.account = 'refunds_promised'), 0) AS paid,
       COALESCE((SELECT -sum(l.amount) FROM journal_legs l JOIN journal_transactions t ON t.id = l.transaction_id
            WHERE t.kind = 'refund_paid' AND t.subject = 'refund ' || r.id
              AND l.account = CASE pay.tender WHEN 'card' THEN 'stripe' ELSE 'bank' END), 0) AS money
FROM refunds r JOIN refund_quotes q ON q.id = r.quote_id JOIN payments pay ON pay.id = r.payment_id
"""
SHAPES = """
SELECT count(*) FILTER (WHERE programs > 0) AS of_programs, count(*) FILTER (WHERE is_partial) AS partial,
       count(*) FILTER (WHERE earlier > 0) AS again, count(*) FILTER (WHERE villages > 1) AS of_villages,
       count(*) FILTER (WHERE postage > 0) AS with_postage, count(*) FILTER (WHERE amount = 0) AS for_nothing,
       count(*) FILTER (WHERE is_sent) AS after_sending
FROM (
    SELECT r.amount, sum(rp.programs) AS programs, sum(rp.postage) AS postage, count(*) AS villages,
           EXISTS (SELECT FROM refund_lines rl JOIN lines l ON l.id = rl.line_id WHERE rl.refund_id = r.id AND rl.count < l.count)
               AS is_partial,
           (SELECT count(*) FROM refunds e WHERE e.order_id = r.order_id AND e.id < r.id) AS earlier,
           EXISTS (SELECT FROM refund_parts p JOIN part_moves m ON m.part_id = p.part_id AND m.state = 'shipped'
                   WHERE p.refund_id = r.id AND m.at < r.at) AS is_sent
    FROM refunds r JOIN refund_parts rp ON rp.refund_id = r.id GROUP BY r.id
) each_refund
"""
