"""What was sold is booked as it was sold: whose it is, what the city keeps, and where the money stands."""

import random
from datetime import timedelta

import pytest

from market.capture import Effect, capture
from market.deposits import confirm_deposit
from market.expiry import expire_unpaid_orders
from market.ledger.accounts import ACCOUNT_OF
from market.ledger.commission import CommissionRule
from market.ledger.sales import TAXED_POSTAGE
from market.money import Taxed, split_taxable_postage
from market.offline_sales import OFFLINE_TENDERS
from market.orders import Tender
from market.payments import Payment, PaymentState, Provider
from tests.builders import NOW, a_program, a_village, an_order, goods, rows
from tests.fakes import FakeGateway
from tests.market.ledger.selling import legs_of, paid, sold_at_the_stall, standing
from villages.days import seoul_day
from villages.listings import Tax
from villages.programs import Participant

TODAY = seoul_day(NOW)
LATE = NOW + timedelta(days=4)


async def test_an_order_is_shared_out_to_its_villages_by_kind_and_vat_kind(db):
    maple, lake = await a_village("내장산마을"), await a_village("옥정호마을")
    await CommissionRule.create(position=1, channel="online", basis_points=300, starts_on=TODAY)
    apples = await goods("꿀사과", village=maple, price=21_000, tax=Tax.exempt)
    jam = await goods("사과잼", village=maple, price=12_000, tax=Tax.taxable)
    rice = await goods("햅쌀", village=lake, price=42_000, tax=Tax.exempt)
    pounding = await a_program("떡메치기", village=maple)

    await paid(apples, (jam, 2), rice, seats={pounding.id: {Participant.adult: 2}})

    assert await legs_of(maple) == [
        ("village_payable", "goods", "exempt", -21_000),
        ("village_payable", "goods", "taxable", -24_000),
        ("village_payable", "program", "taxable", -18_000),
        ("postage", None, "exempt", -1_866),
        ("postage", None, "taxable", -2_134),  # 4,000 × 24 ∶ 45, the odd won to the larger side
        ("village_payable", None, None, 1_350),
        ("village_payable", None, None, 540),
        ("commission", "goods", None, -1_350),
        ("commission", "program", None, -540),
    ]
    assert await legs_of(lake) == [
        ("village_payable", "goods", "exempt", -42_000),
        ("postage", None, "exempt", -4_000),
        ("village_payable", None, None, 1_260),
        ("commission", "goods", None, -1_260),
    ]
    assert await standing() == {
        "bank": 113_000,
        "village_payable": -101_850,
        "postage": -8_000,
        "commission": -3_150,
    }


@pytest.mark.parametrize("tender", sorted(OFFLINE_TENDERS))
async def test_a_sale_in_the_village_stands_where_its_tender_stands(db, tender):
    village = await a_village()

    await sold_at_the_stall(await goods(village=village, price=35_000), tender=tender)

    (money,) = await rows("SELECT account, village_id FROM journal_legs WHERE amount > 0")
    whose = None if tender == Tender.bank_transfer else village.id
    assert (money["account"], money["village_id"]) == (ACCOUNT_OF[tender], whose)
    assert await standing() == {ACCOUNT_OF[tender].value: 35_000, "village_payable": -35_000}


async def test_the_journal_knows_the_event_its_day_and_who_booked_it(db):
    order = await paid(await goods())

    (booked,) = await rows("SELECT kind, subject, order_id, day, at, by FROM journal_transactions")
    payment = await Payment.get(order_id=order.id)
    assert booked == {
        "kind": "captured", "subject": f"payment {payment.id}", "order_id": order.id, "day": TODAY, "at": NOW, "by": "person 1",
    }  # fmt: skip


async def test_an_order_that_was_paid_late_is_booked_on_the_day_of_its_money(db):
    order = (await an_order(await goods(left=5))).order
    await expire_unpaid_orders(LATE, FakeGateway())

    effect = await confirm_deposit(order.number, amount=order.total, by="person 1", now=LATE)

    assert effect == Effect.revived
    assert {row["day"] for row in await rows("SELECT day FROM journal_legs")} == {seoul_day(LATE)}
    assert (await standing())["bank"] == order.total


async def test_money_for_goods_that_are_gone_goes_through_suspense_and_is_promised_back(db):
    apples = await goods(left=1)
    order = (await an_order(apples)).order
    await expire_unpaid_orders(LATE, FakeGateway())
    await paid(apples, now=LATE)

    effect = await confirm_deposit(order.number, amount=order.total, by="person 1", now=LATE)

    assert effect == Effect.refund_due
    assert (await standing())["suspense"] == 0
    assert (await standing())["refunds_promised"] == -order.total
    assert (await standing())["bank"] == 2 * order.total


async def test_an_order_paid_twice_is_sold_once_and_the_rest_is_promised_back(db):
    order = await paid(await goods(price=60_000))
    again = await Payment.create(
        order=order, provider=Provider.stripe, reference="cs_1", tender=Tender.card, state=PaymentState.open,
        amount=order.total, opened_at=NOW,
    )  # fmt: skip

    assert await capture(again.id, by="stripe", now=NOW) == Effect.refund_due
    assert await capture(again.id, by="stripe", now=NOW) == Effect.none
    assert await standing() == {
        "bank": 60_000, "stripe": 60_000, "village_payable": -60_000, "suspense": 0,
        "refunds_promised": -60_000,
    }  # fmt: skip


async def test_what_costs_nothing_moves_no_money(db):
    await sold_at_the_stall(await goods(price=0))

    assert await rows("SELECT id FROM journal_transactions") == []


async def test_the_first_rule_that_fits_decides(db):
    maple, lake = await a_village(), await a_village()
    yesterday, tomorrow = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
    facts = [
        {"fixed": 9_999, "starts_on": tomorrow},
        {"fixed": 8_888, "starts_on": yesterday, "ends_on": yesterday},
        {"fixed": 7_777, "starts_on": TODAY, "kind": "program"},
        {"fixed": 6_666, "starts_on": TODAY, "channel": "online"},
        {"fixed": 500, "starts_on": TODAY, "ends_on": TODAY, "village_id": lake.id},
        {"basis_points": 100, "starts_on": yesterday},
        {"fixed": 5_555, "starts_on": yesterday},
    ]
    for position, fact in enumerate(facts):
        await CommissionRule.create(position=position, **fact)

    await sold_at_the_stall(await goods(village=maple, price=35_000))
    await sold_at_the_stall(await goods(village=lake, price=35_000))

    kept = await rows(
        "SELECT village_id, rule_id, -amount AS kept FROM journal_legs WHERE account = 'commission' ORDER BY id"
    )
    share, fixed = await CommissionRule.get(basis_points=100), await CommissionRule.get(fixed=500)
    assert [tuple(row.values()) for row in kept] == [(maple.id, share.id, 350), (lake.id, fixed.id, 500)]


async def test_a_rule_that_changes_leaves_what_was_sold_alone(db):
    rule = await CommissionRule.create(position=1, basis_points=300, starts_on=TODAY)
    await paid(await goods(price=60_000))
    rule.basis_points = 500
    await rule.save()

    assert (await standing())["commission"] == -1_800


@pytest.mark.parametrize(
    "wrong",
    [
        {"basis_points": 10_001},
        {"basis_points": -1},
        {"fixed": -1},
        {"basis_points": 1, "fixed": 1},
        {"least": 2, "most": 1},
    ],
)
async def test_a_rule_that_makes_no_sense_is_refused(db, wrong):
    with pytest.raises(Exception, match="commission_rules"):
        await CommissionRule.create(position=1, starts_on=TODAY, **wrong)


async def test_booking_takes_one_statement_before_the_figures(db, queries):
    order = (await an_order(await goods())).order
    queries.clear()

    await confirm_deposit(order.number, amount=order.total, by="person 1", now=NOW)

    touching = [number for number, query in enumerate(queries) if "journal" in query]
    assert len(touching) == 1
    assert touching[0] < min(number for number, query in enumerate(queries) if "INTO daily_sales" in query)


async def test_postage_is_split_in_the_statement_as_in_money(db):
    rng = random.Random(5)
    cases = [(rng.randint(1, 9_999), rng.choice((0, 1, rng.randint(0, 99), rng.randint(0, 99_999))),
              rng.choice((0, 1, rng.randint(0, 99), rng.randint(0, 99_999)))) for _ in range(3_000)]  # fmt: skip

    found = await rows(
        f"SELECT {TAXED_POSTAGE} AS taxed FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) WITH ORDINALITY"
        " AS carried (postage, taxable, exempt, place) ORDER BY place", *map(list, zip(*cases, strict=True))
    )  # fmt: skip

    assert [row["taxed"] for row in found] == [
        split_taxable_postage(postage, Taxed(taxable, exempt)).taxable for postage, taxable, exempt in cases
    ]
