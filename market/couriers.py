"""The couriers and their tracking numbers, as people copy them out of spreadsheets."""

import re
import unicodedata
from dataclasses import dataclass
from typing import NamedTuple

from villages.contacts import BadValue
from villages.refusals import BadForm


@dataclass(frozen=True, slots=True)
class Courier:
    code: str
    name: str
    lengths: frozenset[int]  # as seen in public validators; other lengths are warned of, never refused
    tracking_page: str
    also_called: tuple[str, ...] = ()

    def tracking_url(self, number: str) -> str:
        return self.tracking_page.format(number=number)


COURIERS: tuple[Courier, ...] = (
    Courier(
        "cj",
        "CJ대한통운",
        frozenset({10, 11, 12}),
        "https://www.cjlogistics.com/ko/tool/parcel/tracking?gnbInvcNo={number}",
        ("대한통운", "CJ택배", "CJGLS", "CJ", "04"),
    ),
    Courier(
        "epost",
        "우체국택배",
        frozenset({13}),
        "https://service.epost.go.kr/trace.RetrieveDomRigiTraceList.comm?sid1={number}",
        ("우체국", "우편", "EPOST", "01"),
    ),
    Courier(
        "hanjin",
        "한진택배",
        frozenset({10, 11, 12, 14}),
        "https://www.hanjin.com/kor/CMS/DeliveryMgr/WaybillResult.do?mCode=MN038&schLang=KR&wblnumText2={number}",
        ("한진", "HANJIN", "05"),
    ),
    Courier(
        "lotte",
        "롯데택배",
        frozenset({11, 12, 13}),
        "https://www.lotteglogis.com/home/reservation/tracking/linkView?InvNo={number}",
        ("롯데", "현대택배", "LOTTE", "HYUNDAI", "08"),
    ),
    Courier(
        "logen",
        "로젠택배",
        frozenset({11}),
        "https://www.ilogen.com/web/personal/trace/{number}",
        ("로젠", "LOGEN", "KGB", "06"),
    ),
)


@dataclass(frozen=True, slots=True)
class TrackingNumber:
    number: str
    warning: str | None = None  # something looks odd; the operator decides


def courier_called(name: str) -> Courier | None:
    """By our code, its name or what spreadsheets call it."""
    wanted = re.sub(r"\s", "", name).casefold()
    for courier in COURIERS:
        if wanted in {word.casefold() for word in (courier.code, courier.name, *courier.also_called)}:
            return courier
    return None


def code_of(name: str) -> str:
    """The short word that is kept of a courier that people call by any of its names; empty for an unknown one."""
    known = courier_called(name)
    return known.code if known else ""


class Sent(NamedTuple):
    courier: str
    tracking_url: str


def sent_by(kept: str, tracking: str) -> Sent:
    """A courier as people call it, and where its parcel can be followed; a courier unknown to us stays as written."""
    known = courier_called(kept) if kept else None
    return Sent(known.name, known.tracking_url(tracking) if tracking else "") if known else Sent(kept, "")


def read_tracking(courier: str, typed: str) -> str:
    """The number alone, for a form: raises BadForm naming the field. Whoever shows the warning too asks below."""
    known = courier_called(courier)
    if known is None:
        raise BadForm(fields={"courier": "택배사를 목록에서 골라 주세요."})
    try:
        return read_tracking_number(known, typed).number
    except BadValue as bad:
        raise BadForm(bad.sentence, fields={"tracking": bad.sentence}) from bad


def read_tracking_number(courier: Courier, typed: str) -> TrackingNumber:
    """Digits only. Raises BadValue where the number is lost (Excel's 6.12E+11) or is none.

    An odd length only warns: no courier publishes its rule. The check digits are left alone for the same reason.
    """
    text = unicodedata.normalize("NFKC", typed).strip().lstrip("'’`").strip()
    if re.fullmatch(r"\d([.,]\d+)?\s*[eE]\s*\+?\s*\d+", text):
        raise BadValue(
            f"엑셀이 송장번호를 {text}(으)로 바꾸어 뒷자리가 사라졌습니다. "
            "그 칸의 서식을 '텍스트'로 바꾸고 번호를 다시 넣어 주세요."
        )
    # Spreadsheet readers hand whole numbers over as 612345678901.0.
    digits = re.sub(r"[\s\-‐‑–—.]", "", re.sub(r"\.0+$", "", text))
    if not re.fullmatch(r"[0-9]{1,20}", digits):
        raise BadValue("송장번호는 숫자로 적어 주세요. 예: 6123-4567-8901")
    return TrackingNumber(digits, _length_warning(courier, digits))


def _length_warning(courier: Courier, digits: str) -> str | None:
    if len(digits) in courier.lengths:
        return None
    usual = ", ".join(str(length) for length in sorted(courier.lengths))
    hint = " 앞자리 0이 빠지지 않았는지 봐 주세요." if len(digits) + 1 in courier.lengths else ""
    return f"{courier.name} 송장번호는 보통 {usual}자리인데 {len(digits)}자리입니다.{hint}"
