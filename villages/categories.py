"""The sorts of goods and programs a village posts, and what each usually is for the tax and the law's table."""

from villages import legal_notices
from villages.listings import Kind, Tax

GOODS_CATEGORIES = (
    "과일", "채소", "나물", "버섯", "곡식", "꿀", "축산", "차", "장류", "김치", "즙·음료", "한과·떡", "가공",
)  # fmt: skip
PROGRAM_CATEGORIES = ("체험", "숙박")

USUALLY_TAXED = frozenset({"차", "장류", "김치", "즙·음료", "한과·떡", "가공"})
"""Made food. What comes as it grew (미가공식료품) is exempt: 부가가치세법 제26조 제1항 제1호."""

# Looked through in this order: 배추김치 is kimchi and 사과즙 is juice, whatever they are made of.
_WORDS: dict[str, tuple[str, ...]] = {
    "김치": ("김치", "깍두기"),
    "장류": ("된장", "간장", "고추장", "청국장", "쌈장", "메주 ", "메줏"),
    "즙·음료": ("즙", "주스", "음료", "식혜", "원액"),
    "가공": ("기름", "가루", "잼", "장아찌", "건조", "비누", "청 ", "환 "),
    "한과·떡": ("한과", "떡", "유과", "강정", "송편"),
    "차": ("차 ", "꽃차", "녹차", "둥굴레차", "쌍화"),
    "꿀": ("꿀 ", "벌꿀", "야생화꿀", "아카시아꿀", "화분"),
    "축산": ("한우", "돼지", "달걀", "계란", "유정란", "오리고기", "닭"),
    "버섯": ("버섯", "표고", "느타리", "새송이"),
    "나물": ("나물", "고사리", "취 ", "시래기", "두릅"),
    "채소": (
        "감자", "고구마", "배추", "무 ", "고추", "마늘", "양파", "쪽파", "대파", "상추", "토마토", "오이", "호박", "생강",
        "옥수수", "부추", "도라지", "더덕", "당근", "시금치",
    ),
    "과일": (
        "사과", "배 ", "감 ", "단감", "대봉", "곶감", "건시", "포도", "머스캣", "복숭아", "복분자", "오디", "블루베리", "딸기", "수박",
        "매실", "대추", "밤 ", "멜론", "자두", "참외",
    ),
    "곡식": ("쌀", "현미", "흑미", "보리", "콩", "팥", "귀리", "수수", "기장", "들깨", "참깨", "임자", "서리태", "잡곡", "찹쌀"),
}  # fmt: skip


def category_of(name: str) -> str | None:
    """What the name itself says it is ("햅쌀 10kg" is 곡식); None when it says nothing."""
    text = f"{name} "
    for category, words in _WORDS.items():
        if any(word in text for word in words):
            return category
    return None


def usual_tax(category: str) -> Tax:
    return Tax.taxable if category in USUALLY_TAXED else Tax.exempt


def notice_kind(kind: Kind, category: str, tax: Tax) -> legal_notices.Kind:
    """Which of the law's tables a listing shows: produce as it grew is tax-exempt, made food is not."""
    if kind == Kind.program:
        return "stay" if category == "숙박" else "experience"
    return "processed" if tax == Tax.taxable else "produce"
