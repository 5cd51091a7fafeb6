"""How much is in a pack, read from the words on it, and what 100 g of it cost."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

Measure = Literal["g", "ml", "count"]

# Written unit → what one of it is. 근 is 600 g as for dried peppers and meat; 접, 판, 두름 … are trade counts.
_WEIGHTS: dict[str, int] = {"kg": 1000, "킬로그램": 1000, "킬로": 1000, "키로그램": 1000, "키로": 1000}
_WEIGHTS |= {"그램": 1, "g": 1, "톤": 1_000_000, "근": 600}
_VOLUMES: dict[str, int] = {"리터": 1000, "l": 1000, "밀리리터": 1, "ml": 1, "cc": 1}
_COUNTS: dict[str, int] = {"접": 100, "판": 30, "두름": 20, "축": 20, "쾌": 20, "톳": 100, "손": 2}
_CONTAINERS: tuple[str, ...] = ("포", "병", "봉지", "봉", "팩", "캔", "통", "박스", "상자", "세트")
_COUNTS |= dict.fromkeys(("개입", "개", "구", "과", "입", "알", "송이", "마리", "모", "수", "장", "단"), 1)
_COUNTS |= dict.fromkeys(_CONTAINERS, 1)

UNITS: dict[str, tuple[Measure, int]] = {
    **{word: ("g", size) for word, size in _WEIGHTS.items()},
    **{word: ("ml", size) for word, size in _VOLUMES.items()},
    **{word: ("count", size) for word, size in _COUNTS.items()},
}
_NUMBER = r"\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?"
_WORDS = "|".join(sorted(UNITS, key=len, reverse=True))
READING = re.compile(rf"({_NUMBER})\s*({_WORDS})(?![a-z가-힣])(?:\s*[×x*✕]\s*(\d+)\s*(?:[가-힣]{{1,2}})?)?")
_RANGE = re.compile(rf"(?:{_NUMBER})\s*(?:{_WORDS})?\s*[~∼〜-]\s*\d")


@dataclass(frozen=True, slots=True)
class Amount:
    measure: Measure
    quantity: Fraction  # grams, millilitres or pieces

    def __mul__(self, times: int) -> "Amount":
        return Amount(self.measure, self.quantity * times)


def plain_text(text: str) -> str:
    """Compatibility forms (㎏, ５) made plain, in small letters."""
    return unicodedata.normalize("NFKC", text).lower()


def readings(text: str) -> Iterator[tuple[str, Amount, int]]:
    """Every amount a text names, in its order: the written unit, one of them, how many times ("100ml×50")."""
    for found in READING.finditer(plain_text(text)):
        number, unit, times = found.groups()
        measure, size = UNITS[unit]
        yield unit, Amount(measure, Fraction(number.replace(",", "")) * size), int(times or 1)


def amount_of(text: str) -> Amount | None:
    """The whole content: weight before volume before count. None when it is unknown or could be read two ways.

    "1.5kg 40구" is 1.5 kg; "100ml 50포" is 5,000 ml, for juice is sold so; "300g 3봉" could be 300 or 900 g: None.
    A wrong unit price is worse than none.
    """
    if _RANGE.search(plain_text(text)):
        return None
    found = list(readings(text))
    for measure in ("g", "ml", "count"):
        place = next((at for at, (_, amount, _) in enumerate(found) if amount.measure == measure), None)
        if place is None:
            continue
        _, amount, times = found[place]
        if amount.quantity <= 0 or times <= 0:
            return None
        packs = _packs_after(found, place) if times == 1 and measure != "count" else 1
        if packs > 1 and measure == "g":
            return None
        return amount * times * packs
    return None


def _packs_after(found: list[tuple[str, Amount, int]], place: int) -> int:
    if place + 1 == len(found):
        return 1
    unit, amount, _ = found[place + 1]
    return int(amount.quantity) if unit in _CONTAINERS else 1


def unit_price_text(price: int, amount: Amount | None) -> str | None:
    """ "100g당 498원", rounded up to the won, so that a shopper never pays more than it says.

    Packs up to 100 g (tea, spice) are priced by 10 g, liquids by 100 ml, the rest by the piece. None when the amount is
    unknown or one single piece, whose price stands beside it anyway.
    """
    if amount is None or amount.quantity <= 0 or price < 0:
        return None
    if amount.measure == "count":
        return None if amount.quantity == 1 else f"1개당 {_per(price, amount, 1):,}원"
    base = 10 if amount.measure == "g" and amount.quantity <= 100 else 100
    return f"{base}{amount.measure}당 {_per(price, amount, base):,}원"


def _per(price: int, amount: Amount, base: int) -> int:
    exact = Fraction(price * base) / amount.quantity
    return -(-exact.numerator // exact.denominator)
