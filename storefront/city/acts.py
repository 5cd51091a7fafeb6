"""한 일 기록: who did what and when, for whom; and whether last night's check found everything in order."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from starlette.requests import Request
from starlette.responses import Response

from market.act_record import ActsAsked, Choice, ToldAct, acts_page, staff, villages_that_sell
from market.nightly_check import last_check
from storefront.city.act_words import ACTS, WHO, act_name, facts_text, who_text
from storefront.city.city_page import one_word, render_city
from storefront.city.filters import query_of
from storefront.web import visit_of

BIGGEST = 2**63 - 1


@dataclass(frozen=True)
class ActLine:
    """One act in words. `order` is the number of the order behind it, or empty."""

    at: datetime
    who: str
    what: str
    facts: str
    thing: str
    starts_at: datetime | None
    order: str
    village: str
    seal: int | None


@dataclass
class Question:
    """The filters as they stand in the address; what nobody can mean is left out, and a sentence says so."""

    village: str = ""
    who: str = ""
    what: str = ""
    day: date | None = None
    before: int | None = None
    doubts: list[str] = field(default_factory=list)

    def query(self, *, before: int | None = None) -> str:
        day = self.day.isoformat() if self.day else ""
        asked = {"village": self.village, "who": self.who, "what": self.what, "day": day}
        return query_of(asked | {"before": str(before or "")})


async def index(request: Request) -> Response:
    now = visit_of(request).now
    villages, people = await villages_that_sell(), await staff()
    question = read_question(request.query_params, villages, people)
    found = await acts_page(asked_of(question, villages))
    context = {
        "question": question, "doubts": question.doubts, "lines": [_line(act) for act in found.acts],
        "is_narrowed": bool(question.query()), "check": await last_check(now),
        "older": "/city/acts" + question.query(before=found.acts[-1].id) if found.has_older else "",
        "newest": "/city/acts" + question.query() if question.before else "",
        "choices": {
            "village": [("", "모든 마을"), *((each.slug, each.name) for each in villages)],
            "who": [("", "모든 사람"), *((str(each.id), _person(each)) for each in people), *WHO.items()],
            "what": [("", "모든 일"), *((what, name) for what, (name, _) in ACTS.items())],
        },
    }  # fmt: skip
    return await render_city(request, "acts", context)


def read_question(asked: Mapping[str, str], villages: list[Choice], people: list[Choice]) -> Question:
    given = {name: one_word(asked.get(name, "")) for name in ("village", "who", "what", "day", "before")}
    question = Question()
    if given["village"] in {each.slug for each in villages}:
        question.village = given["village"]
    elif given["village"]:
        question.doubts.append("모르는 마을이라서 모든 마을을 보여 드립니다.")
    if given["who"] in {str(each.id) for each in people} | set(WHO):
        question.who = given["who"]
    elif given["who"]:
        question.doubts.append("모르는 사람이라서 모든 사람을 보여 드립니다.")
    if given["what"] in ACTS:
        question.what = given["what"]
    elif given["what"]:
        question.doubts.append("모르는 일이라서 모든 일을 보여 드립니다.")
    if given["day"]:
        question.day = _day(given["day"])
        if question.day is None:
            question.doubts.append("그런 날은 없어서 모든 날을 보여 드립니다.")
    if given["before"].isascii() and given["before"].isdigit() and int(given["before"]) <= BIGGEST:
        question.before = int(given["before"])
    return question


def asked_of(question: Question, villages: list[Choice]) -> ActsAsked:
    return ActsAsked(
        village_id=next((each.id for each in villages if each.slug == question.village), None),
        by=f"person {question.who}" if question.who.isdigit() else question.who,
        what=question.what, day=question.day, before=question.before,
    )  # fmt: skip


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2100 else None


def _line(act: ToldAct) -> ActLine:
    return ActLine(
        at=act.at, who=who_text(act.by, act.who), what=act_name(act.what), facts=facts_text(act.what, act.facts), thing=act.name,
        starts_at=act.starts_at, order=act.number, village=act.village_name, seal=act.seal,
    )  # fmt: skip


def _person(person: Choice) -> str:
    return f"{person.name} ({person.slug or '시청'})"
