"""The catalogue's ten programs: prices by participant, and dates by weekday for the past and the coming weeks."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from tortoise import connections

from market.pool_seats import create_pool
from storefront.demo.goods import TAXES, Row, catalogue
from villages.days import SEOUL, seoul_day
from villages.legal_notices import NONE
from villages.listings import Kind, Listing
from villages.pool_edits import PoolOffer
from villages.program_edits import SEATS_TAKEN
from villages.programs import Participant, ParticipantPrice
from villages.refund_ladders import PRESETS, ladder_as_data, ladder_sentences
from villages.refusals import BadForm
from villages.session_rules import DECIDED_AT, WeekdayRule
from villages.village import Village

ADULT, CHILD, INFANT = Participant.adult, Participant.child, Participant.infant
AHEAD = timedelta(days=60)
SATURDAY, SUNDAY = 5, 6
BUSES = (45, 80)
"""Seats. More than the last one has the two programs never take at one time."""
AGES = {
    ADULT: "14세부터",
    CHILD: "5–13세",
    INFANT: "4세까지",
    Participant.family: "4명까지",
    Participant.room: "4명까지",
}


@dataclass(frozen=True)
class Plan:
    """`times` are hours of the clock, `liked` weighs how often it is booked; `only` says in which week of the month."""

    slug: str
    prices: dict[Participant, int]
    minutes: int | None
    least_age: int | None
    is_indoor: bool
    place: str
    bring: str
    weather: str
    ladder: str
    weekdays: tuple[int, ...]
    times: tuple[time, ...]
    months: tuple[int, ...]
    capacity: int
    liked: int
    story: str
    group_from: int = 15
    only_week: int | None = None
    min_people: int = 0

    def dates(self, first: date, last: date) -> list[datetime]:
        """By the rule an operator would fill in, a year at a time: it reaches no further."""
        starts: list[datetime] = []
        while first <= last:
            until = min(last, first + timedelta(days=364))
            starts += WeekdayRule(frozenset(self.weekdays), self.times, first, until).starts()
            first = until + timedelta(days=1)
        return [start for start in starts if self._is_open(start.astimezone(SEOUL).date())]

    def _is_open(self, day: date) -> bool:
        return day.month in self.months and self.only_week in (None, (day.day - 1) // 7 + 1)


INDOOR = "실내에서 하므로 비가 와도 합니다. 폭설로 길이 막히면 전날 저녁 6시까지 알리고 전액 돌려드립니다."
OUTDOOR = "비가 많이 오면 전날 저녁 6시까지 알리고, 다른 날로 바꾸거나 전액 돌려드립니다."
YEAR = tuple(range(1, 13))

PLANS: dict[str, Plan] = {
    "P081": Plan("ttalgi-ttagi", {ADULT: 10000, CHILD: 8000, INFANT: 0}, 60, None, True, "대정마을 딸기 하우스 앞", "편한 신발", INDOOR, "usual",
                 (SATURDAY, SUNDAY), (time(10), time(14)), (1, 2, 3, 4, 5), 40, 6, "딸기를 직접 따서 1kg 담아 가십니다."),
    "P082": Plan("goguma-kaegi", {ADULT: 7000, CHILD: 6000}, 90, 4, False, "옥정호마을 정보센터 앞 고구마밭", "장갑, 갈아 신을 신발", OUTDOOR, "usual",
                 (SATURDAY, SUNDAY), (time(10), time(14)), (9, 10), 50, 7, "호미로 캔 고구마 2kg을 담아 가십니다."),
    "P083": Plan("cheonyeon-yeomsaek", {ADULT: 12000, CHILD: 10000}, 90, 6, True, "옥정호마을 물들임방", "앞치마", INDOOR, "usual",
                 (SATURDAY,), (time(14),), YEAR, 20, 3, "쪽과 감으로 손수건 한 장을 물들입니다."),
    "P084": Plan("injeolmi-tteokmechigi", {ADULT: 8000, CHILD: 6000}, 60, 5, True, "내장산마을 정보센터 마당", "없음", INDOOR, "group",
                 (SATURDAY, SUNDAY), (time(11),), YEAR, 60, 6, "떡메로 친 인절미를 그 자리에서 나눠 먹습니다. 여덟 분이 모이면 시작합니다.", 20, min_people=8),
    "P085": Plan("dubu-mandeulgi", {ADULT: 9000, CHILD: 7000}, 90, 5, True, "대정마을 두부 공방", "앞치마, 담아 갈 통", INDOOR, "usual",
                 (2, SATURDAY), (time(10, 30),), YEAR, 24, 4, "콩을 갈아 끓이고 굳혀 한 모씩 가져가십니다."),
    "P086": Plan("danpungcha-mandeulgi", {ADULT: 10000, CHILD: 8000}, 60, 7, True, "내장산마을 찻집", "없음", INDOOR, "usual",
                 (SATURDAY, SUNDAY), (time(11), time(13, 30)), (9, 10, 11, 12), 20, 6, "단풍잎을 씻고 덖어 한 봉지 담아 가십니다."),
    "P087": Plan("gujeolcho-binu", {ADULT: 9000, CHILD: 7000, INFANT: 0}, 60, 5, True, "옥정호마을 정보센터 2층", "없음", INDOOR, "usual",
                 (SATURDAY, SUNDAY), (time(11), time(14)), YEAR, 20, 4, "구절초 우린 물로 비누 두 개를 만듭니다."),
    "P088": Plan("gimjang", {Participant.family: 35000}, 180, None, True, "대정마을 공동 작업장", "고무장갑, 앞치마, 김치통", INDOOR, "usual",
                 (SATURDAY, SUNDAY), (time(10),), (11,), 60, 10, "절인 배추에 양념을 버무려 한 통 담아 가십니다.", 5, 2),
    "P089": Plan("naejangsan-seungma", {ADULT: 20000, CHILD: 18000}, 20, 7, False, "내장산마을 승마장", "긴 바지, 운동화", OUTDOOR, "usual",
                 (SATURDAY, SUNDAY), (time(10), time(13), time(15)), (3, 4, 5, 6, 7, 8, 9, 10, 11, 12), 8, 4, "교관이 고삐를 잡고 숲길을 한 바퀴 돕니다."),
    "P090": Plan("naejangsan-minbak", {Participant.room: 80000}, None, None, True, "내장산마을 민박집", "세면도구", INDOOR, "stay",
                 (0, 1, 2, 3, 4, SATURDAY, SUNDAY), (time(15),), YEAR, 3, 2, "한 방에 네 분까지 주무십니다. 들어오는 시각은 오후 3시, 나가는 시각은 오전 11시입니다."),
}  # fmt: skip


async def load_programs(villages: dict[str, Village], *, first: date, now: datetime) -> list[Listing]:
    """Drafts with prices and dates, from `first` until sixty days from now."""
    listings = [await _load(row, PLANS[row.id], villages[row.village]) for row in catalogue("program")]
    for listing in listings:
        plan = PLANS[listing.code or ""]
        await connections.get("default").execute_query(
            WRITE_SESSIONS, [listing.id, plan.dates(first, seoul_day(now) + AHEAD), plan.capacity, now]
        )
    return listings


async def load_bus(village: Village, *, by: str, now: datetime) -> None:
    """The rice cakes and the maple tea begin at the same hour: one bus, large enough for all who have booked."""
    programs = frozenset(program.id for program in await Listing.filter(code__in=["P084", "P086"]))
    for seats in BUSES:
        with suppress(BadForm):
            bus = PoolOffer(f"{seats}인승 마을 버스", seats, programs)
            await create_pool(bus, village_id=village.id, key="demo-bus", by=by, now=now)
            return


async def _load(row: Row, plan: Plan, village: Village) -> Listing:
    listing = await Listing.create(
        village=village, kind=Kind.program, slug=f"{row.id.lower()}-{plan.slug}", code=row.id, name=row.name,
        summary=row.description, story=plan.story, category=row.category, tax=TAXES[row.vat], origin=row.origin,
        notice_rows=_notice_rows(row, plan, village), season_months=[] if plan.months == YEAR else list(plan.months),
        minutes=plan.minutes, least_age=plan.least_age, is_indoor=plan.is_indoor, meeting_place=plan.place,
        what_to_bring=plan.bring, weather_rule=plan.weather, group_from=plan.group_from,
        refund_ladder=ladder_as_data(PRESETS[plan.ladder]), min_people=plan.min_people,
    )  # fmt: skip
    for position, (kind, price) in enumerate(plan.prices.items()):
        await ParticipantPrice.create(
            listing=listing, kind=kind, price=price, seats_taken=SEATS_TAKEN.get(kind, 1), ages=AGES[kind], position=position,
        )  # fmt: skip
    return listing


def _notice_rows(row: Row, plan: Plan, village: Village) -> dict[str, str]:
    phone = f"{village.phone[:3]}-{village.phone[3:6]}-{village.phone[6:]} ({village.phone_hours})"
    refunds = " · ".join(f"{when} {what}" for when, what in ladder_sentences(PRESETS[plan.ladder]))
    if row.category == "숙박":
        return {
            "region": f"대한민국 {village.address}", "lodging": "농어촌민박(견본)", "room": "온돌방, 욕실 딸림",
            "guests": "4명 기준, 더 오시면 전화로 상의", "facilities": "마당, 주차장", "refunds": refunds, "phone": phone,
        }  # fmt: skip
    age = f"{plan.least_age}세부터" if plan.least_age else "나이 제한 없음"
    return {
        "provider": village.company, "licences": NONE, "refunds": refunds, "phone": phone,
        "terms": f"{plan.minutes}분, 한 번에 {plan.capacity}자리, {age}. 14세 미만은 보호자와 함께 오세요.",
    }  # fmt: skip


# What was to be decided before the demo was loaded takes place.
WRITE_SESSIONS = f"""
INSERT INTO sessions (listing_id, starts_at, capacity, held, booked, go_at, go_by)
SELECT l.id, s.starts_at, $3, 0, 0, late.at, CASE WHEN late.at IS NULL THEN '' ELSE 'clock' END
FROM listings l CROSS JOIN unnest($2::timestamptz[]) AS s (starts_at)
CROSS JOIN LATERAL (SELECT CASE WHEN l.min_people > 0 AND {DECIDED_AT} <= $4 THEN {DECIDED_AT} END AS at) late
WHERE l.id = $1
"""
