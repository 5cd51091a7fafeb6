"""How values read on a page: won, days, hours, phones, in Korean."""

from datetime import date, datetime

from market.orders import CHANNEL_NAMES, TENDER_NAMES
from market.part_states import STATE_NAMES
from villages.contacts import masked_name, masked_phone, phone_text
from villages.days import SEOUL

WEEKDAYS = "월화수목금토일"


def won(amount: int) -> str:
    """24900 → "24,900원"."""
    return f"{amount:,}원"


def num(amount: int) -> str:
    return f"{amount:,}"


def ten_thousand_won(amount: int) -> str:
    """For staff: 253600000 → "2억 5,360만"; rounded to the nearest 10,000 won, half up."""
    units = (abs(amount) + 5000) // 10000
    sign = "-" if amount < 0 and units else ""
    hundred_million, rest = divmod(units, 10000)
    if not hundred_million:
        return f"{sign}{rest:,}만"
    return f"{sign}{hundred_million:,}억 {rest:,}만" if rest else f"{sign}{hundred_million:,}억"


def local(at: datetime | date) -> datetime | date:
    return at.astimezone(SEOUL) if isinstance(at, datetime) else at


def date_ko(at: datetime | date) -> str:
    """ "12월 5일(토)"."""
    day = local(at)
    return f"{day.month}월 {day.day}일({WEEKDAYS[day.weekday()]})"


def full_date_ko(at: datetime | date) -> str:
    """ "2026. 12. 5.(토)"."""
    day = local(at)
    return f"{day.year}. {day.month}. {day.day}.({WEEKDAYS[day.weekday()]})"


def time_ko(at: datetime) -> str:
    """ "오전 11시", "오후 2시 30분"."""
    moment = at.astimezone(SEOUL)
    half = "오전" if moment.hour < 12 else "오후"
    hour = moment.hour % 12 or 12
    return f"{half} {hour}시" + (f" {moment.minute}분" if moment.minute else "")


def clock_ko(at: datetime) -> str:
    """For lists that count seconds: "14:05:09"."""
    return f"{at.astimezone(SEOUL):%H:%M:%S}"


def moment_ko(at: datetime) -> str:
    """ "12월 5일(토) 오전 11시"."""
    return f"{date_ko(at)} {time_ko(at)}"


def state_ko(state: str) -> str:
    return STATE_NAMES.get(str(state), str(state))


def channel_ko(channel: str) -> str:
    return {key.value: name for key, name in CHANNEL_NAMES.items()}.get(str(channel), str(channel))


def tender_ko(tender: str) -> str:
    return {key.value: name for key, name in TENDER_NAMES.items()}.get(str(tender), str(tender))


FILTERS = {
    "won": won, "num": num, "manwon": ten_thousand_won, "date_ko": date_ko, "full_date_ko": full_date_ko,
    "time_ko": time_ko, "clock_ko": clock_ko, "moment_ko": moment_ko, "phone": phone_text, "masked_phone": masked_phone,
    "masked_name": masked_name, "state_ko": state_ko, "channel_ko": channel_ko, "tender_ko": tender_ko,
}  # fmt: skip
