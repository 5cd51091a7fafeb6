"""Korean letters taken apart: choseong, jamo, the dubeolsik keyboard both ways, Latin spelling."""

import unicodedata
from functools import lru_cache

_FIRST, _LAST = 0xAC00, 0xD7A3
_INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_FINALS = ["", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"]
# Letters typed with several strokes; the doubled consonants only when a half-typed word is compared.
_STROKES = {"ㅘ": "ㅗㅏ", "ㅙ": "ㅗㅐ", "ㅚ": "ㅗㅣ", "ㅝ": "ㅜㅓ", "ㅞ": "ㅜㅔ", "ㅟ": "ㅜㅣ", "ㅢ": "ㅡㅣ"}
_STROKES |= {"ㄳ": "ㄱㅅ", "ㄵ": "ㄴㅈ", "ㄶ": "ㄴㅎ", "ㄺ": "ㄹㄱ", "ㄻ": "ㄹㅁ", "ㄼ": "ㄹㅂ", "ㄽ": "ㄹㅅ"}
_STROKES |= {"ㄾ": "ㄹㅌ", "ㄿ": "ㄹㅍ", "ㅀ": "ㄹㅎ", "ㅄ": "ㅂㅅ"}
_DOUBLED = {"ㄲ": "ㄱㄱ", "ㄸ": "ㄷㄷ", "ㅃ": "ㅂㅂ", "ㅆ": "ㅅㅅ", "ㅉ": "ㅈㅈ"}
_TOGETHER = {strokes: letter for letter, strokes in _STROKES.items()}

_KEYS = dict(
    zip("qwertyuiopasdfghjklzxcvbnm", "ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔㅁㄴㅇㄹㅎㅗㅓㅏㅣㅋㅌㅊㅍㅠㅜㅡ", strict=True)
)
_KEYS |= dict(zip("QWERTOP", "ㅃㅉㄸㄲㅆㅒㅖ", strict=True))
_KEY_OF = {letter: key for key, letter in _KEYS.items()}

_LATIN_INITIALS = "g kk n d tt r m b pp s ss  j jj ch k t p h".split(" ")
_LATIN_VOWELS = "a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i".split()
_LATIN_FINALS = " k k k n n n t l k m l l l p l m p p t t ng t t k t p t".split(" ")


def normalise(text: str) -> str:
    """NFC, full-width and squared signs (㎏, Ａ) made plain; single jamo are left as typed.

    The case stays: the layout needs Shift.
    """
    if unicodedata.is_normalized("NFKC", text):
        return text.strip()  # most texts are; to see that is many times faster than to go through their signs
    composed = unicodedata.normalize("NFC", text)
    return "".join(
        sign if "\u3130" <= sign <= "\u318f" else unicodedata.normalize("NFKC", sign) for sign in composed
    ).strip()


def is_syllable(sign: str) -> bool:
    return _FIRST <= ord(sign) <= _LAST


def is_choseong(text: str) -> bool:
    """Consonants alone, at least one: ㄱㄱ."""
    return bool(text) and all(sign in _INITIALS for sign in text)


def _parts(syllable: str) -> tuple[int, int, int]:
    code = ord(syllable) - _FIRST
    return code // 588, code // 28 % 21, code % 28


def choseong(text: str) -> str:
    """곶감 → ㄱㄱ; other signs drop out."""
    return "".join(map(_initial, text))


@lru_cache(maxsize=12_000)
def _initial(sign: str) -> str:
    return _INITIALS[_parts(sign)[0]] if is_syllable(sign) else ""


def jamo(text: str) -> str:
    """Strokes of the keyboard, compound letters split: 쌍화차 → ㅆㅏㅇㅎㅗㅏㅊㅏ."""
    return "".join(map(_letters, text))


def half_typed(text: str) -> str:
    """`jamo` with doubled consonants split too, so that 들ㄱ begins 들깨: the form prefixes are compared in."""
    return "".join(map(_single_letters, text))


@lru_cache(maxsize=12_000)
def _single_letters(sign: str) -> str:
    return "".join(_DOUBLED.get(letter, letter) for letter in _letters(sign))


@lru_cache(maxsize=12_000)  # all syllables there are
def _letters(sign: str) -> str:
    if not is_syllable(sign):
        return _STROKES.get(sign, sign)
    initial, vowel, final = _parts(sign)
    letters = (_INITIALS[initial], _VOWELS[vowel], _FINALS[final])
    return "".join(_STROKES.get(letter, letter) for letter in letters)


def keys_of(text: str) -> str:
    """What the same strokes give on a Latin keyboard: 쌍화차 → Tkdghkck, ㅏㅑㅡ초ㅑ → kimchi."""
    return "".join(_KEY_OF.get(letter, letter) for letter in jamo(text))


def hangul_of(keys: str) -> str:
    """Latin keys as dubeolsik: Tkdghkck → 쌍화차. Capitals without a letter of their own count as small."""
    strokes = [_KEYS.get(key) or _KEYS.get(key.lower(), key) for key in keys]
    return compose("".join(strokes))


def shifts(keys: str) -> list[str]:
    """As typed, and before it with the other case where Caps Lock was likely on: RHWRKA is rhwrka, tKDGHK Tkdghk."""
    is_caps = 2 * sum(map(str.isupper, keys)) > sum(map(str.isalpha, keys))
    return [keys.swapcase(), keys] if is_caps else [keys]


def compose(strokes: str) -> str:
    """Single jamo put together as a Korean keyboard does; a consonant before a vowel opens the next syllable."""
    out: list[str] = []
    at = 0
    while at < len(strokes):
        initial = strokes[at]
        if initial not in _INITIALS or at + 1 >= len(strokes) or strokes[at + 1] not in _VOWELS:
            out.append(initial)
            at += 1
            continue
        vowel, at = _widest(strokes, at + 1, _VOWELS)
        final = ""
        if at < len(strokes) and strokes[at] in _FINALS and not _opens_syllable(strokes, at):
            final, after = _widest(strokes, at, _FINALS)
            if len(strokes[at:after]) == 2 and _opens_syllable(strokes, at + 1):
                final, after = strokes[at], at + 1
            at = after
        code = (_INITIALS.index(initial) * 21 + _VOWELS.index(vowel)) * 28 + _FINALS.index(final)
        out.append(chr(_FIRST + code))
    return "".join(out)


def _widest(strokes: str, at: int, letters: str | list[str]) -> tuple[str, int]:
    pair = _TOGETHER.get(strokes[at : at + 2], "")
    return (pair, at + 2) if pair and pair in letters else (strokes[at], at + 1)


def _opens_syllable(strokes: str, at: int) -> bool:
    return strokes[at] in _INITIALS and at + 1 < len(strokes) and strokes[at + 1] in _VOWELS


def romanised(text: str) -> str:
    """Letter by letter in the Revised Romanization, sound changes left out: 곶감 → gotgam. For searching only."""
    return "".join(map(_in_latin, text))


@lru_cache(maxsize=12_000)
def _in_latin(sign: str) -> str:
    if not is_syllable(sign):
        return sign.lower()
    initial, vowel, final = _parts(sign)
    return _LATIN_INITIALS[initial] + _LATIN_VOWELS[vowel] + _LATIN_FINALS[final]
