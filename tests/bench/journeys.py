"""What shoppers do, page by page: the order of three goods of three villages, and the booking of a family."""

from dataclasses import dataclass, field

from tests.bench.forms import Form
from tests.bench.shopper import Lost, Shopper
from tests.bench.wire import Answer

BUYER = {"name": "김민지", "phone": "010-1234-5678", "email": "min@example.kr"}
ADDRESS = {
    "receiver": "김민지", "receiver_phone": "010-1234-5678", "postcode": "04524",
    "road": "서울특별시 중구 세종대로 110", "detail": "1층",
}  # fmt: skip
BY_TRANSFER = {"tender": "bank_transfer", "agreed": "1"}


@dataclass
class Journey:
    """What to put into the cart: pages to choose on, and what to fill in there."""

    wishes: list[tuple[str, dict[str, str | int]]]
    choosing_counts: bool = False
    """Whether looking at those pages is part of what is measured."""
    forms: list[Form] = field(default_factory=list)

    async def get_ready(self, shopper: Shopper) -> None:
        """Everything before the measurement."""
        if not self.choosing_counts:
            await self._choose(shopper)

    async def to_the_last_page(self, shopper: Shopper) -> None:
        """Into the cart, the cart, and the steps of the checkout."""
        if self.choosing_counts:
            await self._choose(shopper)
        for form, (_, values) in zip(self.forms, self.wishes, strict=True):
            await shopper.send(form, **values)
        if not shopper.path.startswith("/checkout"):
            await shopper.go("/checkout")
        await shopper.send(shopper.form("/checkout/buyer"), **BUYER)
        if "/checkout/address" in shopper.actions():
            await shopper.send(shopper.form("/checkout/address"), **ADDRESS)

    async def place(self, shopper: Shopper) -> Answer:
        """The one request that takes the goods and writes the order."""
        return await shopper.post(shopper.form("/orders"), **BY_TRANSFER)

    async def see_the_order(self, shopper: Shopper, placed: Answer) -> None:
        if placed.status != 303:
            raise Lost(f"placing answered {placed.status}")
        await shopper.follow(placed, "/orders")

    async def _choose(self, shopper: Shopper) -> None:
        self.forms = []
        for path, values in self.wishes:
            await shopper.go(path)
            form = shopper.form("/cart/lines")
            if path.startswith("/programs/") and "session" not in {**values, **form.fields, **form.choices}:
                await shopper.go(shopper.link("day="))
                form = shopper.form("/cart/lines")
            self.forms.append(form)


def three_goods(*slugs: str) -> Journey:
    return Journey([(f"/goods/{slug}", {"count": 1}) for slug in slugs])


def one_of(slug: str, variant_id: int) -> Journey:
    return Journey([(f"/goods/{slug}", {"variant": variant_id, "count": 1})])


def a_family(slug: str) -> Journey:
    """Two adults and a child, at the first date the page offers."""
    return Journey(
        [(f"/programs/{slug}", {"adult": 2, "child": 1, "then": "checkout"})], choosing_counts=True
    )


def one_seat(slug: str, session_id: int) -> Journey:
    return Journey(
        [(f"/programs/{slug}", {"session": session_id, "adult": 1, "child": 0, "then": "checkout"})]
    )
