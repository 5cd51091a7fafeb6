"""What people write when something is called off: which lines, and where a transfer goes back to."""

import re
from datetime import datetime
from typing import NamedTuple

from starlette.datastructures import FormData

from market.refund_quotes import Choice, Quoted
from market.refunds import CHOSEN_CAUSES, NO_ACCOUNT, RefundCause, SealedAccount
from storefront.sealing import seal, unseal
from storefront.web import number_of, text_of
from villages.refusals import BadForm

LINE = re.compile(r"line-([0-9]{1,18})")
PURPOSE = "refund account"
MOST_OF_BANK, MOST_OF_HOLDER = 20, 40
ACCOUNT_NUMBER = re.compile(r"[0-9]{8,16}")


def wanted_lines(form: FormData) -> dict[int, int] | None:
    """Line → how many; None where the form asks for everything."""
    named = {name: found for name in form if (found := LINE.fullmatch(name))}
    return {int(found[1]): number_of(form, name) or 0 for name, found in named.items()} if named else None


def some_of(quote: Quoted, choices: list[Choice], now: datetime) -> dict[int, int]:
    """Line → how many, as the form for calling off less begins: nothing where the quote is for everything and holds.

    Whoever wants one of ten lines back then chooses that one, and need not take back the nine others.
    """
    chosen = {line.id: line.count for part in quote.parts for line in part.lines}
    is_whole = chosen == {choice.id: choice.most for choice in choices}
    return {} if is_whole and now < quote.ends_at else chosen


def read_cause(form: FormData) -> RefundCause:
    """Why staff call it off. Raises `BadForm`."""
    cause = text_of(form, "cause")
    if cause not in CHOSEN_CAUSES:
        raise BadForm("왜 취소하는지 골라 주세요.")
    return RefundCause(cause)


class BankAccount(NamedTuple):
    bank: str
    number: str
    holder: str

    def __str__(self) -> str:
        return f"{self.bank} {self.number} {self.holder}"


def read_account(form: FormData) -> tuple[BankAccount, dict[str, str], dict[str, str]]:
    """(the account, what was typed, a sentence for each field to mend)."""
    typed = {
        "bank": text_of(form, "bank", most=MOST_OF_BANK),
        "account": text_of(form, "account", most=40),
        "holder": text_of(form, "holder", most=MOST_OF_HOLDER),
    }
    number = re.sub(r"[\s-]", "", typed["account"])
    mistakes = {}
    if not typed["bank"]:
        mistakes["bank"] = "은행 이름을 적어 주세요. 예: 농협"
    if not ACCOUNT_NUMBER.fullmatch(number):
        mistakes["account"] = "계좌번호를 숫자로 적어 주세요. 8자리에서 16자리입니다."
    if not typed["holder"]:
        mistakes["holder"] = "예금주 이름을 적어 주세요."
    return BankAccount(typed["bank"], number, typed["holder"]), typed, mistakes


def sealed_account(account: BankAccount | None, secret: str) -> SealedAccount:
    if account is None:
        return NO_ACCOUNT
    return SealedAccount(seal(str(account), secret=secret, purpose=PURPOSE), account.number[-4:])


def opened_account(sealed: str, secret: str) -> str:
    return unseal(sealed, secret=secret, purpose=PURPOSE) if sealed else ""
