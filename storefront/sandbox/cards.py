"""The practice cards that a person may choose from."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Card:
    """`refused_as` is Stripe's decline code and `sentence` what the buyer reads; empty for a good card."""

    number: str
    label: str
    asks_for_step: bool = False
    refused_as: str = ""
    sentence: str = ""

    @property
    def spaced(self) -> str:
        return " ".join(self.number[at : at + 4] for at in range(0, 16, 4))


CARDS = {
    card.number: card
    for card in (
        Card("4242424242424242", "결제가 되는 카드"),
        Card("4000002500003155", "본인 확인을 거치는 카드", asks_for_step=True),
        Card(
            "4000000000000002",
            "카드사가 거절하는 카드",
            refused_as="generic_decline",
            sentence="카드사가 결제를 거절했습니다. 다른 카드를 골라 주세요.",
        ),
        Card(
            "4000000000009995",
            "잔액이 모자란 카드",
            refused_as="insufficient_funds",
            sentence="카드의 잔액이 모자랍니다. 다른 카드를 골라 주세요.",
        ),
    )
}
STEP_FAILED = "본인 확인이 되지 않아 결제하지 않았습니다. 다시 하시거나 다른 카드를 골라 주세요."
