"""한 일 기록: newest first, narrowed by village, person, act and day; names are those of today; last night's check."""

import ast
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tortoise import connections
from tortoise.transactions import in_transaction

from market.act_record import ACTS_PER_PAGE
from market.audit import Rule
from market.nightly_check import check_nightly
from storefront.city.act_words import ACTS, facts_text, who_text
from tests.builders import a_person, a_program, a_village, goods, rows
from villages.acts import Act, record_act
from villages.people import Person, Role
from villages.seals import seal_acts

ROOT = Path(__file__).parents[3]


async def act(what: str = "listing published", subject: str = "listing 1", **more) -> None:
    await record_act(connections.get("default"), what, subject, **{"by": "person 1", **more})


async def test_an_act_is_told_with_the_names_of_today_and_its_seal(site):
    village, person = await a_village("옥정호마을"), await a_person()
    apples, pounding = (
        await goods("꿀사과 5kg", village=village),
        await a_program("떡메치기", village=village),
    )
    by = {"by": f"person {person.id}", "village_id": village.id}
    await act(
        "price changed", f"listing {apples.listing_id}", facts={"before": 35_000, "after": 36_000}, **by
    )
    await seal_acts()
    await act("stock corrected", f"variant {apples.id}", facts={"before": 6, "after": 4}, **by)
    await act("session resized", f"session {pounding.id}", facts={"seats": 30}, **by)
    await Person.filter(id=person.id).update(name="이영자")

    page = (await (await site.officer()).get("/city/acts")).text

    assert page.index("정원을 바꿈") < page.index("재고를 고침</b>") < page.index("값을 바꿈</b>")
    for told in (
        "이영자",
        "옥정호마을",
        "35,000원 → 36,000원",
        "6개 → 4개",
        "꿀사과 5kg 한 상자",
        "떡메치기",
        "30명",
    ):
        assert told in page
    assert "김순자" not in page.partition("<tbody>")[2]


async def test_an_order_is_linked_whether_the_act_names_it_or_its_part(site, town):
    part = (
        await rows(
            "SELECT p.id FROM parts p JOIN orders o ON o.id = p.order_id WHERE o.number = $1", town.waiting
        )
    )[0]
    await act("parcel sent", f"part {part['id']}", facts={"courier": "cj"})

    page = (await (await site.officer()).get("/city/acts")).text

    assert f'href="/city/orders/{town.waiting}"' in page
    assert f'href="/city/orders/{town.paid}"' in page  # the deposit that the town confirmed
    assert "CJ대한통운" in page


async def test_it_is_narrowed_by_village_person_act_and_day(site):
    officer = await site.officer()
    maple, lake = await a_village("내장산마을", slug="maple"), await a_village("옥정호마을", slug="lake")
    operator = await a_person(village=maple, role=Role.operator)
    await act("photo removed", by=f"person {operator.id}", village_id=maple.id)
    await act("session closed", by="console", village_id=lake.id)
    await rows(
        "INSERT INTO acts (at, by, what, subject, facts) VALUES ($1, 'person 1', 'listing withdrawn', 'listing 1', '{}')",
        datetime(2026, 3, 1, 15, 0, tzinfo=UTC),  # the 2nd of March in Seoul
    )

    async def told(query: str) -> set[str]:
        table = (await officer.get(f"/city/acts?{query}")).text.partition("<tbody>")[2]
        return {name for name in ("사진을 내림", "회차 마감", "판매 내림") if name in table}

    assert await told("") == {"사진을 내림", "회차 마감", "판매 내림"}
    assert await told("village=maple") == {"사진을 내림"}
    assert await told(f"who={operator.id}") == {"사진을 내림"}
    assert await told("who=console") == {"회차 마감"}
    assert await told("what=session+closed") == {"회차 마감"}
    assert await told("day=2026-03-02") == {"판매 내림"}
    assert await told("day=2026-03-01") == set()
    assert await told("village=maple&what=session+closed") == set()
    assert await told("village=no&who=99&what=x&day=2026-13-40&before=abc") == {
        "사진을 내림",
        "회차 마감",
        "판매 내림",
    }
    await seal_old_act()


async def test_pages_have_a_fixed_size_and_go_on_behind_the_last_act(site):
    officer = await site.officer()
    async with in_transaction() as db:  # all at one moment: the ids decide
        for number in range(ACTS_PER_PAGE + 3):
            await record_act(db, "photos added", "listing 1", by="person 1", facts={"count": number + 1000})

    first = (await officer.get("/city/acts?what=photos+added")).text
    last = await Act.all().order_by("-id").offset(ACTS_PER_PAGE - 1).first()
    assert last is not None
    second = (await officer.get(f"/city/acts?what=photos+added&before={last.id}")).text

    assert f"/city/acts?what=photos+added&amp;before={last.id}" in first
    assert first.count("사진을 올림</b>") == ACTS_PER_PAGE and second.count("사진을 올림</b>") == 3
    assert "1003장" in first and "1002장" in second and "1003장" not in second
    assert "더 오래된 기록" not in second and "새것부터" in second


async def test_the_number_of_queries_does_not_grow_with_the_acts(site, queries):
    officer = await site.officer()
    await act()
    await officer.get("/city/acts")
    queries.clear()
    await officer.get("/city/acts")
    few = len(queries)
    for number in range(20):
        village = await a_village()
        await act(
            subject=f"listing {(await goods(village=village)).listing_id}",
            by=f"person {number}",
            village_id=village.id,
        )
    queries.clear()

    await officer.get("/city/acts")

    assert len(queries) == few <= 7


async def test_operators_and_viewers_do_not_read_it(site):
    viewer, operator = await site.officer(Role.viewer), await site.operator_of(await a_village())

    assert (await viewer.get("/city/acts")).status_code == 403
    assert (await operator.get("/city/acts")).status_code == 403
    assert "/city/acts" not in (await viewer.get("/city")).text
    assert 'href="/city/acts"' in (await (await site.officer()).get("/city")).text


async def test_last_night_is_told_and_nights_that_are_missing(site):
    officer, now = await site.officer(), datetime.now(UTC)
    assert "아직 밤 점검을 한 적이 없습니다" in (await officer.get("/city/acts")).text

    await check_nightly(now - timedelta(days=3))
    assert "밤 점검을 3일 동안 하지 못했습니다" in (await officer.get("/city/acts")).text
    assert "밤 점검을 3일 동안 하지 못했습니다" in (await officer.get("/city")).text

    await check_nightly(now)
    assert "점검: 이상 없음" in (await officer.get("/city/acts")).text
    assert "점검" not in (await officer.get("/city")).text


async def test_what_a_night_found_is_told_on_every_face_of_the_city(site):
    broken = (Rule("all-is-well", "nothing is wrong", "SELECT 'shelf 7'"),)
    await check_nightly(datetime.now(UTC), rules=broken)
    officer = await site.officer()

    for path in ("/city/acts", "/city"):
        assert "맞지 않는 것이 1가지 있습니다" in (await officer.get(path)).text
    assert "all-is-well: shelf 7" in (await officer.get("/city/deposits")).text


@pytest.mark.parametrize("what", ACTS)
def test_facts_that_are_missing_or_strange_break_no_page(what):
    if what not in ("targets set", "sale recorded", "listing edited"):
        assert isinstance(facts_text(what, {}), str)
    assert facts_text("something new", {"b": 1, "a": None}) == "a None, b 1"


def test_targets_and_sales_are_said_in_words():
    assert (
        facts_text("targets set", {"2026-02": None, "2026-01": 5_000_000})
        == "2026년 1월 5,000,000원, 2026년 2월 없음"
    )
    sale = {"total": 70_000, "channel": "stall", "tender": "cash", "missing": 2}
    assert facts_text("sale recorded", sale) == "70,000원, 직거래장터, 현금, 2개 모자람"
    assert (
        facts_text("price changed", {"participant": "adult", "before": None, "after": 9_000})
        == "어른 없음 → 9,000원"
    )
    assert who_text("person 9", "") == "지워진 사람 (9번)"


def test_every_act_that_is_recorded_has_its_korean_words():
    assert recorded() - set(ACTS) == set()
    assert set(ACTS) - recorded() == {"order cancelled"}  # its word is made of the ending


def recorded() -> set[str]:
    """The words of the trade with which the code records acts: its first words after what they are about."""
    calls = (
        node
        for path in [*(ROOT / "villages").rglob("*.py"), *(ROOT / "market").rglob("*.py")]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in RECORDERS and len(node.args) > 1
    )
    return {word for call in calls for word in next(filter(None, map(words_of, call.args[1:3])), ())}


def words_of(argument: ast.expr) -> list[str]:
    """What stands there as it is: one word, or those of a choice."""
    if isinstance(argument, ast.JoinedStr):
        return []
    return [
        each.value
        for each in ast.walk(argument)
        if isinstance(each, ast.Constant) and isinstance(each.value, str)
    ]


RECORDERS = {"record_act", "record_edit", "_record", "_change"}


async def seal_old_act() -> None:
    """What a test slipped in without its place among the unsealed would be found by the auditor afterwards."""
    await rows(
        "INSERT INTO unsealed_acts SELECT id FROM acts WHERE at < $1", datetime(2026, 6, 1, tzinfo=UTC)
    )
    await seal_acts()
