"""Stand-ins for outside services. They remember what they were asked."""

from datetime import datetime

from market.gateway import Event, ForgedEvent, Found, GivenBack, Moved, Opened, Reading
from market.payments import EventKind
from villages.notices import MailerDown, Message


class FakeGateway:
    """A card provider in memory: open pages by reference, and what became of them."""

    livemode = False

    def __init__(self) -> None:
        self.opened: list[tuple[str, int]] = []
        self.readings: dict[str, Reading] = {}
        self.events: dict[bytes, Event] = {}
        self.given_back: dict[str, int] = {}
        self.account: list[Moved] = []
        """The provider's account, whichever day is asked for."""

    async def open(
        self, *, key: str, order_number: str, amount: int, title: str, email: str | None, return_url: str,
        cancel_url: str, expires_at: datetime,
    ) -> Opened:  # fmt: skip
        reference = f"cs_{key}"
        self.opened.append((order_number, amount))
        self.readings.setdefault(
            reference, Reading(reference, Found.open, amount, "krw", False, order_number, None)
        )
        return Opened(reference, f"http://127.0.0.1/pay/{reference}", expires_at)

    async def read(self, reference: str) -> Reading:
        return self.readings[reference]

    async def expire(self, reference: str) -> Reading:
        reading = self.readings[reference]
        if reading.state == Found.open:
            self.readings[reference] = reading.__class__(**{**reading.__dict__, "state": Found.expired})
        return self.readings[reference]

    async def refund(self, reference: str, *, amount: int, key: str) -> GivenBack:
        self.given_back[f"re_{key}"] = amount
        return GivenBack(f"re_{key}", f"pi_{reference}", is_done=True)

    async def refunded(self, reference: str) -> int:
        return self.given_back.get(reference, 0)

    async def moved(self, first: datetime, until: datetime) -> list[Moved]:
        return self.account

    def event(self, body: bytes, signature: str | None, *, now: datetime) -> Event:
        if body not in self.events:
            raise ForgedEvent("forged")
        return self.events[body]

    def pay(self, reference: str, *, event_id: str = "evt_1") -> Event:
        """The buyer pays on the page; returns the message the provider will send."""
        reading = self.readings[reference]
        self.readings[reference] = reading.__class__(
            **{**reading.__dict__, "state": Found.captured, "intent": f"pi_{reference}"}
        )
        return Event(event_id, EventKind.captured, self.readings[reference])


class FakeMailer:
    def __init__(self, *, is_down: bool = False) -> None:
        self.sent: list[tuple[str, Message]] = []
        self.is_down = is_down

    async def send(self, message: Message, *, key: str) -> None:
        if self.is_down:
            raise MailerDown("down")
        self.sent.append((key, message))

    async def forget_old(self, now: datetime) -> int:
        return 0
