"""The small market whose villages are paid: purchases are confirmed, months end and are closed, and what was settled
goes back. Whatever else happens, what was closed stays as it is, and a past day is always reckoned to the same bytes.
"""

from datetime import date, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule
from tortoise import connections
from tortoise.exceptions import IntegrityError

from market.fulfilment import confirm_purchase
from market.orders import Order, Part
from market.refund_confirmation import confirm_refund
from market.refund_quotes import quote_refund
from market.refunds import RefundCause
from market.settlement.closing import close_statement
from market.settlement.reckoning import statement_as_of
from market.settlement.statements import Statement, StatementLine
from tests.market.machine import PICK, Broken, Market
from villages.days import first_of_month, next_month, seoul_day, seoul_moment

MONTHS_BACK = st.integers(0, 2)
MOST_DAYS = 4  # that are reckoned again after every step


class SettledMarket(Market):
    """Every village's months are closed in their turn, or not; months end, and the clock may be set back after that."""

    def __init__(self) -> None:
        super().__init__()
        self.closed: dict[str, str] = {}
        """Statement → all its rows as they were first seen."""
        self.past: dict[tuple[int, date, date], bytes] = {}
        """Village, month and day that was over → its statement as of then."""

    @invariant()
    def holds(self) -> None:
        super().holds()
        self.run(self.what_was_closed_stays())
        self.run(self.past_days_stay())

    async def what_was_closed_stays(self) -> None:
        """To the byte; reckoned anew too; and all that was paid out is what its lines brought, less what is owed."""
        rows = await connections.get("default").execute_query_dict(ROWS)
        now = {row["number"]: row["bytes"] for row in rows}
        if changed := [number for number, before in self.closed.items() if now.get(number) != before]:
            raise Broken("closed statements changed", changed)
        self.closed = now
        if wrong := await connections.get("default").execute_query_dict(PAID_OUT):
            raise Broken("paid out is not what was earned", wrong)
        for statement in await Statement.all().order_by("-id").limit(2):
            latest = max(seoul_day(self.now), *[seoul_day(each.closed_at) for each in await Statement.all()])
            again = await statement_as_of(statement.village_id, statement.month, latest)
            if again.digest != statement.digest:
                raise Broken("a closed month is reckoned otherwise", statement.number)

    async def past_days_stay(self) -> None:
        """A day that the clock came back to is not over any more."""
        today = seoul_day(self.now)
        self.past = {key: known for key, known in self.past.items() if key[2] < today}
        for key, known in self.past.items():
            if (again := (await statement_as_of(*key)).canonical) != known:
                raise Broken("a past day changed", key, known, again)

    # Buyers

    @rule(pick=PICK)
    def the_buyer_confirms(self, pick: int) -> None:
        if part := self.picked(self.run(Part.all().order_by("id")), pick):
            self.act(confirm_purchase(part.id, order_id=part.order_id, now=self.now))

    @rule(apples=st.integers(0, 2), rice=st.integers(1, 2))
    def somebody_buys_and_keeps_it(self, apples: int, rice: int) -> None:
        """Ordered, paid, sent and confirmed: the long way in one step."""
        known = len(self.orders)
        self.somebody_orders(counts=[apples, 0, rice], adults=0, by_card=False)
        if len(self.orders) == known:
            return
        self.a_transfer_is_confirmed(pick=known)
        for number, part in enumerate(self.run(Part.all().order_by("id"))):
            if part.order_id == self.orders[-1].id:
                self.a_village_goes_on_with_a_part(pick=number, sends=True)
                self.the_buyer_confirms(pick=number)

    @rule(pick=PICK, count=st.integers(1, 2))
    def what_was_settled_goes_back(self, pick: int, count: int) -> None:
        line = self.picked(self.run(StatementLine.all().order_by("id").select_related("part")), pick)
        if line is None:
            return
        order = self.run(Order.get(id=line.part.order_id))
        wanted = {
            each.id: min(count, each.count - each.cancelled) for each in self.run(line.part.lines.all())
        }
        own = {"cause": RefundCause.operator, "by": f"person {self.person.id}", "now": self.now}
        if quote := self.act(quote_refund(order, wanted, **own)):
            refund = self.act(confirm_refund(quote.code, order.id, by=own["by"], now=self.now))
            assert refund is None or refund.amount == quote.amount

    # Months

    @rule(hours=st.sampled_from([0, 10]), is_worked=st.booleans())
    def the_month_ends(self, hours: int, is_worked: bool) -> None:
        first = next_month(seoul_day(self.now))
        self.now = seoul_moment(first, hours)
        if is_worked:
            self.time_passes_and_the_worker_works(minutes=1)

    @rule(apples=st.integers(0, 1), rice=st.integers(1, 2))
    def a_whole_month_goes_by(self, apples: int, rice: int) -> None:
        self.somebody_buys_and_keeps_it(apples=apples, rice=rice)
        self.the_month_ends(hours=10, is_worked=True)
        for pick in range(len(self.villages)):
            self.a_villages_month_is_closed(pick=pick, months=1)

    @rule(pick=st.integers(0, 1), months=MONTHS_BACK)
    def a_villages_month_is_closed(self, pick: int, months: int) -> None:
        village = self.villages[pick]
        try:
            closed = self.act(
                close_statement(village.id, self.month(months), by=f"person {self.person.id}", now=self.now)
            )
        except IntegrityError as refused:
            raise Broken("the database refused a statement") from refused
        assert closed is None or closed.payout <= max(0, closed.opening + closed.sums.owed)

    @rule(months=MONTHS_BACK, days=st.integers(1, 40), pick=st.integers(0, 1))
    def a_past_day_is_reckoned(self, months: int, days: int, pick: int) -> None:
        month, day = self.month(months), seoul_day(self.now) - timedelta(days=days)
        key = (self.villages[pick].id, month, day)
        if first_of_month(day) >= month and len(self.past) < MOST_DAYS:
            self.past.setdefault(key, self.run(statement_as_of(*key)).canonical)

    def month(self, back: int) -> date:
        """This month, or so many before it."""
        month = first_of_month(seoul_day(self.now))
        for _ in range(back):
            month = first_of_month(month - timedelta(days=1))
        return month


ROWS = """
SELECT s.number, s::text || string_agg(l::text, '' ORDER BY l.id) AS bytes
FROM statements s JOIN statement_lines l ON l.statement_id = s.id GROUP BY s.id
"""
PAID_OUT = """
SELECT s.village_id, s.payout, s.owed FROM (
    SELECT village_id, sum(payout)::bigint + (array_agg(carried ORDER BY month DESC))[1] AS payout, (
        SELECT sum(l.goods + l.programs + l.postage + l.commission - l.held)
        FROM statement_lines l JOIN statements o ON o.id = l.statement_id WHERE o.village_id = statements.village_id
    )::bigint AS owed
    FROM statements GROUP BY village_id
) s WHERE s.payout <> s.owed
"""
