"""What a wish may cost, said in its words: "사과 3만원 이하", "5만 원대 선물", "1만5천원부터 3만원까지"."""

import re
from dataclasses import dataclass

from market.filters import MOST_WON
from market.finding.sentences import is_all_talk

_DIGITS = {digit: value for value, digit in enumerate("일이삼사오육칠팔구", start=1)}
_COUNT = r"\d[\d,]*(?:\.\d)?|[일이삼사오육칠팔구]?십?"
_WON = rf"(?:(?P<ten_thousands>{_COUNT})\s*만\s*)?(?:(?P<thousands>{_COUNT})\s*천\s*)?(?P<ones>\d[\d,]*)?\s*(?P<won>원)?"
_BOUNDS = "이하 까지 아래 이내 안쪽 미만 이상 부터 초과 넘는 대".split()
_SAID = re.compile(
    rf"(?<![^\s]){_WON}\s*(?P<bound>{'|'.join(_BOUNDS)})(?:로|의|인|짜리|에서|에)?(?![^\s,.!?])"
)


@dataclass(frozen=True, slots=True)
class Price:
    """`words` are what was said of it, `rest` is the wish without them, mostly not empty. `most` is exclusive."""

    words: str
    rest: str
    least: int
    most: int


def price_in(wish: str) -> Price | None:
    """Nothing where no bound is said, or nothing can cost that."""
    said: list[str] = []
    least, most = 0, MOST_WON
    for found in _SAID.finditer(wish):
        won = _won(found)
        if won is None:
            continue
        lower, upper = _bounds(won, found["bound"])
        least, most = max(least, lower), min(most, upper)
        said.append(found[0].strip())
    rest = wish
    for words in said:
        rest = rest.replace(words, " ", 1)
    rest = " ".join(rest.split()) if not is_all_talk(rest) else ""
    return Price(" ".join(said), rest, least, most) if said and least < most else None


def _won(found: re.Match[str]) -> int | None:
    """원 must be said, or a digit before 만 or 천: "10 이상" is no price, and 이천 is a town."""
    parts = ((found["ten_thousands"], 10_000), (found["thousands"], 1000), (found["ones"], 1))
    if not (found["won"] or any(re.search(r"\d", count or "") for count, _ in parts[:2])):
        return None
    won = sum(round(_count(count) * worth) for count, worth in parts if count is not None)
    return won if 0 < won < MOST_WON else None


def _count(written: str) -> float:
    """30,000 and 1.5, but also 오 and 십; 만원 alone is one of them."""
    if written[:1].isdigit():
        return float(written.replace(",", ""))
    digit = _DIGITS.get(written[:1], 1)
    return digit * 10 if written.endswith("십") else digit


def _bounds(won: int, bound: str) -> tuple[int, int]:
    if bound == "대":  # 3만원대: up to the next of its round numbers
        return won, won + 10 ** (len(str(won)) - len(str(won).rstrip("0")))
    if bound in {"이상", "부터"}:
        return won, MOST_WON
    if bound in {"초과", "넘는"}:
        return won + 1, MOST_WON
    return 0, won if bound in {"미만", "아래"} else won + 1
