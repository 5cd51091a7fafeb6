"""What a new item of goods may take over from the village and its last item, so that little is left to type."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from villages.categories import notice_kind
from villages.contacts import phone_text
from villages.legal_notices import NONE, NOTICE_ROWS, Kind
from villages.listings import Kind as ListingKind
from villages.listings import Listing, Tax, Variant
from villages.publications import BUSINESS_ROW
from villages.village import Village

UNITS = ("500g", "1kg", "2kg", "3kg", "5kg", "10kg", "20kg")


@dataclass(frozen=True)
class GoodsDefaults:
    """The last item's habits; blank where the village has none yet. `origin` is the village's own produce's."""

    village: Village
    category: str = ""
    origin: str = ""
    unit_text: str = ""
    is_fresh: bool = False
    kind: Kind = "produce"
    notice_rows: Mapping[str, str] = field(default_factory=dict)


async def goods_defaults(village: Village) -> GoodsDefaults:
    """Two queries. Where it grew, how it is sent and what limits a return belong to that one item: not taken over."""
    origin = village.origin[:60] or "국산"
    last = await Listing.filter(village_id=village.id, kind=ListingKind.goods).order_by("-id").first()
    if last is None:
        return GoodsDefaults(village, origin=origin)
    variant = await Variant.filter(listing_id=last.id).order_by("position", "id").first()
    return GoodsDefaults(
        village=village,
        category=last.category,
        origin=origin,
        unit_text=variant.unit_text if variant else "",
        is_fresh=last.is_fresh,
        kind=notice_kind(last.kind, last.category, Tax(last.tax)),
        notice_rows=last.notice_rows,
    )


def date_choices(year: int) -> list[tuple[str, str]]:
    """Ready answers to the law's row of dates (sentence kept, words on the form); none has a gap to fill."""
    packed = "주문서 접수일을 기준으로 7일 이내에 포장한 상품만을 판매합니다"
    left = "상품 발송일을 기준으로 소비기한이 {days}일 이상 남은 상품만을 판매합니다"
    return [
        (f"{year}년 생산, {packed}", f"올해({year}년) 거둔 것, 주문 뒤 7일 안에 포장"),
        (f"{year - 1}년 생산, {packed}", f"작년({year - 1}년) 거둔 것, 주문 뒤 7일 안에 포장"),
        (left.format(days=7), "보낼 때 소비기한이 7일 이상 남은 것"),
        (left.format(days=90), "보낼 때 소비기한이 90일 이상 남은 것"),
    ]


def filled_notice(
    kind: Kind,
    typed: Mapping[str, str],
    defaults: GoodsDefaults,
    *,
    name: str,
    category: str,
    contents: str,
    origin: str,
) -> dict[str, str]:
    """The law's rows as typed; blank ones get what is known for certain or was said of the last item of its kind.

    Ingredients, the kind of food and other facts of this very item are never guessed: they stay blank.
    """
    known = _known(kind, defaults, name=name, category=category, contents=contents, origin=origin)
    keys = [*[row.key for row in NOTICE_ROWS[kind]], *([BUSINESS_ROW] if kind == "processed" else [])]
    return {key: typed.get(key, "").strip() or known.get(key, "") for key in keys}


def _known(
    kind: Kind, defaults: GoodsDefaults, *, name: str, category: str, contents: str, origin: str
) -> dict[str, str]:
    village = defaults.village
    last = defaults.notice_rows if defaults.kind == kind else {}
    alike = last if defaults.category == category else {}
    seller = village.company or village.name
    is_alike = defaults.is_fresh and defaults.category == category
    cool = "받으시면 바로 냉장 보관해 주세요" if is_alike else "직사광선을 피해 서늘한 곳에 두세요"
    return {
        "name": name,
        "content": contents,
        "composition": name if name.endswith(contents) else f"{name} {contents}",
        "producer": last.get("producer")
        or (f"{seller}, {village.address}" if kind == "processed" else seller),
        "origin": origin,
        "dates": alike.get("dates", ""),
        "storage": alike.get("storage") or cool,
        "phone": phone_text(village.phone) if village.phone else "",
        "safety": alike.get("safety") or NONE,
        "crop_marks": alike.get("crop_marks") or NONE,
        "livestock_marks": alike.get("livestock_marks") or (NONE if category != "축산" else ""),
        "imported": NONE,
        "nutrition": alike.get("nutrition", ""),
        "gmo": alike.get("gmo", ""),
        "food_type": alike.get("food_type", ""),
        BUSINESS_ROW: last.get(BUSINESS_ROW, ""),
    }
