"""물건: the village's goods, a new item in two typed fields, its edit page, and the count of a shelf."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from tortoise import connections

from market.goods_edits import MOST_VARIANTS, create_goods, update_goods
from market.shelf_counts import count_shelf, own_goods
from market.wishes.window import waiting_for
from market.worklist import open_tasks
from storefront.desk.desk_page import own_villages, render_desk, signature, village_to_write_for
from storefront.desk.goods_form import (
    Typed,
    differences,
    offer_of,
    typed_from,
    typed_new,
    typed_of,
    whole_number,
)
from storefront.desk.uploads import Uploaded, keep_uploads, sealed_pictures
from storefront.web import form_of, own_path, path_id, see_other, text_of, visit_of
from villages.categories import GOODS_CATEGORIES, notice_kind
from villages.days import seoul_day
from villages.goods_defaults import UNITS, GoodsDefaults, date_choices, goods_defaults
from villages.legal_notices import NOTICE_ROWS
from villages.listing_edits import is_on_sale, new_key, own_listing
from villages.listings import Kind, Listing
from villages.people import Permission
from villages.publications import BUSINESS_ROW, NotReady, problems_of
from villages.refusals import BadForm, OutOfStock, Stale

MAY_EDIT = Permission.edit_listings
PRODUCE_KEYS = {row.key for row in NOTICE_ROWS["produce"]}


async def index(request: Request) -> Response:
    return await _list(request)


async def new(request: Request) -> Response:
    defaults = await goods_defaults(await village_to_write_for(request, MAY_EDIT))
    return await _new_form(request, defaults, typed_new(defaults), Uploaded(), key=new_key())


async def create(request: Request) -> Response:
    """The draft is kept first; its own page shows it and has the button that puts it on sale."""
    form = form_of(request)
    typed, key = typed_of(form), text_of(form, "key")
    village = await village_to_write_for(request, MAY_EDIT, text_of(form, "village_id"))
    defaults = await goods_defaults(village)
    uploaded = await keep_uploads(request, words=typed["seen_in_photos"] or typed["name"] or "물건 사진")
    try:
        if uploaded.refused:
            raise BadForm(fields={"photos": " ".join(dict.fromkeys(uploaded.refused))})
        listing = await create_goods(
            offer_of(typed, defaults), village_id=village.id, key=key, picture_ids=uploaded.ids,
            by=signature(request), now=visit_of(request).now,
        )  # fmt: skip
    except BadForm as bad:
        return await _new_form(request, defaults, typed, uploaded, key=key, mistakes=_mistakes(bad))
    return see_other(f"/desk/goods/{listing.id}")


async def edit(request: Request) -> Response:
    listing = await own_listing(path_id(request), Kind.goods, village_ids=own_villages(request, MAY_EDIT))
    return await show_goods(request, listing)


async def update(request: Request) -> Response:
    listing_id, ids = path_id(request), own_villages(request, MAY_EDIT)
    listing = await own_listing(listing_id, Kind.goods, village_ids=ids)
    form = form_of(request)
    typed, version = typed_of(form), whole_number(text_of(form, "version")) or 0
    try:
        await update_goods(
            listing_id, offer_of(typed), village_ids=ids, version=version, by=signature(request), now=visit_of(request).now
        )  # fmt: skip
    except BadForm as bad:
        return await show_goods(request, listing, typed, version=version, mistakes=_mistakes(bad), status=422)
    except NotReady as unready:
        return await show_goods(
            request, listing, typed, version=version, problems=unready.problems, status=422
        )
    except Stale:
        stored = typed_from(listing, await listing.variants.all())
        conflict = differences(typed, stored)
        return await show_goods(request, listing, typed, conflict=conflict, status=409)
    return see_other(f"/desk/goods/{listing_id}?saved=1")


async def restock(request: Request) -> Response:
    """남은 개수: what she counted, against what her screen had said."""
    form, variant_id = form_of(request), path_id(request)
    back = own_path(text_of(form, "back"), instead="/desk/goods")
    left, seen = whole_number(text_of(form, "left")), _signed(text_of(form, "seen"))
    try:
        if left is None or seen is None:
            raise BadForm("남은 개수를 숫자로 적어 주세요. 예: 12")
        await count_shelf(
            variant_id, left=left, seen=seen, key=text_of(form, "key"), village_ids=own_villages(request, MAY_EDIT),
            by=signature(request), now=visit_of(request).now,
        )  # fmt: skip
    except (BadForm, OutOfStock) as bad:
        return await _list(request, mistakes={f"left-{variant_id}": bad.sentence}, left=text_of(form, "left"))
    return see_other(back)


async def show_goods(
    request: Request, listing: Listing, typed: Typed | None = None, *, version: int | None = None,
    mistakes: dict[str, str] | None = None, problems: list[str] | None = None,
    conflict: list[tuple[str, str, str]] | None = None, status: int = 200,
) -> Response:  # fmt: skip
    """The item's page: preview, what stands in the way, photos, and the form with the person's own words."""
    variants = await listing.variants.all()
    shelves = await own_goods([listing.village_id], listing_id=listing.id)
    if problems is None:
        today = seoul_day(visit_of(request).now)
        problems = await problems_of(connections.get("default"), listing.id, today=today)
    kind = notice_kind(Kind.goods, listing.category, listing.tax)
    context: dict[str, Any] = {
        "listing": listing, "variants": shelves[0].variants, "typed": typed or typed_from(listing, variants),
        "version": version or listing.version, "problems": problems, "conflict": conflict or [],
        "notice_rows": NOTICE_ROWS[kind], "notice_kind": kind, "business_row": BUSINESS_ROW,
        "places": range(MOST_VARIANTS), "category_pairs": [(each, each) for each in GOODS_CATEGORIES], "mistakes": mistakes or {},
        "saved": request.query_params.get("saved", ""), "is_changed": typed is not None, "is_on_sale": is_on_sale(listing),
        "dates": date_choices(seoul_day(visit_of(request).now).year), "count_key": new_key(),
    }  # fmt: skip
    return await render_desk(request, "goods_edit", context, status=status)


async def _list(request: Request, *, mistakes: dict[str, str] | None = None, left: str = "") -> Response:
    ids = own_villages(request, Permission.see_village)
    items = await own_goods(ids)
    context = {
        "items": items, "tasks": await open_tasks(ids), "count_key": new_key(), "mistakes": mistakes or {}, "typed_left": left,
        "wishes": await waiting_for(ids), "may_edit": bool(own_villages(request, MAY_EDIT)),
    }  # fmt: skip
    return await render_desk(request, "goods", context, status=422 if mistakes else 200)


async def _new_form(
    request: Request, defaults: GoodsDefaults, typed: Typed, uploaded: Uploaded, *, key: str,
    mistakes: dict[str, str] | None = None,
) -> Response:  # fmt: skip
    context = {
        "typed": typed, "key": key, "defaults": defaults, "units": UNITS, "category_pairs": [(each, each) for each in GOODS_CATEGORIES],
        "dates": date_choices(seoul_day(visit_of(request).now).year), "places": range(1, MOST_VARIANTS),
        "kept": uploaded.pictures, "kept_photos": sealed_pictures(request, uploaded), "mistakes": mistakes or {},
        "notice_rows": NOTICE_ROWS["produce"], "village": defaults.village,
        "other_rows": [row for row in NOTICE_ROWS["processed"] if row.key not in PRODUCE_KEYS],
        "business_row": BUSINESS_ROW,
    }  # fmt: skip
    return await render_desk(request, "goods_new", context, status=422 if mistakes else 200)


def _mistakes(bad: BadForm) -> dict[str, str]:
    return bad.fields or {"": bad.sentence}


def _signed(text: str) -> int | None:
    number = whole_number(text.removeprefix("-"))
    return -number if number is not None and text.startswith("-") else number
