"""나오면 알려 주세요 as a shopper sees it: from the calendar to the link that stops it."""

import re
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from market.wishes.tables import Wish, wish_token
from tests.builders import SECRET, a_person, a_program, a_village, goods
from tests.market.wishes.wishing import harvest, outbox, wishes
from tests.site import Site, a_site
from tests.storefront.pages.shopping import Shopper, a_shopper, hidden, words
from villages.days import SEOUL
from villages.people import Role
from villages.programs import Session

THIS_MONTH = datetime.now(SEOUL).month
NEXT_MONTH = THIS_MONTH % 12 + 1


async def asks(shopper: Shopper, page: str, **told: object) -> httpx.Response:
    form = await shopper.get(f"{page}/wishes")
    typed: dict[str, object] = {"key": hidden(form.text, "key"), "phone": "010-1111-2222", "agreed": "1"}
    return await shopper.post(f"{page}/wishes", typed | told)


async def test_the_calendar_offers_it_for_what_is_not_there(shopper: Shopper):
    village = await a_village()
    await goods("지금 감", village=village, season_months=[THIS_MONTH], slug="there")
    await goods("다 팔린 감", village=village, season_months=[THIS_MONTH], left=0, slug="sold-out")
    await goods("다음 달 감", village=village, season_months=[NEXT_MONTH], slug="later")

    page = (await shopper.get("/season")).text

    assert 'href="/goods/sold-out/wishes"' in page and 'href="/goods/later/wishes"' in page
    assert "/goods/there/wishes" not in page
    assert "‘다음 달 감’ 나오면 알려 주세요" in page


async def test_goods_that_are_sold_out_or_out_of_season_and_programs_without_a_date_offer_it(
    shopper: Shopper,
):
    await goods("다 팔린 감", left=0, slug="sold-out")
    await goods("다음 달 감", season_months=[NEXT_MONTH], slug="later")
    await goods("언제나 감", slug="always")
    session = await a_program(slug="closed")
    await Session.filter(id=session.id).update(closed_at=datetime.now(UTC))

    offered = {
        path: f"{path}/wishes" in (await shopper.get(path)).text
        for path in ("/goods/sold-out", "/goods/later", "/goods/always", "/programs/closed")
    }

    assert list(offered.values()) == [True, True, False, True]


@pytest.mark.parametrize(
    ("left", "months", "sentence", "can_be_bought"),
    [
        (5, [NEXT_MONTH], f"지금은 제철이 아닙니다. 제철은 {NEXT_MONTH}월입니다.", True),
        (0, [NEXT_MONTH], f"지금은 없습니다. 제철은 {NEXT_MONTH}월입니다.", False),
        (0, [THIS_MONTH], "지금은 다 팔렸습니다.", False),
    ],
)
async def test_goods_out_of_season_are_told_from_those_that_are_sold_out(
    shopper: Shopper, left, months, sentence, can_be_bought
):
    await goods("감", left=left, season_months=months, slug="later")

    page = words(await shopper.get("/goods/later/wishes"))

    assert sentence in page
    assert ("지금 사실 수 있는 것 보기" in page) == can_be_bought
    assert ("제철이 되면 알려 드릴까요?" in page) == can_be_bought


async def test_asking_keeps_the_wish_and_says_what_happens_next(shopper: Shopper):
    await goods("다음 달 감", season_months=[NEXT_MONTH], slug="later")

    asked = await asks(shopper, "/goods/later", email="min@example.kr")
    page = await shopper.sees(asked.headers["location"])

    assert asked.status_code == 303
    assert "알려 드리겠습니다" in page and f"제철은 {NEXT_MONTH}월입니다" in page
    wish = await Wish.get()
    assert (wish.phone, wish.email, wish.state) == ("01011112222", "min@example.kr", "waiting")
    assert await outbox("wish_kept") == [("mail", "min@example.kr"), ("sms", "01011112222")]


async def test_a_double_tap_is_one_wish_and_a_number_that_waits_gets_the_same_answer(
    shopper: Shopper, stranger: Shopper
):
    await goods(left=0, slug="apples")

    answers = [await asks(shopper, "/goods/apples", key="the same form") for _ in range(2)]
    answers.append(await asks(stranger, "/goods/apples"))

    assert {(answer.status_code, answer.headers["location"]) for answer in answers} == {
        (303, "/goods/apples/wishes?kept=1")
    }
    assert await Wish.all().count() == 1 and len(await outbox("wish_kept")) == 1


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"phone": ""}, "하나는 적어 주세요"),
        ({"phone": "063-123-4567"}, "문자를 받으실 수 있는 휴대전화"),
        ({"phone": "", "email": "min@"}, "메일 주소를 확인해 주세요"),
        ({"agreed": ""}, "동의란에 표시해 주세요"),
        ({"agreed": "아니요"}, "동의란에 표시해 주세요"),
    ],
)
async def test_what_is_wrong_is_said_and_what_was_typed_stays(shopper: Shopper, told, sentence):
    await goods(left=0, slug="apples")

    refused = await asks(shopper, "/goods/apples", key="mine", **told)

    assert refused.status_code == 422 and sentence in words(refused)
    assert 'value="mine"' in refused.text
    for name in ("phone", "email"):
        assert typed_in(refused, name) == ({"phone": "010-1111-2222", "email": ""} | told)[name]
    assert ("checked" in refused.text) == ("agreed" not in told)
    assert not await Wish.exists()


def typed_in(answer: httpx.Response, name: str) -> str:
    found = re.search(rf'name="{name}" type="\w+" value="([^"]*)"', answer.text)
    assert found
    return found[1]


async def test_nothing_is_agreed_to_beforehand(shopper: Shopper):
    await goods(left=0, slug="apples")

    form = (await shopper.get("/goods/apples/wishes")).text

    assert "checked" not in form and "광고" in form and "그만두실 때까지" in form


async def test_what_is_there_leads_to_itself(shopper: Shopper):
    apples = await goods(left=0, slug="apples")
    form = await shopper.get("/goods/apples/wishes")
    await harvest(apples.id)

    late = await shopper.post(
        "/goods/apples/wishes", {"key": hidden(form.text, "key"), "phone": "010-1111-2222", "agreed": "1"}
    )

    assert late.status_code == 409 and "바로 사실 수 있습니다" in words(late)
    assert "지금 나와 있습니다" in await shopper.sees("/goods/apples/wishes")
    assert not await Wish.exists()


async def test_a_draft_and_goods_asked_for_as_a_program_are_not_found(shopper: Shopper):
    await goods(left=0, slug="draft", published=False)
    await goods(left=0, slug="apples")

    for path in ("/goods/draft/wishes", "/programs/apples/wishes", "/goods/nothing/wishes"):
        assert (await shopper.get(path)).status_code == 404


async def test_nobodys_telephone_is_flooded(db: str, tmp_path: Path):
    shopper = a_shopper(await a_site(tmp_path, RATE_LIMITS="on"))
    for number in range(11):
        await goods(left=0, slug=f"apples-{number}")

    codes = [(await asks(shopper, f"/goods/apples-{number}")).status_code for number in range(11)]

    assert codes == [303] * 10 + [429]


async def test_looking_at_the_link_changes_nothing_and_its_button_stops(shopper: Shopper):
    wish = await wishes((await goods("꿀사과", left=0)).listing.id)
    link = f"/wishes/{wish.id}?t={wish_token(wish.id, SECRET)}"

    looked = [await shopper.sees(link) for _ in range(2)]
    page = await shopper.get(link)
    stopped = await shopper.post(f"/wishes/{wish.id}/stopping", {"t": hidden(page.text, "t")})

    assert looked[0] == looked[1] and "그만 받으시겠어요?" in looked[0] and "꿀사과" in looked[0]
    assert stopped.status_code == 303
    assert "연락처를 지웠습니다" in await shopper.sees(stopped.headers["location"])
    await wish.refresh_from_db()
    assert (wish.state, wish.phone) == ("stopped", "")
    assert page.headers["cache-control"] == "no-store" and "0108" not in page.text


async def test_without_its_link_a_wish_cannot_be_seen_or_stopped(shopper: Shopper):
    apples = await goods(left=0)
    wish, other = await wishes(apples.listing.id), await wishes(apples.listing.id)
    wrong = wish_token(other.id, SECRET)

    looks = [f"/wishes/{wish.id}", f"/wishes/{wish.id}?t={wrong}", "/wishes/999999999999?t=x", "/wishes/x"]
    assert {(await shopper.get(path)).status_code for path in looks} == {404}
    assert (await shopper.post(f"/wishes/{wish.id}/stopping", {"t": wrong})).status_code == 404
    await wish.refresh_from_db()
    assert wish.state == "waiting"


async def test_the_village_sees_how_many_wait_and_nobody_else_does(site: Site):
    here, there = await a_village("내장산마을"), await a_village("옥정호마을")
    apples = await goods("꿀사과", village=here, left=0)
    tea = await a_program("다도", village=here, seats=1)
    await Session.filter(id=tea.id).update(closed_at=datetime.now(UTC))
    for _ in range(2):
        await wishes(apples.listing.id, phone="")
    await wishes(tea.listing.id)

    ours = await site.browser().sign_in(await a_person(village=here, role=Role.operator))
    theirs = await site.browser().sign_in(await a_person(village=there, role=Role.operator))

    goods_page = (await ours.get("/desk/goods")).text
    assert "2분이 나오기를 기다려요" in goods_page and "0108" not in goods_page
    assert "1분이 열리기를 기다려요" in (await ours.get("/desk/programs")).text
    today = words(await ours.get("/desk"))
    assert today.index("꿀사과 2분") < today.index("다도 1분")
    assert not any(["기다" in (await theirs.get(path)).text for path in ("/desk", "/desk/goods")])
