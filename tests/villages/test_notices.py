"""The outbox with two workers: each letter goes once. The control shows what the lease is for."""

from datetime import UTC, datetime, timedelta

from tests.builders import an_order, goods
from tests.fakes import FakeMailer
from tests.meeting import meet
from villages import notices
from villages.notices import send_due_notices

SENT = "UPDATE notices SET sent_at"
CLAIM_AGAIN = notices.CLAIM.replace("AND (claimed_until IS NULL OR claimed_until < $1)", "")


async def test_a_letter_that_one_worker_is_sending_is_left_to_it(many):
    mailer = await two_letters()

    ended = await meet(many, [send_due_notices(soon(), mailer) for _ in range(2)], before=SENT)

    assert ended == {"2": 1, "0": 1}
    assert len(mailer.sent) == 2


async def test_control_without_the_lease_every_letter_goes_twice(unguarded, monkeypatch):
    monkeypatch.setattr(notices, "CLAIM", CLAIM_AGAIN)
    mailer = await two_letters()

    ended = await meet(unguarded, [send_due_notices(soon(), mailer) for _ in range(2)], before=SENT)

    assert ended == {"2": 2}
    assert len(mailer.sent) == 4


async def two_letters() -> FakeMailer:
    """An order was placed: its buyer is told by mail and by text message."""
    await an_order(await goods())
    return FakeMailer()


def soon() -> datetime:
    return datetime.now(UTC) + timedelta(minutes=1)
