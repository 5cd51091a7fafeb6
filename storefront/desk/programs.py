"""체험: the village's programs, a new one, its edit page, and more dates for it."""

from datetime import timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from tortoise import connections

from market.program_times import update_program
from market.visitors import own_sessions
from market.wishes.window import waiting_for
from storefront.desk.desk_page import own_villages, render_desk, signature, village_to_write_for
from storefront.desk.goods_form import Typed, whole_number
from storefront.desk.programs_form import (
    PLACES,
    WEEKDAYS,
    differences,
    ladder_choices,
    offer_of,
    starts_of,
    typed_from,
    typed_new,
    typed_of,
)
from storefront.desk.uploads import Uploaded, keep_uploads, sealed_pictures
from storefront.web import form_of, path_id, see_other, text_of, visit_of
from villages import session_rules
from villages.categories import PROGRAM_CATEGORIES, notice_kind
from villages.days import seoul_day
from villages.legal_notices import NOTICE_ROWS
from villages.listing_edits import is_on_sale, new_key, own_listing
from villages.listings import Kind, Listing, Tax
from villages.people import Permission
from villages.program_edits import create_program
from villages.programs import PARTICIPANT_NAMES, ParticipantPrice
from villages.publications import NotReady, problems_of
from villages.refusals import BadForm, Stale
from villages.session_rules import check_starts
from villages.village import Village

MAY_EDIT = Permission.edit_listings
DAYS_SHOWN = timedelta(days=400)


async def index(request: Request) -> Response:
    ids = own_villages(request, Permission.see_village)
    programs = await (
        Listing.filter(village_id__in=ids, kind=Kind.program)
        .prefetch_related("publication", "prices", "pictures__picture")
        .order_by("name", "id")
    )
    context = _choices() | {
        "programs": programs,
        "may_edit": bool(own_villages(request, MAY_EDIT)),
        "wishes": await waiting_for(ids),
    }
    return await render_desk(request, "programs", context)


async def new(request: Request) -> Response:
    village = await village_to_write_for(request, MAY_EDIT)
    return await _new_form(request, village, typed_new(village), Uploaded(), key=new_key())


async def create(request: Request) -> Response:
    form, now = form_of(request), visit_of(request).now
    typed, key = typed_of(form), text_of(form, "key")
    village = await village_to_write_for(request, MAY_EDIT, text_of(form, "village_id"))
    uploaded = await keep_uploads(request, words=typed["seen_in_photos"] or typed["name"] or "체험 사진")
    try:
        if uploaded.refused:
            raise BadForm(fields={"photos": " ".join(dict.fromkeys(uploaded.refused))})
        offer, starts, capacity = (
            offer_of(typed, village),
            starts_of(typed),
            whole_number(typed["capacity"]) or 0,
        )
        if starts:
            check_starts(starts, capacity=capacity, now=now)
        listing = await create_program(
            offer, village_id=village.id, key=key, picture_ids=uploaded.ids, starts=starts, capacity=capacity,
            by=signature(request), now=now,
        )  # fmt: skip
    except BadForm as bad:
        return await _new_form(request, village, typed, uploaded, key=key, mistakes=_mistakes(bad))
    return see_other(f"/desk/programs/{listing.id}")


async def edit(request: Request) -> Response:
    listing = await own_listing(path_id(request), Kind.program, village_ids=own_villages(request, MAY_EDIT))
    return await show_program(request, listing)


async def update(request: Request) -> Response:
    listing_id, ids, form = path_id(request), own_villages(request, MAY_EDIT), form_of(request)
    listing = await own_listing(listing_id, Kind.program, village_ids=ids)
    typed, version = typed_of(form), whole_number(text_of(form, "version")) or 0
    try:
        await update_program(
            listing_id, offer_of(typed), village_ids=ids, version=version, by=signature(request), now=visit_of(request).now
        )  # fmt: skip
    except BadForm as bad:
        return await show_program(
            request, listing, typed, version=version, mistakes=_mistakes(bad), status=422
        )
    except NotReady as unready:
        return await show_program(
            request, listing, typed, version=version, problems=unready.problems, status=422
        )
    except Stale:
        stored = typed_from(listing, await _prices(listing))
        return await show_program(request, listing, typed, conflict=differences(typed, stored), status=409)
    return see_other(f"/desk/programs/{listing_id}?saved=1")


async def add_sessions(request: Request) -> Response:
    """More dates, by weekdays or by hand; those that are there already stay as they are."""
    listing_id, ids, now = path_id(request), own_villages(request, MAY_EDIT), visit_of(request).now
    listing = await own_listing(listing_id, Kind.program, village_ids=ids)
    typed = typed_of(form_of(request))
    try:
        capacity = whole_number(typed["capacity"]) or 0
        added = await session_rules.add_sessions(
            listing_id, starts_of(typed), capacity=capacity, village_ids=ids, by=signature(request), now=now
        )
    except BadForm as bad:
        return await show_program(request, listing, dates=typed, mistakes=_mistakes(bad), status=422)
    return see_other(f"/desk/programs/{listing_id}?added={added}#dates")


async def show_program(
    request: Request,
    listing: Listing,
    typed: Typed | None = None,
    *,
    dates: Typed | None = None,
    version: int | None = None,
    mistakes: dict[str, str] | None = None,
    problems: list[str] | None = None,
    conflict: list[tuple[str, str, str]] | None = None,
    status: int = 200,
) -> Response:
    """The program's page: what stands in the way, photos, dates, and the form with the person's own words."""
    now = visit_of(request).now
    if problems is None:
        problems = await problems_of(connections.get("default"), listing.id, today=seoul_day(now))
    kind = notice_kind(Kind.program, listing.category, Tax.taxable)
    sessions = await own_sessions(
        [listing.village_id], since=now, until=now + DAYS_SHOWN, listing_id=listing.id
    )
    prices = await _prices(listing)
    context: dict[str, Any] = _choices() | {
        "listing": listing,
        "prices": prices,
        "typed": typed or typed_from(listing, prices),
        "version": version or listing.version,
        "problems": problems,
        "conflict": conflict or [],
        "notice_rows": NOTICE_ROWS[kind],
        "mistakes": mistakes or {},
        "sessions": sessions[:30],
        "dates": dates or {"capacity": "20", "times": "11:00", "time": "11:00"},
        "saved": request.query_params.get("saved", ""),
        "added": request.query_params.get("added", ""),
        "is_changed": typed is not None,
        "is_on_sale": is_on_sale(listing),
    }
    return await render_desk(request, "programs_edit", context, status=status)


async def _new_form(
    request: Request,
    village: Village,
    typed: Typed,
    uploaded: Uploaded,
    *,
    key: str,
    mistakes: dict[str, str] | None = None,
) -> Response:
    context = _choices() | {
        "typed": typed,
        "key": key,
        "kept": uploaded.pictures,
        "kept_photos": sealed_pictures(request, uploaded),
        "mistakes": mistakes or {},
        "notice_rows": NOTICE_ROWS["experience"],
        "other_rows": [row for row in NOTICE_ROWS["stay"] if row.key not in ("refunds", "phone")],
        "village": village,
    }
    return await render_desk(request, "programs_new", context, status=422 if mistakes else 200)


def _choices() -> dict[str, Any]:
    return {
        "participants": [(kind.value, name) for kind, name in PARTICIPANT_NAMES.items()],
        "places": PLACES,
        "ladders": ladder_choices(),
        "category_pairs": [(each, each) for each in PROGRAM_CATEGORIES],
        "names": {kind.value: name for kind, name in PARTICIPANT_NAMES.items()},
        "weekdays": list(enumerate(WEEKDAYS)),
    }


async def _prices(listing: Listing) -> list[ParticipantPrice]:
    return await ParticipantPrice.filter(listing_id=listing.id)


def _mistakes(bad: BadForm) -> dict[str, str]:
    return bad.fields or {"": bad.sentence}
