"""What the law wants shown beside a listing (상품정보제공고시), and what stands in the way of publishing it.

Source: 전자상거래 등에서의 상품 등의 정보제공에 관한 고시, the forms in use after 2023.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

from villages.claims import claim_problems

Kind = Literal["produce", "processed", "experience", "stay"]


@dataclass(frozen=True, slots=True)
class NoticeRow:
    key: str
    label: str
    required: bool = True
    presets: tuple[str, ...] = ()
    may_be_none: bool = False  # "해당 없음" is an answer here


NONE = "해당 없음"
_DATES = NoticeRow(
    "dates",
    "제조연월일(포장일 또는 생산연도), 소비기한 또는 품질유지기한",
    presets=(
        "상품 발송일을 기준으로 소비기한이 ○일 이상 남은 상품만을 판매합니다",
        "주문서 접수일을 기준으로 ○일 이내에 제조된 상품만을 판매합니다",
    ),
)
_PHONE = NoticeRow("phone", "소비자상담 전화번호")
_IMPORT = NoticeRow(
    "imported", "수입식품안전관리특별법에 따른 수입신고", required=False, presets=(NONE,), may_be_none=True
)

NOTICE_ROWS: dict[Kind, tuple[NoticeRow, ...]] = {
    "produce": (
        NoticeRow("name", "품목 또는 명칭"),
        NoticeRow("content", "포장단위별 내용물의 용량(중량)·수량·크기"),
        NoticeRow("producer", "생산자"),
        NoticeRow("origin", "원산지"),
        _DATES,
        NoticeRow("crop_marks", "유전자변형 표시, 지리적표시", presets=(NONE,), may_be_none=True),
        NoticeRow("livestock_marks", "축산물 등급, 이력관리 대상 여부", False, (NONE,), True),
        _IMPORT,
        NoticeRow("composition", "상품구성"),
        NoticeRow("storage", "보관방법 또는 취급방법"),
        NoticeRow("safety", "소비자 안전을 위한 주의사항", presets=(NONE,), may_be_none=True),
        _PHONE,
    ),
    "processed": (
        NoticeRow("name", "제품명"),
        NoticeRow("food_type", "식품의 유형"),
        NoticeRow("producer", "생산자 및 소재지"),
        _DATES,
        NoticeRow("content", "포장단위별 내용물의 용량(중량)·수량"),
        NoticeRow("ingredients", "원재료명(원산지 포함) 및 함량"),
        NoticeRow("nutrition", "영양성분(대상 식품만)", False, (NONE,), True),
        NoticeRow("gmo", "유전자변형식품 해당 표시", presets=(NONE,), may_be_none=True),
        NoticeRow("safety", "소비자 안전을 위한 주의사항(알레르기 등)", presets=(NONE,), may_be_none=True),
        _IMPORT,
        _PHONE,
    ),
    "experience": (
        NoticeRow("provider", "서비스 제공 사업자"),
        NoticeRow("licences", "인증·허가 사항", presets=(NONE,), may_be_none=True),
        NoticeRow("terms", "이용조건(기간·인원·연령)"),
        NoticeRow("refunds", "취소·중도해지·환불 기준"),
        _PHONE,
    ),
    "stay": (
        NoticeRow("region", "국가 또는 지역"),
        NoticeRow("lodging", "숙소형태"),
        NoticeRow("room", "등급·객실"),
        NoticeRow("guests", "사용인원·추가비용"),
        NoticeRow("facilities", "부대시설", presets=(NONE,), may_be_none=True),
        NoticeRow("refunds", "취소규정"),
        NoticeRow("phone", "담당 연락처"),
    ),
}

# "상세페이지 참조" in every row is what sellers write and what we refuse.
_ELSEWHERE = re.compile(
    r"(상세|본문|상품|제품|포장|별도|이미지|사진|하단|상단|아래|위|라벨|설명|페이지|정보|내용)*[에를은의란]*"
    r"(참조|참고|별도표기|별도표시|표기|표시|확인)(하세요|해주세요|바랍니다|요망|요|함)?"
)


def rows_to_mend(kind: Kind, rows: Mapping[str, str]) -> list[NoticeRow]:
    """The rows that are blank or say nothing, in the order of the form; `rows` is keyed by NoticeRow.key."""
    return [row for row in NOTICE_ROWS[kind] if not _is_answered(row, rows.get(row.key) or "")]


def missing_rows(kind: Kind, rows: Mapping[str, str]) -> list[str]:
    """The labels of `rows_to_mend`, for people."""
    return [row.label for row in rows_to_mend(kind, rows)]


def _is_answered(row: NoticeRow, answer: str) -> bool:
    words = re.sub(r"[\W_]", "", unicodedata.normalize("NFC", answer))
    if not words:
        return not row.required and not answer.strip()
    if "○" in answer and any("○" in preset for preset in row.presets):
        return False  # a preset whose number nobody filled in
    if words in {"해당없음", "없음", "해당사항없음", "해당안됨"}:
        return row.may_be_none or not row.required
    return not _ELSEWHERE.fullmatch(words) and "상세페이지" not in words


@dataclass(frozen=True, slots=True)
class Draft:
    """What publishing looks at."""

    kind: Kind
    name: str
    description: str
    notice_rows: Mapping[str, str]
    certificates: Collection[str] = ()  # kinds in force today
    village_name: str = ""  # may hold 유기농 without claiming it
    origin: str = ""
    prices: Collection[int] = ()
    pictures_without_words: int = 0
    pictures: int = 1
    withdrawal_limited: bool = False  # 청약철회 제한: fresh or made to order
    withdrawal_reason: str = ""
    food_business_no: str = ""
    seller_is_complete: bool = True
    ladder_is_set: bool = True


def publish_problems(draft: Draft) -> list[str]:
    """Every sentence that stands between a draft and its publication; none: it may be published."""
    goods = draft.kind in {"produce", "processed"}
    problems = [
        f"상품정보제공고시 '{label}' 칸을 채워 주세요."
        for label in missing_rows(draft.kind, draft.notice_rows)
    ]
    problems += claim_problems(
        draft.name, draft.description, certificates=draft.certificates, village_name=draft.village_name
    )
    checks = (
        (not draft.name.strip(), "이름을 적어 주세요."),
        (goods and not draft.origin.strip(), "원산지를 적어 주세요."),
        (not draft.prices or min(draft.prices, default=0) <= 0, "값을 1원보다 크게 적어 주세요."),
        (draft.pictures < 1, "사진을 한 장 이상 올려 주세요."),
        (draft.pictures_without_words > 0, "사진마다 무엇이 보이는지 적어 주세요."),
        (
            draft.withdrawal_limited and not draft.withdrawal_reason.strip(),
            "청약철회를 제한하려면 그 까닭을 적어 주세요. 주문 단추 옆에 보입니다.",
        ),
        (
            draft.kind == "processed" and not draft.food_business_no.strip(),
            "가공식품은 마을의 식품제조가공업(즉석판매제조가공업) 번호가 있어야 합니다.",
        ),
        (
            not draft.seller_is_complete,
            "마을의 판매자 정보(상호, 대표자, 사업자등록번호, 통신판매업 신고)를 채워 주세요.",
        ),
        (not goods and not draft.ladder_is_set, "환불 기준을 골라 주세요."),
    )
    return problems + [sentence for is_wrong, sentence in checks if is_wrong]
