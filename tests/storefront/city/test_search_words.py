"""찾는 말: what was not found is listed, gets its meaning by one tap, and what was added can be taken away."""

import html
import re

from market.finding.missed import MissedSearch, missed_searches
from market.finding.synonyms import Synonym
from market.finding.upkeep import index_changed_listings
from tests.builders import NOW, goods
from tests.site import Site
from villages.acts import Act
from villages.days import seoul_day
from villages.people import Role

TODAY = seoul_day(NOW)


def text_of(page: str) -> str:
    """What is read, without the tags."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", "", page)).split())


async def on_sale(*names: str) -> None:
    for name in names:
        await goods(name)
    while await index_changed_listings(NOW):
        pass


async def missed(query: str) -> MissedSearch:
    return await MissedSearch.create(query=query, times=3, days=2, first_on=TODAY, last_on=TODAY)


async def names_found(site: Site, query: str) -> str:
    return text_of((await site.browser().get("/search", params={"q": query})).text)


async def test_a_word_that_found_nothing_finds_the_goods_after_one_tap(site):
    await on_sale("골드 키위 2kg")
    await missed("참다래")
    officer = await site.officer()
    page = await officer.get("/city/words")
    assert "참다래" in page.text and "2일에 걸쳐 3번" in text_of(page.text)
    assert "골드 키위 2kg" not in await names_found(site, "참다래")

    answer = await officer.post("/city/words", {"word": "참다래", "means": "키위"})

    assert answer.status_code == 303
    assert "골드 키위 2kg" in await names_found(site, "참다래")
    assert "골드 키위 2kg" in await names_found(site, "참다래 사고 싶어요")
    assert not await MissedSearch.exists()
    after = text_of((await officer.follow(answer)).text)
    assert "같은 말을 더했습니다" in after
    act = await Act.get(what="synonym added")
    assert act.subject == f"synonym {(await Synonym.get()).id}"
    assert "같은 말을 더함 참다래 → 키위" in text_of((await officer.get("/city/acts")).text)


async def test_words_that_look_alike_are_offered_as_buttons(site):
    await on_sale("고구마")
    await missed("고구려")

    page = await (await site.officer()).get("/city/words")

    assert 'name="means" value="고구마"' in page.text


async def test_the_word_of_the_address_stands_in_the_form(site):
    page = await (await site.officer()).get("/city/words", params={"word": "참다래"})

    assert 'name="word" value="참다래"' in page.text


async def test_what_was_taken_away_finds_nothing_again(site):
    await on_sale("골드 키위 2kg")
    officer = await site.officer()
    await officer.post("/city/words", {"word": "참다래", "means": "키위"})
    synonym = await Synonym.get()

    answer = await officer.post(f"/city/words/{synonym.id}/withdrawal")

    assert answer.status_code == 303
    assert "골드 키위 2kg" not in await names_found(site, "참다래")
    assert await Act.filter(what="synonym withdrawn").count() == 1
    assert (await officer.post(f"/city/words/{synonym.id}/withdrawal")).status_code == 404


async def test_mistakes_are_said_beside_the_words_typed(site):
    await on_sale("골드 키위 2kg")
    officer = await site.officer()

    answer = await officer.post("/city/words", {"word": "010-1234", "means": "키이위", "both_ways": "1"})

    assert answer.status_code == 422
    assert (
        'value="010-1234"' in answer.text and 'id="f-word-error"' in answer.text and "checked" in answer.text
    )
    assert not await Synonym.exists()


async def test_a_missed_word_is_taken_off_the_list(site):
    row = await missed("김아무개")
    officer = await site.officer()

    assert (await officer.post(f"/city/missed-searches/{row.id}/removal")).status_code == 303
    assert (await officer.post(f"/city/missed-searches/{row.id}/removal")).status_code == 303

    assert not await MissedSearch.exists()


async def test_a_viewer_sees_the_words_and_changes_none(site):
    row = await missed("참다래")
    viewer = await site.officer(Role.viewer)

    page = await viewer.get("/city/words")

    assert page.status_code == 200 and "참다래" in page.text and "/removal" not in page.text
    assert (await viewer.post("/city/words", {"word": "참다래", "means": "키위"})).status_code == 403
    assert (await viewer.post(f"/city/missed-searches/{row.id}/removal")).status_code == 403


async def test_an_operator_has_no_business_there(site, town):
    assert (await (await site.operator_of(town.maple)).get("/city/words")).status_code == 403


async def test_a_search_without_a_hit_is_counted_and_one_with_hits_or_filters_is_not(site):
    await on_sale("골드 키위 2kg")
    browser = site.browser()

    for query in ("참다래", "참다래 사고 싶어요", "키위", "010-1234-5678"):
        await browser.get("/search", params={"q": query})
    await browser.get("/search", params={"q": "용과", "kind": "program"})
    await browser.get("/search", params={"q": "두리안", "exact": "1"})
    await browser.get("/api/v1/search", params={"q": "망고"})
    await missed_searches().write_down()

    assert await MissedSearch.all().values_list("query", "times") == [("참다래", 2)]


async def test_a_machine_that_brings_no_cookie_is_not_counted(site):
    stranger = site.browser()
    stranger.client.cookies.clear()

    await stranger.get("/search", params={"q": "참다래"})
    await missed_searches().write_down()

    assert not await MissedSearch.exists()
