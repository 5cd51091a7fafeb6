"""The form of a program: its fields as words, read into an offer or refused with a sentence for each."""

import contextlib
from collections.abc import Mapping
from datetime import date, datetime, time

from starlette.datastructures import FormData

from storefront.desk.goods_form import MOST_WON, Typed, whole_number
from storefront.web import text_of
from villages.categories import PROGRAM_CATEGORIES, notice_kind
from villages.contacts import BadValue, phone_text
from villages.days import seoul_moment
from villages.legal_notices import NONE, NOTICE_ROWS
from villages.listings import Kind, Listing, Tax
from villages.program_edits import ProgramOffer
from villages.programs import PARTICIPANT_NAMES, Participant, ParticipantPrice
from villages.refund_ladders import PRESETS, ladder_from_data, ladder_sentences
from villages.refusals import BadForm
from villages.session_rules import MOST_DAYS_BEFORE, MOST_SEATS, WeekdayRule, read_times
from villages.village import Village

WEEKDAYS = "월화수목금토일"
LENGTHS = {
    "name": 80, "category": 20, "summary": 120, "story": 5000, "minutes": 5, "least_age": 3, "place": 10, "meeting_place": 120,
    "what_to_bring": 200, "weather_rule": 200, "group_from": 4, "closes_hours_before": 4, "min_people": 5, "decide_days_before": 3,
    "decide_hour": 3, "ladder": 20, "seen_in_photos": 250,
}  # fmt: skip
SESSION_LENGTHS = {"capacity": 5, "times": 100, "first": 10, "last": 10, "date": 10, "time": 60}
NOTICE_KEYS = sorted({row.key for kind in ("experience", "stay") for row in NOTICE_ROWS[kind]})
PLACES = [("indoor", "실내", "비가 와도 합니다"), ("outdoor", "야외", ""), ("both", "정해지지 않았어요", "")]
STAY = "숙박"
INDOOR = {"indoor": True, "outdoor": False, "both": None}
AGES = {
    "adult": "19세 이상",
    "teen": "13~18세",
    "child": "36개월~12세",
    "infant": "36개월 미만",
    "family": "4명까지",
    "room": "",
}
USUAL_MINIMUM = {"min_people": "0", "decide_days_before": "3", "decide_hour": "18"}
LABELS = {
    "name": "이름", "category": "분류", "summary": "한 줄 소개", "story": "설명", "minutes": "걸리는 시간",
    "least_age": "몇 살부터", "place": "실내·야외", "meeting_place": "모이는 곳", "what_to_bring": "가져올 것",
    "weather_rule": "날씨", "group_from": "단체 인원", "closes_hours_before": "예약 마감",
    "min_people": "최소 인원", "decide_days_before": "열지 정하는 날", "decide_hour": "열지 정하는 시각", "ladder": "환불 기준",
}  # fmt: skip


def typed_of(form: FormData) -> Typed:
    typed = {name: text_of(form, name, most=most) for name, most in (LENGTHS | SESSION_LENGTHS).items()}
    typed |= {f"notice-{key}": text_of(form, f"notice-{key}", most=500) for key in NOTICE_KEYS}
    for kind in Participant:
        typed |= {f"price-{kind.value}": text_of(form, f"price-{kind.value}", most=20)}
        typed |= {f"ages-{kind.value}": text_of(form, f"ages-{kind.value}", most=40)}
    chosen = {value for value in form.getlist("weekdays") if isinstance(value, str)}
    return typed | {f"weekday-{day}": "1" if str(day) in chosen else "" for day in range(7)}


def typed_from(listing: Listing, prices: list[ParticipantPrice]) -> Typed:
    plain = ("name", "category", "summary", "story", "meeting_place", "what_to_bring", "weather_rule")
    typed: Typed = {name: getattr(listing, name) for name in plain}
    typed |= {
        name: str(getattr(listing, name))
        for name in ("group_from", "closes_hours_before", "decide_days_before", "decide_hour")
    }
    typed |= {name: str(getattr(listing, name) or "") for name in ("minutes", "least_age", "min_people")}
    typed["place"] = next(key for key, value in INDOOR.items() if value == listing.is_indoor)
    typed["ladder"] = preset_of(listing)
    typed |= {f"notice-{key}": str(listing.notice_rows.get(key, "")) for key in NOTICE_KEYS}
    for price in prices:
        typed |= {f"price-{price.kind.value}": str(price.price), f"ages-{price.kind.value}": price.ages}
    return typed


def typed_new(village: Village) -> Typed:
    return {
        "category": "체험", "minutes": "60", "place": "both", "meeting_place": village.address[:120], "ladder": "usual",
        "weather_rule": "날씨 때문에 못 하면 전날 알려 드리고 모두 환불합니다.", "group_from": "15",
        "closes_hours_before": "2", "decide_days_before": "3", "decide_hour": "18", "capacity": "20", "times": "11:00",
    } | {f"ages-{kind}": ages for kind, ages in AGES.items()}  # fmt: skip


def preset_of(listing: Listing) -> str:
    """The preset this ladder is, or "kept" for one of its own."""
    if not listing.refund_ladder:
        return ""
    stored = ladder_from_data(listing.refund_ladder)
    return next((key for key, ladder in PRESETS.items() if ladder == stored), "kept")


def ladder_choices() -> list[tuple[str, str, str]]:
    return [
        (key, ladder.name, ", ".join(f"{when} {what}" for when, what in ladder_sentences(ladder)))
        for key, ladder in PRESETS.items()
    ]


def offer_of(typed: Typed, village: Village | None = None) -> ProgramOffer:
    """The checked offer. With `village` (a new program) blank legal rows are filled. Raises `BadForm`."""
    errors: dict[str, str] = {}
    if not typed["name"]:
        errors["name"] = "이름을 적어 주세요. 예: 두부 만들기 체험"
    if typed["category"] not in PROGRAM_CATEGORIES:
        errors["category"] = "분류를 골라 주세요."
    prices = _prices(typed, errors)
    minutes = (
        _number(typed, "minutes", 10, 10_000, "걸리는 시간을 분으로 적어 주세요. 예: 90", errors)
        if typed["minutes"] or typed["category"] != STAY  # a night has no minutes
        else None
    )
    group = _number(typed, "group_from", 1, 1000, "단체 인원을 숫자로 적어 주세요. 예: 15", errors)
    closes = _number(
        typed, "closes_hours_before", 0, 720, "몇 시간 전에 마감할지 숫자로 적어 주세요. 예: 2", errors
    )
    minimum, days, hour = _minimum(typed, errors)
    least = (
        _number(typed, "least_age", 0, 99, "나이를 숫자로 적어 주세요. 예: 5", errors)
        if typed["least_age"]
        else None
    )
    if typed["place"] not in INDOOR:
        errors["place"] = "실내인지 야외인지 골라 주세요."
    if typed["ladder"] not in {*PRESETS, "kept"}:
        errors["ladder"] = "환불 기준을 골라 주세요."
    if errors:
        raise BadForm(fields=errors)
    offer = ProgramOffer(
        name=typed["name"], category=typed["category"], prices=prices,
        ages={kind: typed[f"ages-{kind.value}"] for kind in prices}, minutes=minutes, least_age=least,
        is_indoor=INDOOR[typed["place"]], meeting_place=typed["meeting_place"], ladder=typed["ladder"],
        summary=typed["summary"], story=typed["story"], what_to_bring=typed["what_to_bring"],
        weather_rule=typed["weather_rule"], group_from=group, closes_hours_before=closes, min_people=minimum,
        decide_days_before=days, decide_hour=hour,
    )  # fmt: skip
    offer.notice_rows.update(_notice(typed, offer, village))
    return offer


def starts_of(typed: Typed) -> list[datetime]:
    """The moments the form asks for, by weekdays and by hand; maybe none. Raises `BadForm`."""
    starts: list[datetime] = []
    weekdays = frozenset(day for day in range(7) if typed.get(f"weekday-{day}"))
    if weekdays:
        first, last = _day(typed, "first"), _day(typed, "last")
        if last < first:
            raise BadForm(fields={"last": "끝나는 날이 시작하는 날보다 앞섭니다."})
        starts += WeekdayRule(weekdays, _times(typed, "times"), first, last).starts()
    if typed["date"]:
        day = _day(typed, "date")
        starts += [seoul_moment(day, clock.hour, clock.minute) for clock in _times(typed, "time")]
    return starts


def differences(mine: Typed, stored: Typed) -> list[tuple[str, str, str]]:
    """Where two texts of one program differ: (label, what is stored now, what was typed)."""
    labels = LABELS | {
        f"notice-{row.key}": row.label for kind in ("experience", "stay") for row in NOTICE_ROWS[kind]
    }
    labels |= {f"price-{kind.value}": f"{name} 값" for kind, name in PARTICIPANT_NAMES.items()}
    return [
        (label, stored.get(name, ""), mine.get(name, ""))
        for name, label in labels.items()
        if stored.get(name, "") != mine.get(name, "")
    ]


def _prices(typed: Typed, errors: dict[str, str]) -> dict[Participant, int]:
    prices: dict[Participant, int] = {}
    for kind in Participant:
        text = typed[f"price-{kind.value}"]
        if not text:
            continue
        price = whole_number(text)
        if price is None or price > MOST_WON:
            errors[f"price-{kind.value}"] = "값을 숫자로 적어 주세요. 예: 9,000"
        else:
            prices[kind] = price
    if not prices and not any(name.startswith("price-") for name in errors):
        errors["price-adult"] = "한 사람 값을 적어 주세요. 예: 9,000"
    return prices


def _minimum(typed: Typed, errors: dict[str, str]) -> tuple[int, int, int]:
    """Heads, days before and hour; a blank is the usual."""
    asked = typed | {name: typed[name] or usual for name, usual in USUAL_MINIMUM.items()}
    return (
        _number(asked, "min_people", 0, MOST_SEATS, "최소 인원을 숫자로 적어 주세요. 예: 8", errors),
        _number(asked, "decide_days_before", 1, MOST_DAYS_BEFORE, "며칠 전에 정할지 1에서 60 사이로 적어 주세요. 예: 3", errors),
        _number(asked, "decide_hour", 0, 23, "몇 시에 정할지 0에서 23 사이로 적어 주세요. 예: 18", errors),
    )  # fmt: skip


def _number(typed: Typed, name: str, least: int, most: int, sentence: str, errors: dict[str, str]) -> int:
    number = whole_number(typed[name])
    if number is None or not least <= number <= most:
        errors[name] = sentence
        return least
    return number


def _day(typed: Typed, name: str) -> date:
    with contextlib.suppress(ValueError):
        return date.fromisoformat(typed[name])
    raise BadForm(fields={name: "날짜를 골라 주세요. 예: 2026-12-05"})


def _times(typed: Typed, name: str) -> tuple[time, ...]:
    try:
        return read_times(typed[name])
    except BadValue as bad:
        raise BadForm(fields={name: bad.sentence}) from bad


def _notice(typed: Mapping[str, str], offer: ProgramOffer, village: Village | None) -> dict[str, str]:
    kind = notice_kind(Kind.program, offer.category, Tax.taxable)
    rows = {row.key: typed.get(f"notice-{row.key}", "") for row in NOTICE_ROWS[kind]}
    if village is None:
        return rows
    ladder = PRESETS.get(offer.ladder)
    age = f"{offer.least_age}세부터" if offer.least_age else "나이 제한 없음"
    capacity = f", 한 번에 {typed['capacity']}명까지" if typed.get("capacity") else ""
    terms = f"{offer.minutes}분, {age}{capacity}" if offer.minutes else f"{age}{capacity}"
    known = {
        "provider": village.company or village.name,
        "licences": NONE,
        "terms": terms,
        "guests": terms,
        "facilities": NONE,
        "refunds": ", ".join(f"{when} {what}" for when, what in ladder_sentences(ladder)) if ladder else "",
        "region": f"대한민국 {village.address}".strip(),
        "phone": phone_text(village.phone) if village.phone else "",
    }
    return {key: text or known.get(key, "") for key, text in rows.items()}
