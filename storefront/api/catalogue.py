"""Villages, goods and programs for machines: what is on sale, as JSON."""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from market.deliveries import PostageTerms
from market.open_catalogue import (
    OpenGoods,
    OpenVillage,
    Sort,
    Wanted,
    open_goods,
    open_goods_called,
    open_village,
    open_villages,
)
from market.open_programs import OpenProgram, OpenSession, open_program, open_programs, open_sessions
from media.resize import widths_for
from media.storage import picture_url
from storefront.api.answers import (
    absolute,
    cursor,
    day,
    json_answer,
    one_of,
    page_answer,
    page_size,
    path_slug,
    price_range,
    sealed_place,
    word,
)
from storefront.pace import keep_pace
from villages.days import SEOUL, seoul_day, seoul_midnight
from villages.programs import PARTICIPANT_NAMES, Participant
from villages.refund_ladders import RefundLadder, cause_sentences, ladder_as_data, ladder_sentences
from villages.refusals import BadForm

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
PICTURE_WIDTH = 640


async def villages(request: Request) -> Response:
    keep_pace(request)
    size, after = page_size(request), cursor(request, list_name="villages", numbers=1)
    found = await open_villages(after=after[0] if after else 0, most=size + 1)
    place = sealed_place("villages", found[size - 1].id) if len(found) > size else None
    return page_answer(request, found, size=size, place=place, as_json=_village)


async def village(request: Request) -> Response:
    keep_pace(request)
    found = await open_village(path_slug(request))
    return json_answer(request, _village(found, request) | {"story": found.story})


async def goods(request: Request) -> Response:
    keep_pace(request)
    wanted, size = _wanted(request), page_size(request)
    list_name = f"goods {wanted.sort.value}"
    after = cursor(request, list_name=list_name, numbers=3)
    found = await open_goods(
        wanted, after=(after[0], after[1], after[2]) if after else None, most=size + 1, now=datetime.now(UTC)
    )
    place = sealed_place(list_name, *found[size - 1].place) if len(found) > size else None
    return page_answer(request, found, size=size, place=place, as_json=_goods)


async def one_goods(request: Request) -> Response:
    keep_pace(request)
    found = await open_goods_called(path_slug(request), now=datetime.now(UTC))
    more = {
        "story": found.story,
        "notice": found.notice,
        "certificates": found.certificates,
        "withdrawal_limit": found.withdrawal_limit or None,
        "pictures": _pictures(found.pictures, request),
    }
    return json_answer(request, _goods(found, request) | more)


async def programs(request: Request) -> Response:
    keep_pace(request)
    size, after = page_size(request), cursor(request, list_name="programs", numbers=2)
    found = await open_programs(
        village=word(request, "village"), category=word(request, "category"),
        after=(after[0], after[1]) if after else None, most=size + 1, now=datetime.now(UTC),
    )  # fmt: skip
    place = sealed_place("programs", *found[size - 1].place) if len(found) > size else None
    return page_answer(request, found, size=size, place=place, as_json=_program)


async def program(request: Request) -> Response:
    keep_pace(request)
    found = await open_program(path_slug(request), now=datetime.now(UTC))
    more = {
        "story": found.story,
        "notice": found.notice,
        "meeting_place": found.meeting_place,
        "what_to_bring": found.what_to_bring,
        "weather_rule": found.weather_rule,
        "refund": _refund(found.ladder) if found.ladder else None,
        "pictures": _pictures(found.pictures, request),
    }
    return json_answer(request, _program(found, request) | more)


async def sessions(request: Request) -> Response:
    """From today on unless told otherwise; both days are Seoul's and both are included."""
    keep_pace(request)
    now, size = datetime.now(UTC), page_size(request)
    since, until = day(request, "from") or seoul_day(now), day(request, "to")
    if until and until < since:
        raise BadForm(fields={"to": "from보다 뒤의 날을 적어 주세요."})
    after = cursor(request, list_name="sessions", numbers=1)
    found_program = await open_program(path_slug(request), now=now)
    found = await open_sessions(
        found_program,
        since=seoul_midnight(since),
        until=seoul_midnight(until + timedelta(days=1)) if until else None,
        after=_moment(after[0]) if after else None,
        most=size + 1,
        now=now,
    )
    place = sealed_place("sessions", _microseconds(found[size - 1].starts_at)) if len(found) > size else None

    def as_json(item: OpenSession, _: Request) -> dict[str, Any]:
        return asdict(item) | {"refund": _sentences(found_program.ladder, item.starts_at)}

    return page_answer(request, found, size=size, place=place, as_json=as_json)


def _wanted(request: Request) -> Wanted:
    least, most = price_range(request)
    in_season = one_of(request, "in_season", ("true", "false", "1", "0"))
    return Wanted(
        village=word(request, "village"),
        category=word(request, "category"),
        min_price=least,
        max_price=most,
        in_season=in_season in ("true", "1") if in_season else None,
        sort=Sort(one_of(request, "sort", [sort.value for sort in Sort]) or Sort.season),
    )


def _village(found: OpenVillage, request: Request) -> dict[str, Any]:
    has_place = found.latitude is not None and found.longitude is not None
    return {
        "slug": found.slug,
        "name": found.name,
        "short_name": found.short_name,
        "tagline": found.tagline,
        "known_for": found.known_for,
        "state": found.state,
        "url": absolute(request, f"/villages/{found.slug}"),
        "picture": _picture(*found.picture, request) if found.picture else None,
        "address": found.address,
        "location": {"latitude": found.latitude, "longitude": found.longitude} if has_place else None,
        "phone": found.phone,
        "phone_hours": found.phone_hours,
        "homepage": found.homepage or None,
        "seller": {
            "company": found.company,
            "ceo": found.ceo,
            "business_no": found.business_no,
            "mail_order_no": found.mail_order_no or found.mail_order_exemption,
            "email": found.email or None,
        },
        "postage": _postage(found.terms),
        "goods": found.goods,
        "programs": found.programs,
    }


def _goods(found: OpenGoods, request: Request) -> dict[str, Any]:
    return {
        "slug": found.slug,
        "code": found.code,
        "name": found.name,
        "summary": found.summary,
        "category": found.category,
        "village": found.village,
        "url": absolute(request, f"/goods/{found.slug}"),
        "picture": _first_picture(found.pictures, request),
        "tax": found.tax,
        "origin": found.origin,
        "in_season": found.in_season,
        "season_months": found.season_months,
        "price_from": found.price_from,
        "available": sum(variant.available for variant in found.variants),
        "variants": [
            asdict(variant) | {"unit_price": variant.unit_price or None} for variant in found.variants
        ],
        "postage": _postage(found.terms) | {"ships_to_islands": not found.no_islands},
        "arrives_on": found.arrives_on,
    }


def _program(found: OpenProgram, request: Request) -> dict[str, Any]:
    return {
        "slug": found.slug,
        "code": found.code,
        "name": found.name,
        "summary": found.summary,
        "category": found.category,
        "village": found.village,
        "url": absolute(request, f"/programs/{found.slug}"),
        "picture": _first_picture(found.pictures, request),
        "minutes": found.minutes,
        "least_age": found.least_age,
        "is_indoor": found.is_indoor,
        "group_from": found.group_from,
        "closes_hours_before": found.closes_hours_before,
        "price_from": min((price.price for price in found.prices), default=None),
        "prices": [
            {"kind": price.kind, "name": PARTICIPANT_NAMES[Participant(price.kind)], "price": price.price,
             "seats_taken": price.seats_taken, "ages": price.ages or None}
            for price in found.prices
        ],
        "next_session_at": found.next_starts_at,
    }  # fmt: skip


def _postage(terms: PostageTerms) -> dict[str, Any]:
    """Won; Jeju and the islands cost more, which only the order's address can tell."""
    return {
        "fee": terms.fee,
        "free_over": terms.free_over,
        "cold_box_fee": terms.cold_box_fee,
        "cut_off": terms.cut_off,
        "ships_on": [WEEKDAYS[number] for number in sorted(terms.ships_on - terms.rest_days)],
    }


def _refund(ladder: RefundLadder) -> dict[str, Any]:
    data = ladder_as_data(ladder)
    sentences = [*ladder_sentences(ladder), *cause_sentences(ladder)]
    return data | {"sentences": [{"when": when, "refund": what} for when, what in sentences]}


def _sentences(ladder: RefundLadder | None, starts_at: datetime) -> list[dict[str, str]] | None:
    """What comes back for this very day: seasons have ladders of their own."""
    if ladder is None:
        return None
    return [{"when": when, "refund": what} for when, what in ladder_sentences(ladder, starts_at=starts_at)]


def _pictures(pictures: list[tuple[str, int, str]], request: Request) -> list[dict[str, str]]:
    return [{"url": _picture(digest, w, request), "alt": alt} for digest, w, alt in pictures]


def _first_picture(pictures: list[tuple[str, int, str]], request: Request) -> str | None:
    return _picture(pictures[0][0], pictures[0][1], request) if pictures else None


def _picture(digest: str, w: int, request: Request) -> str:
    kept = widths_for(w)
    return absolute(
        request, picture_url(digest, next((width for width in kept if width >= PICTURE_WIDTH), kept[-1]))
    )


def _microseconds(moment: datetime) -> int:
    return int((moment - EPOCH) / timedelta(microseconds=1))


def _moment(microseconds: int) -> datetime:
    """Out of range is a cursor we never gave."""
    try:
        return EPOCH + timedelta(microseconds=microseconds)
    except OverflowError as far:
        raise BadForm(fields={"cursor": "앞 답의 next 값을 그대로 보내 주세요."}) from far


EPOCH = datetime(2026, 1, 1, tzinfo=SEOUL)
