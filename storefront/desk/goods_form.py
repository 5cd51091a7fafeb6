"""The form of goods: its fields as words, read into an offer or refused with a sentence for each."""

from collections.abc import Mapping

from starlette.datastructures import FormData

from market.goods_edits import MOST_VARIANTS, GoodsOffer, VariantOffer
from storefront.web import text_of
from villages.categories import GOODS_CATEGORIES, category_of, notice_kind, usual_tax
from villages.goods_defaults import GoodsDefaults, filled_notice
from villages.legal_notices import NOTICE_ROWS
from villages.listings import Kind, Listing, Tax, Variant
from villages.publications import BUSINESS_ROW
from villages.refusals import BadForm
from villages.unit_prices import readings

Typed = dict[str, str]
"""A form as typed: field → words. What a template shows again after a mistake."""

LENGTHS = {
    "name": 80, "category": 20, "tax": 10, "origin": 60, "summary": 120, "story": 5000, "withdrawal_limit": 200,
    "is_fresh": 1, "ships_cold": 1, "no_islands": 1, "dates": 200, "seen_in_photos": 250,
}  # fmt: skip
VARIANT_LENGTHS = {"id": 20, "name": 60, "unit": 40, "unit_own": 40, "price": 20, "stock": 20, "off": 1}
NOTICE_KEYS = sorted(
    {row.key for kind in ("produce", "processed") for row in NOTICE_ROWS[kind]} | {BUSINESS_ROW}
)
MOST_WON = 100_000_000
MOST_STOCK = 1_000_000
LABELS = {
    "name": "이름", "category": "분류", "tax": "농산물·가공식품", "origin": "원산지", "summary": "한 줄 소개",
    "story": "설명", "withdrawal_limit": "청약철회 제한", "is_fresh": "신선식품", "ships_cold": "아이스박스",
    "no_islands": "제주·도서 배송",
}  # fmt: skip
VARIANT_LABELS = {"name": "종류 이름", "unit": "무게·단위", "price": "값", "off": "그만 팔기"}


def typed_of(form: FormData) -> Typed:
    typed = {name: text_of(form, name, most=most) for name, most in LENGTHS.items()}
    typed |= {f"notice-{key}": text_of(form, f"notice-{key}", most=500) for key in NOTICE_KEYS}
    for place in range(MOST_VARIANTS):
        typed |= {
            f"v{place}-{name}": text_of(form, f"v{place}-{name}", most=most)
            for name, most in VARIANT_LENGTHS.items()
        }
    return typed


def typed_from(listing: Listing, variants: list[Variant]) -> Typed:
    """What is stored, as the form shows it."""
    typed: Typed = {
        name: str(getattr(listing, name)) for name in ("name", "category", "origin", "summary", "story")
    }
    typed |= {"tax": listing.tax.value, "withdrawal_limit": listing.withdrawal_limit}
    typed |= {
        name: "1" if getattr(listing, name) else "" for name in ("is_fresh", "ships_cold", "no_islands")
    }
    typed |= {f"notice-{key}": str(listing.notice_rows.get(key, "")) for key in NOTICE_KEYS}
    for place, variant in enumerate(variants[:MOST_VARIANTS]):
        typed |= {
            f"v{place}-id": str(variant.id), f"v{place}-name": variant.name, f"v{place}-unit": variant.unit_text,
            f"v{place}-price": str(variant.price), f"v{place}-off": "1" if variant.withdrawn_at else "",
        }  # fmt: skip
    return typed


def typed_new(defaults: GoodsDefaults) -> Typed:
    """A new form. Category and kind are left open, the name will tell them."""
    return {
        "v0-unit": defaults.unit_text,
        "v0-stock": "10",
    }


def offer_of(typed: Typed, defaults: GoodsDefaults | None = None) -> GoodsOffer:
    """The checked offer. With `defaults` (a new item) blank fields are filled from them. Raises `BadForm`."""
    errors: dict[str, str] = {}
    if not typed["name"]:
        errors["name"] = "이름을 적어 주세요. 예: 꿀사과 5kg"
    category = typed["category"]
    if not category and defaults:
        category = category_of(typed["name"]) or defaults.category
    if category not in GOODS_CATEGORIES:
        errors["category"] = "분류를 골라 주세요."
    tax = Tax(typed["tax"]) if typed["tax"] in set(Tax) else usual_tax(category)
    variants = _variants(typed, errors)
    if errors:
        raise BadForm(fields=errors)
    # Produce grew in the village; what made food is made of is never guessed, and asked before it goes on sale.
    usual_origin = defaults.origin if defaults and tax == Tax.exempt else ""
    origin = typed["origin"] or usual_origin
    return GoodsOffer(
        name=typed["name"], category=category, tax=tax, origin=origin, variants=variants, summary=typed["summary"],
        story=typed["story"], withdrawal_limit=typed["withdrawal_limit"], is_fresh=bool(typed["is_fresh"]),
        ships_cold=bool(typed["ships_cold"]), no_islands=bool(typed["no_islands"]),
        notice_rows=_notice(typed, defaults, category, tax, origin, variants),
    )  # fmt: skip


def differences(mine: Typed, stored: Typed) -> list[tuple[str, str, str]]:
    """Where two texts of one item differ: (label, what is stored now, what was typed)."""
    labels = LABELS | {
        f"notice-{row.key}": row.label for kind in ("produce", "processed") for row in NOTICE_ROWS[kind]
    }
    for place in range(MOST_VARIANTS):
        labels |= {f"v{place}-{name}": f"{place + 1}번째 {label}" for name, label in VARIANT_LABELS.items()}
    return [
        (label, stored.get(name, ""), mine.get(name, ""))
        for name, label in labels.items()
        if stored.get(name, "") != mine.get(name, "")
    ]


def whole_number(text: str) -> int | None:
    """ "12,000", "12000원", full-width digits; None for anything else."""
    plain = text.replace(",", "").replace(" ", "").removesuffix("원")
    return int(plain) if plain.isdecimal() and len(plain) < 12 else None


def _variants(typed: Typed, errors: dict[str, str]) -> tuple[VariantOffer, ...]:
    found: list[VariantOffer] = []
    for place in range(MOST_VARIANTS):
        row = {name: typed.get(f"v{place}-{name}", "") for name in VARIANT_LENGTHS}
        if place and not any(row[name] for name in ("id", "name", "price", "unit")):
            continue
        price, count = whole_number(row["price"]), whole_number(row["stock"] or "0")
        if price is None or not 1 <= price <= MOST_WON:
            errors[f"v{place}-price"] = "값을 숫자로 적어 주세요. 예: 24,000"
        if count is None or count > MOST_STOCK:
            errors[f"v{place}-stock"] = "남은 개수를 숫자로 적어 주세요."
        unit = row["unit_own"] or _unit_in(typed["name"] if not place else row["name"]) or row["unit"]
        if row["id"]:
            unit = row["unit"]
        found.append(
            VariantOffer(
                name=row["name"] or unit or "한 개", unit_text=unit, price=price or 0, stock=count or 0,
                id=int(row["id"]) if row["id"].isdecimal() else None, is_withdrawn=bool(row["off"]),
            )
        )  # fmt: skip
    return tuple(found)


def _unit_in(name: str) -> str:
    """The amount that a name says itself ("꿀사과 5kg"): it wins over a chip that was chosen beforehand."""
    first = next(iter(readings(name)), None)
    if first is None:
        return ""
    unit, _, _ = first
    words = [word for word in name.split() if unit in word.lower()]
    return words[-1] if words else ""


def _notice(
    typed: Mapping[str, str], defaults: GoodsDefaults | None, category: str, tax: Tax, origin: str,
    variants: tuple[VariantOffer, ...],
) -> dict[str, str]:  # fmt: skip
    kind = notice_kind(Kind.goods, category, tax)
    rows = {key: typed.get(f"notice-{key}", "") for key in NOTICE_KEYS}
    if defaults is None:
        known = [row.key for row in NOTICE_ROWS[kind]] + ([BUSINESS_ROW] if kind == "processed" else [])
        return {key: rows.get(key, "") for key in known}
    rows["dates"] = rows["dates"] or typed.get("dates", "")
    contents = ", ".join(dict.fromkeys(variant.unit_text or variant.name for variant in variants))
    return filled_notice(
        kind, rows, defaults, name=typed["name"], category=category, contents=contents, origin=origin
    )
