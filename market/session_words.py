"""A session in words: when it is, and how many must come for it to take place."""

from datetime import datetime
from typing import Any

from villages.days import SEOUL

WEEKDAYS = "월화수목금토일"


def session_text(starts_at: datetime) -> str:
    """ "12월 5일(토) 오전 11시"."""
    local = starts_at.astimezone(SEOUL)
    half, hour = ("오전", local.hour) if local.hour < 12 else ("오후", local.hour - 12 or 12)
    minutes = f" {local.minute}분" if local.minute else ""
    return f"{local.month}월 {local.day}일({WEEKDAYS[local.weekday()]}) {half} {hour or 12}시{minutes}"


def session_text_to(starts_at: datetime) -> str:
    """ "12월 5일(토) 오전 11시로", "… 11시 30분으로": the particle follows the last sound."""
    when = session_text(starts_at)
    return f"{when}{'으로' if when.endswith('분') else '로'}"


def minimum_sentence(people: int, decided_at: datetime, *, percent: int = 100) -> str:
    """What is said before ordering; `percent` comes back where too few come."""
    return f"최소 {people}명이 모여야 열려요. 모자라면 {session_text(decided_at)}까지 알려 드리고 {_back(percent)}."


def minimum_of_terms(terms: dict[str, Any]) -> str:
    """The sentence as it was frozen on an order's line; empty where no minimum was told."""
    told = terms.get("minimum")
    if not told:
        return ""
    percent = (terms.get("refund_ladder") or {}).get("too_few", 100)
    return minimum_sentence(told["people"], datetime.fromisoformat(told["decided_at"]), percent=percent)


def minimum_of_program(people: int, days_before: int, hour: int, *, percent: int = 100) -> str:
    """The same of any session of a program; empty where it has no minimum."""
    day = {1: "하루 전", 2: "이틀 전", 3: "사흘 전"}.get(days_before, f"{days_before}일 전")
    clock = f"오전 {hour or 12}시" if hour < 12 else f"오후 {hour - 12 or 12}시"
    return (
        f"최소 {people}명이 모여야 열려요. 모자라면 {day} {clock}까지 알려 드리고 {_back(percent)}."
        if people
        else ""
    )


def _back(percent: int) -> str:
    return "전액 돌려드립니다" if percent == 100 else f"{percent}% 돌려드립니다"
