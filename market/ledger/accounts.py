"""The accounts of the journal: where money stands, and to whom it is owed."""

from collections.abc import Iterable
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
    disputed = "disputed"  # a buyer disputes it, and the card's provider holds it back
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

MONEY = frozenset(ACCOUNT_OF.values()) | {Account.disputed}
HELD_BY_VILLAGE = MONEY - {Account.stripe, Account.bank, Account.disputed}
"""Each village has its own: legs on them name the village."""


def sql_list(names: Iterable[StrEnum]) -> str:
    """Names for `IN (…)`; they are ours, nobody typed them."""
    return ", ".join(f"'{name.value}'" for name in sorted(names))
