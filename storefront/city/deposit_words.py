"""A row of a bank's sheet in the words of the page: why it waits, what each choice would do, what became of it."""

from dataclasses import dataclass

from market.deposit_sheets.matching import Candidate, Doubt, Standing
from market.deposit_sheets.results import SheetRow
from storefront.words import date_ko, won

REASONS = {
    Doubt.twin: "같은 날 같은 이름과 금액의 입금이 다른 표에도 있습니다. 같은 입금이면 따로 두세요.",
    Doubt.several: "이름과 금액이 같은 주문이 둘 이상입니다.",
    Doubt.too_early: "이름과 금액은 같지만 주문보다 먼저 들어온 돈입니다.",
    Doubt.ended: "이름과 금액은 같지만 이미 취소되었거나 기한이 지난 주문입니다.",
    Doubt.near_name: "금액은 같고 이름이 비슷합니다.",
    Doubt.together: "한 사람의 여러 주문을 더하면 금액이 맞습니다.",
    Doubt.won_off: "이름은 같고 금액이 조금 다릅니다.",
    Doubt.other_amount: "이름은 같지만 금액이 다릅니다.",
    Doubt.only_amount: "금액만 같고 이름이 다릅니다.",
    Doubt.nobody: "이름이나 금액이 맞는 주문을 찾지 못했습니다.",
}
LIKENESS = {
    Doubt.twin: "이름과 금액이 같음",
    Doubt.several: "이름과 금액이 같음",
    Doubt.too_early: "입금 뒤에 한 주문",
    Doubt.ended: "끝난 주문",
    Doubt.near_name: "금액이 같고 이름이 비슷함",
    Doubt.together: "더하면 금액이 맞음",
    Doubt.won_off: "이름이 같고 금액이 조금 다름",
    Doubt.other_amount: "이름만 같음",
    Doubt.only_amount: "금액만 같음",
}
STANDINGS = {
    Standing.ended: "물건이 남아 있으면 주문을 되살리고, 없으면 환불할 일이 됩니다.",
    Standing.confirmed: "이미 입금을 확인한 주문입니다. 이 줄과 짝만 짓습니다.",
}
EFFECTS = {
    "paid": "결제됨",
    "revived": "되살려 결제됨",
    "refund_due": "환불할 일이 됨",
    "none": "먼저 확인한 입금",
}


@dataclass(frozen=True)
class Choice:
    """One radio button. `value` are the numbers of the orders, a space between."""

    value: str
    name: str
    likeness: str
    amounts: str
    then: str


@dataclass(frozen=True)
class ShownRow:
    row: SheetRow
    reason: str
    choices: list[Choice]
    outcome: str


def shown_row(row: SheetRow) -> ShownRow:
    finding = row.finding
    choices = [_choice(candidate, row.amount) for candidate in finding.candidates] if finding else []
    return ShownRow(row, _reason(row), choices, _outcome(row))


def _reason(row: SheetRow) -> str:
    if row.finding is None:
        return ""
    if row.finding.sure:
        return "이름과 금액이 맞는 주문이 하나 있습니다. 곧 저절로 맞추어집니다."
    return REASONS[row.finding.doubt or Doubt.nobody]


def _choice(candidate: Candidate, amount: int) -> Choice:
    orders = candidate.orders
    names = dict.fromkeys(
        f"{each.depositor}(주문 {each.buyer})" if each.depositor not in ("", each.buyer) else each.buyer
        for each in orders
    )
    amounts = " + ".join(
        f"{each.number} {won(each.amount)} ({date_ko(each.placed_at)} 주문)" for each in orders
    )
    standings = [STANDINGS[each.standing] for each in orders if each.standing in STANDINGS]
    return Choice(
        " ".join(each.number for each in orders), ", ".join(names), LIKENESS[candidate.why or Doubt.several], amounts,
        " ".join([*dict.fromkeys(standings), *_difference(amount - candidate.amount, amount)]),
    )  # fmt: skip


def _difference(difference: int, amount: int) -> list[str]:
    if difference > 0:
        return [f"{won(difference)}이 남습니다. 주문은 결제되고 남는 돈은 보관합니다."]
    if difference < 0:
        return [
            f"{won(-difference)}이 모자랍니다. 주문은 결제하지 않고 {won(amount)}을 보관합니다. 나머지가 들어오면 합칩니다."
        ]
    return []


def _outcome(row: SheetRow) -> str:
    if row.missing:
        return f"주문 {row.wanted}: {won(row.missing)}이 모자라 결제하지 않았습니다."
    paid = ", ".join(f"주문 {number} {EFFECTS.get(effect, effect)}" for number, effect in row.orders)
    return f"{paid}. 남은 돈 {won(row.kept)}." if row.kept else paid
