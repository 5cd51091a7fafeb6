"""Amounts in what is searched and in what is found, in one spelling: "2kg", "2000그램" and "2킬로" are all g2000."""

import re
from functools import lru_cache

from market.finding.hangul import normalise
from villages.unit_prices import READING, UNITS, Amount, plain_text, readings

_NUMERALS = {
    "한": 1,
    "두": 2,
    "세": 3,
    "네": 4,
    "다섯": 5,
    "여섯": 6,
    "일곱": 7,
    "여덟": 8,
    "아홉": 9,
    "열": 10,
}
# Only units that cannot be the end of another word: 한과 is a sweet, 세포 a cell.
_COUNTED = r"\s*(?:킬로|키로|근|판|접|병|개|포대|통|팩|봉지|봉|마리|송이|박스|상자|세트)|\s+(?:포|단)"
_SPOKEN = re.compile(rf"(?<![가-힣])({'|'.join(_NUMERALS)})({_COUNTED})(?:짜리|들이|씩)?(?![가-힣])")
_LATIN = "|".join(sorted((unit for unit in UNITS if unit.isascii()), key=len, reverse=True))
_KOREAN = "|".join(sorted((unit for unit in UNITS if not unit.isascii()), key=len, reverse=True))
_WRITTEN = re.compile(
    rf"(\d[\d,]*(?:\.\d+)?)\s*(?:({_LATIN})(?![a-z])|({_KOREAN})(?:짜리|들이|씩)?(?![가-힣]))", re.IGNORECASE
)


def measures_of(text: str) -> frozenset[str]:
    """Every amount a listing names, parts and products: "100ml×50" gives ml100, count50 and ml5000."""
    return frozenset().union(*(_labels(reading[0]) for reading in READING.finditer(plain_text(text))))


@lru_cache(maxsize=4_000)  # listings repeat their packs
def _labels(reading: str) -> frozenset[str]:
    found: set[str] = set()
    for unit, amount, times in readings(reading):
        found |= {_label(amount), _label(amount * times)}
        if times > 1:
            found.add(f"count{times}")
        if unit == "근":
            found.add(_label(Amount("g", amount.quantity * 2 / 3)))
    return frozenset(found)


def apart_from_measures(query: str) -> tuple[str, tuple[frozenset[str], ...]]:
    """The query without its amounts, and each amount as the labels it may mean (근: 600 g or 400 g)."""
    text = _SPOKEN.sub(lambda found: f" {_NUMERALS[found[1]]}{found[2]} ", normalise(query))
    wanted = []
    for found in _WRITTEN.finditer(text):
        number, unit = found[1].rstrip(",."), found[2] or found[3]
        wanted.append(measures_of(f"{number}{unit}"))
    rest = re.sub(r"(?<!\S)\d+(?!\S)", " ", _WRITTEN.sub(" ", text))
    return " ".join(rest.split()), tuple(labels for labels in wanted if labels)


def _label(amount: Amount) -> str:
    quantity = amount.quantity
    return f"{amount.measure}{quantity.numerator if quantity.denominator == 1 else float(quantity)}"
