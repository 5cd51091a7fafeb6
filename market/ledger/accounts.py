"""The accounts of the journal: where money stands, and to whom it is owed."""

from enum import StrEnum

from market.orders import Tender


class Account(StrEnum):
    """What stands somewhere is booked above zero, what is owed or earned below: together always zero."""

    # where money stands
    stripe = "stripe"
    bank = "bank"  # the city's account: transfers come in there, whoever takes the order
    cash = "cash"
    card_terminal = "card_terminal"
    local_voucher = "local_voucher"
    onnuri = "onnuri"
    receivable = "receivable"  # bought on account (외상): the buyer still owes it to the village
    # whose it is
    village_payable = "village_payable"  # goods and programs, less the commission
    postage = "postage"  # the village's too, kept apart
    commission = "commission"  # the city's
    subsidy = "subsidy"  # what the city adds
    provider_fee = "provider_fee"
    refunds_promised = "refunds_promised"  # and not yet paid
    suspense = "suspense"  # came in, and a person must say for what
    payout_due = "payout_due"  # owed to a village by its closed statements


ACCOUNT_NAMES = {
    Account.stripe: "카드 결제사",
    Account.bank: "시 계좌",
    Account.cash: "마을 현금함",
    Account.card_terminal: "카드 단말기",
    Account.local_voucher: "지역사랑상품권",
    Account.onnuri: "온누리상품권",
    Account.receivable: "외상",
    Account.village_payable: "마을 몫",
    Account.postage: "배송비",
    Account.commission: "수수료",
    Account.subsidy: "시 보조금",
    Account.provider_fee: "결제사 수수료",
    Account.refunds_promised: "돌려줄 돈",
    Account.suspense: "확인할 돈",
    Account.payout_due: "지급할 돈",
}

ACCOUNT_OF = {
    Tender.card: Account.stripe,
    Tender.bank_transfer: Account.bank,
    Tender.cash: Account.cash,
    Tender.card_terminal: Account.card_terminal,
    Tender.local_voucher: Account.local_voucher,
    Tender.onnuri: Account.onnuri,
    Tender.invoice: Account.receivable,
}
"""Where the money of each tender stands once it was taken."""

MONEY = frozenset(ACCOUNT_OF.values())
HELD_BY_VILLAGE = MONEY - {Account.stripe, Account.bank}
"""Each village has its own: legs on them name the village."""


def sql_list(accounts: frozenset[Account]) -> str:
    """Names for `IN (…)`; they are ours, nobody typed them."""
    return ", ".join(f"'{account.value}'" for account in sorted(accounts))
