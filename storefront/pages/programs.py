"""Programs: the list by date, and the page of one with its month of seats."""

import calendar
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache, partial
from typing import Any
from urllib.parse import urlencode

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from market.calendar_of_seats import (
    DayCell,
    MonthTable,
    Program,
    ProgramStory,
    program_of,
    program_story,
)
from market.program_cards import FEW, PER_PAGE, Days, programs_by_day
from market.session_words import minimum_of_program
from storefront.frames import render_framed
from storefront.keeping import keeping
from storefront.pages.asked import day_from, page_from, slug_of, word_from
from storefront.pages.grids import Marks, booking_bar, month_table, people, program_list, times
from storefront.pages.many_villages import easy_to_find
from storefront.pages.map_links import map_links
from storefront.pages.pager import pages_of
from storefront.web import TEMPLATES, services, visit_of
from storefront.words import date_ko
from villages.days import first_of_month, next_month, seoul_day
from villages.refund_ladders import cause_sentences, ladder_sentences

LONGEST = timedelta(days=400)
"""How far ahead the month table goes."""
SATURDAY = 5


async def index(request: Request) -> Response:
    today = seoul_day(visit_of(request).now)
    asked = _asked(request.query_params, today)
    shown = await programs_by_day(
        now=visit_of(request).now, days=asked.days, indoor=asked.indoor, village=asked.village,
        page=page_from(request.query_params),
    )  # fmt: skip
    sellers = easy_to_find(
        (await services(request).brand.brand()).villages, lambda village: village.short_name
    )
    return await render_framed(
        request,
        "pages/program_list.html",
        {
            "shown": shown, "list": program_list(shown.cards), "asked": asked, "today": today, "choices": _date_choices(asked, today),
            "places": _place_choices(asked), "sellers": sellers, "applied": _applied(asked, sellers),
            "pages": pages_of(shown.total, page=shown.page, size=PER_PAGE, address=partial(_address, asked)),
        },
    )  # fmt: skip


async def show(request: Request) -> Response:
    now = visit_of(request).now
    today = seoul_day(now)
    day = day_from(request.query_params.get("day", ""))
    month = day_from(f"{request.query_params.get('month', '')}-01") or (first_of_month(day) if day else None)
    if month:
        month = min(max(month, first_of_month(today)), first_of_month(today + LONGEST))
    program = await program_of(slug_of(request), month=month, now=now)
    story = await _kept_story(request, program)
    slots = tuple(program.days.get(day, ())) if day else ()
    photo = page_from(request.query_params, "photo")
    return await render_framed(
        request,
        "pages/program.html",
        {
            "program": program, "story": story, "photo": story.photos[min(photo, len(story.photos)) - 1], "day": day,
            "times": times(program.slug, day, slots), "bar": booking_bar(day, any(slot.left for slot in slots), program.first_price),
            "people": people(program.prices, program.group_from),
            "month": _month(program, chosen=day, today=today),
        },
    )  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """The filters of the program list. `when` is "", "weekend", "next-weekend" or a date."""

    when: str
    days: Days | None
    indoor: bool | None
    village: str


def _asked(query: QueryParams, today: date) -> Asked:
    """What cannot be meant counts as not asked."""
    when = query.get("when", "") or query.get("day", "")
    saturday = today + timedelta(days=max(0, SATURDAY - today.weekday()))
    weekend = Days(
        min(saturday, today) if today.weekday() > SATURDAY else saturday, saturday + timedelta(days=1)
    )
    if today.weekday() > SATURDAY:
        weekend = Days(today, today)
    if when == "weekend":
        days = weekend
    elif when == "next-weekend":
        days = Days(weekend.last + timedelta(days=6), weekend.last + timedelta(days=7))
    else:
        chosen = day_from(when)
        days = Days(chosen, chosen) if chosen and today <= chosen else None
        when = str(chosen) if days else ""
    indoor = {"indoor": True, "outdoor": False}.get(query.get("place", ""))
    return Asked(when, days, indoor, word_from(query, "village"))


def _address(asked: Asked, page: int = 1) -> str:
    place = {True: "indoor", False: "outdoor", None: ""}[asked.indoor]
    wish = {"when": asked.when, "place": place, "village": asked.village, "page": page if page > 1 else ""}
    query = urlencode({name: value for name, value in wish.items() if value})
    return f"/programs?{query}" if query else "/programs"


def _date_choices(asked: Asked, today: date) -> list[tuple[str, str, bool]]:
    words = {"": "모든 날", "weekend": "이번 주말", "next-weekend": "다음 주말"}
    return [(text, _address(replace(asked, when=when)), asked.when == when) for when, text in words.items()]


def _place_choices(asked: Asked) -> list[tuple[str, str, bool]]:
    words = {None: "실내·야외 모두", True: "실내", False: "야외"}
    return [
        (text, _address(replace(asked, indoor=indoor)), asked.indoor is indoor)
        for indoor, text in words.items()
    ]


def _applied(asked: Asked, villages: list[Any]) -> list[tuple[str, str]]:
    day = day_from(asked.when)
    when = {"weekend": "이번 주말", "next-weekend": "다음 주말"}.get(asked.when) or (
        date_ko(day) if day else ""
    )
    village = next((each.short_name for each in villages if each.slug == asked.village), asked.village)
    every = (
        (when, replace(asked, when="", days=None)),
        ("" if asked.indoor is None else "실내" if asked.indoor else "야외", replace(asked, indoor=None)),
        (village, replace(asked, village="")),
    )
    return [(text, _address(without)) for text, without in every if text]


@dataclass(frozen=True, slots=True)
class KeptProgram:
    """The pieces of a program page that change only with the listing, as they are sent."""

    name: str
    short_name: str
    village_slug: str
    meta: Marks
    crumb: Marks
    head: Marks
    body: Marks
    photos: tuple[Marks, ...]


async def _kept_story(request: Request, program: Program) -> KeptProgram:
    kept = keeping(request, "program_stories", most=100, seconds=60)
    if (story := kept.get(program.story_key)) is not None:
        return story
    told = await program_story(program, now=visit_of(request).now)
    city = (await services(request).brand.brand()).city
    made: Any = TEMPLATES.get_template("pages/program_story.html").make_module(
        {
            "story": told, "city": city, "program": program, "maps": _maps(told),
            "ladder": ladder_sentences(told.ladder) if told.ladder else [],
            "minimum": minimum_of_program(
                told.min_people, told.decide_days_before, told.decide_hour, percent=told.ladder.too_few if told.ladder else 100
            ),
            "causes": cause_sentences(told.ladder) if told.ladder else [],
        }
    )  # fmt: skip
    photos = tuple(made.photo(at) for at in range(max(1, len(told.pictures))))
    return kept.put(
        program.story_key,
        KeptProgram(
            told.name,
            told.seller.short_name,
            told.seller.slug,
            made.meta(),
            made.crumb(),
            made.head(),
            made.body(),
            photos,
        ),
    )


def _maps(story: ProgramStory) -> list[tuple[str, str]]:
    at = (story.latitude, story.longitude) if story.latitude and story.longitude else None
    place = story.meeting_place or story.seller.address
    return map_links(story.seller.address, story.seller.name, place=place, at=at)


def _month(program: Program, *, chosen: date | None, today: date) -> Marks:
    """The table is a function of the seats: while nobody books, the same one is shown."""
    seats = tuple(
        (day.day, sum([slot.left for slot in slots])) for day, slots in program.days.items() if day >= today
    )
    in_month = chosen if chosen and first_of_month(chosen) == program.month else None
    last = first_of_month(program.last_open) if program.last_open else program.month
    return _month_marks(program.slug, program.month, seats, in_month, today, last)


@lru_cache(maxsize=512)
def _month_marks(
    slug: str, month: date, seats: tuple[tuple[int, int], ...], chosen: date | None, today: date, last: date
) -> Marks:
    left = dict(seats)
    weeks = tuple(
        tuple(
            _cell(slug, month.replace(day=number), left.get(number), chosen, today) if number else None
            for number in week
        )
        for week in SUNDAY_FIRST.monthdayscalendar(month.year, month.month)
    )
    before, after = first_of_month(month - timedelta(days=1)), next_month(month)
    return month_table(
        MonthTable(
            f"{month.year}년 {month.month}월",
            (f"지난달, {before.month}월", _month_url(slug, before))
            if before >= first_of_month(today)
            else None,
            (f"다음 달, {after.month}월", _month_url(slug, after)) if after <= last else None,
            weeks,
        )
    )


def _cell(slug: str, day: date, left: int | None, chosen: date | None, today: date) -> DayCell:
    """`left` is None on a day without sessions."""
    if left is None:
        return DayCell(day.day, "", "", None, "", "", False, day == today)
    state = "full" if not left else "few" if left <= FEW else "open"
    return DayCell(
        day.day, state, f"{left}자리" if left else "마감", f"/programs/{slug}?month={day:%Y-%m}&day={day}#dates",
        f"{day.month}월 ", f"일 {WEEKDAYS[day.weekday()]}요일", day == chosen, day == today,
    )  # fmt: skip


def _month_url(slug: str, month: date) -> str:
    return f"/programs/{slug}?month={month:%Y-%m}#dates"


WEEKDAYS = "월화수목금토일"
SUNDAY_FIRST = calendar.Calendar(firstweekday=6)
