"""Words a listing may not use: certified farming without its certificate, and cures (식품표시광고법 제8조)."""

import re
import unicodedata
from collections.abc import Collection, Iterator

_ORGANIC = frozenset({"유기농산물", "유기축산물", "유기가공식품"})
_NO_PESTICIDE = frozenset({"무농약농산물", "무농약원료가공식품"})

# Word → certificates that allow it; organic farming uses no pesticide either.
CERTIFIED_WORDS: dict[str, frozenset[str]] = {
    "유기농": _ORGANIC,
    "무농약": _ORGANIC | _NO_PESTICIDE,
    "친환경": _ORGANIC | _NO_PESTICIDE,
    "무항생제": frozenset({"무항생제", "무항생제축산물", "유기축산물"}),
}
_CURES = re.compile(
    r"치료|항암|암세포|암에좋|당뇨|고혈압|저혈압|혈압(?:에|을|강하)|동맥경화|관절염|치매|아토피|천식"
    r"|만병통치|특효|명약|(?<!병충해)(?<!병해충)(?<!화재)(?<!사고)예방"
)


def claim_problems(
    name: str, description: str, *, certificates: Collection[str] = (), village_name: str = ""
) -> list[str]:
    """A sentence for each word that needs a certificate in force or may not be said of food at all."""
    text = unicodedata.normalize("NFC", f"{name}\n{description}")
    if village_name:
        text = text.replace(village_name, "")
    tight = re.sub(r"[^\S\n]", "", text)
    return [*_uncertified(tight, certificates), *_cures(tight)]


def _uncertified(text: str, certificates: Collection[str]) -> Iterator[str]:
    held = {re.sub(r"\s", "", kind) for kind in certificates}
    for word, allowed in CERTIFIED_WORDS.items():
        if word in text and not held & allowed:
            yield f"'{word}'은(는) 인증이 있어야 쓸 수 있습니다. 인증 번호를 등록하거나 이 말을 빼 주세요."


def _cures(text: str) -> Iterator[str]:
    for word in dict.fromkeys(_CURES.findall(text)):
        yield f"'{word}'처럼 병에 좋다는 말은 식품에 쓸 수 없습니다. 맛이나 먹는 법으로 바꿔 주세요."
