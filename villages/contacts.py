"""How to reach people: names, phones, postcodes and mail as they are stored, shown and hidden.

Every `read_…` function takes what a person typed and returns what is stored, or raises BadValue with a sentence
for the person.
"""

import re
import unicodedata

NAME_LIMIT = 40
EMAIL_LIMIT = 120  # as wide as the columns that keep one

# First digits -> how the digits are grouped; the last group has always four.
_PHONE_SHAPES = tuple(
    re.compile(pattern)
    for pattern in (
        r"(01[016789])(\d{3,4})(\d{4})",  # mobile
        r"(02)(\d{3,4})(\d{4})",  # Seoul
        r"(050\d)(\d{3,4})(\d{4})",  # safe numbers
        r"(070|080)(\d{3,4})(\d{4})",  # internet, free of charge
        r"(03[1-3]|04[1-4]|05[1-5]|06[1-4])(\d{3,4})(\d{4})",  # the provinces
        r"(1[5-9]\d\d)(\d{4})",  # 1588-0000
    )
)
_EMAIL = re.compile(
    r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]",
    re.I,
)


class BadValue(ValueError):
    """What was typed cannot be used; the sentence says how to mend it."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)


def tidy(typed: str) -> str:
    """NFC, on one line, without control and invisible characters, single spaces."""
    line = re.sub(r"\s+", " ", unicodedata.normalize("NFC", typed))
    if line.isprintable():
        return line.strip()
    return "".join(sign for sign in line if unicodedata.category(sign) not in {"Cc", "Cf", "Cs"}).strip()


def read_name(typed: str, *, limit: int = NAME_LIMIT) -> str:
    """One field for any name: "김순자", "정읍상회 김OO"."""
    name = tidy(typed)
    if not name:
        raise BadValue("이름을 적어 주세요.")
    if len(name) > limit:
        raise BadValue(f"이름은 {limit}자까지 적을 수 있습니다.")
    return name


def read_phone(typed: str) -> str:
    """Digits only: "010-1234-5678", "+82 10 1234 5678" and full-width digits become "01012345678"."""
    text = unicodedata.normalize("NFKC", tidy(typed))
    if not text:
        raise BadValue("전화번호를 적어 주세요.")
    if re.search(r"[^\d\s+().\-‐‑–—~/]", text):
        raise BadValue("전화번호는 숫자로 적어 주세요. 예: 010-1234-5678")
    digits = re.sub(r"[^0-9]", "", text)
    if text.startswith(("+82", "0082", "(+82")):
        digits = "0" + digits.removeprefix("00").removeprefix("82").removeprefix("0")
    # Real data has 0507-1407-542: its eleven digits could be grouped, but one is missing.
    if not _phone_groups(digits) or len(re.findall(r"[0-9]+", text)[-1]) < 4:
        raise BadValue("전화번호의 숫자가 모자라거나 남습니다. 예: 010-1234-5678, 063-123-4567")
    return digits


def phone_text(digits: str) -> str:
    """Stored digits with dashes; what has no known shape is shown as it is."""
    return "-".join(_phone_groups(digits) or (digits,))


def masked_phone(digits: str) -> str:
    """ "010-****-5678"."""
    groups = _phone_groups(digits) or ("", digits[:-4], digits[-4:])
    if len(groups) == 2:
        return f"{groups[0]}-****"
    return "-".join((groups[0], "*" * len(groups[1]), groups[2])).strip("-")


def _phone_groups(digits: str) -> tuple[str, ...] | None:
    return next((found.groups() for shape in _PHONE_SHAPES if (found := shape.fullmatch(digits))), None)


def masked_name(name: str) -> str:
    """ "김*수"; of two letters "김*". Spaces stay."""
    if len(name) <= 2:
        return name[:1] + "*" * (len(name) - 1)
    middle = "".join(" " if sign == " " else "*" for sign in name[1:-1])
    return name[0] + middle + name[-1]


def read_postcode(typed: str) -> str:
    """Five digits; full-width digits, spaces and brackets are fine."""
    digits = re.sub(r"[\s()\[\]\-]", "", unicodedata.normalize("NFKC", tidy(typed)))
    if re.fullmatch(r"[0-9]{6}", digits):
        raise BadValue("여섯 자리는 2015년까지 쓰던 옛 우편번호입니다. 지금 쓰는 다섯 자리를 적어 주세요.")
    if re.fullmatch(r"[0-9]{4}", digits):
        raise BadValue("우편번호는 다섯 자리입니다. 맨 앞의 0이 빠지지 않았는지 봐 주세요. 예: 01234")
    if not re.fullmatch(r"[0-9]{5}", digits):
        raise BadValue("우편번호 다섯 자리를 숫자로 적어 주세요. 예: 56190")
    return digits


def read_email(typed: str) -> str:
    """Checked for its shape only; the domain in small letters."""
    text = unicodedata.normalize("NFKC", tidy(typed))
    name, _, domain = text.rpartition("@")
    if (
        len(text) > EMAIL_LIMIT
        or not _EMAIL.fullmatch(text)
        or ".." in text
        or name[:1] == "."
        or name[-1:] == "."
    ):
        raise BadValue("메일 주소를 확인해 주세요. 예: hong@example.kr")
    return f"{name}@{domain.lower()}"
