"""Whether the name in the bank's list is a name on an order: as people write it, and as banks print it."""

import re
import unicodedata

from rapidfuzz.distance import OSA

from market.finding.hangul import jamo

KINDS_OF_COMPANY = re.compile(
    r"\((주|유|사|재|합|자|농|협|株)\)|주식회사|유한회사|농업회사법인|영농조합법인|영농조합"
)
BRACKETS = re.compile(r"[(\[{〈《「<][^()\[\]{}〈〉《》「」<>]*[)\]}〉》」>]?")
NUMBER = re.compile(r"(?<!\d)(\d{6})[-\s]?(\d{6})(?!\d)", re.ASCII)
SHORTEST_CUT = 10
"""Banks cut long names to a fixed width, ten bytes (five syllables) at the least; what is shorter was not cut."""


def name_key(text: str) -> str:
    """Signs that two writings of one name share: NFKC, no case, spaces, brackets or kind of company; maybe empty."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    plain = KINDS_OF_COMPANY.sub("", plain)
    outside = re.sub(r"[\W_]", "", BRACKETS.sub("", plain))
    key = outside or re.sub(r"[\W_]", "", plain)
    return key.removesuffix("님") if len(key) > 2 else key


def same_name(printed: str, wanted: str) -> bool:
    """Both are keys. `printed` is the bank's, and may be the beginning of a longer name."""
    if not printed or not wanted:
        return False
    return printed == wanted or (_width(printed) >= SHORTEST_CUT and wanted.startswith(printed))


def near_name(printed: str, wanted: str) -> bool:
    """One is part of the other, or a letter or two differ: for a person to look at, never to decide by."""
    if len(printed) < 2 or len(wanted) < 2:
        return False
    if printed in wanted or wanted in printed:
        return True
    return OSA.distance(jamo(printed), jamo(wanted), score_cutoff=2) <= 2


def order_numbers(text: str) -> set[str]:
    """Numbers of orders written into a name or a remark: "261121-012345", "261121012345"."""
    plain = unicodedata.normalize("NFKC", text)
    return {f"{day}-{count}" for day, count in NUMBER.findall(plain)}


def _width(text: str) -> int:
    return sum(1 if sign.isascii() else 2 for sign in text)
