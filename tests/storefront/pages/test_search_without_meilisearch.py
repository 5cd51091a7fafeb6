"""The search page and the API while Meilisearch is away: the same goods, and a word about it."""

from market.finding.meili.client import MeiliClient
from market.finding.meili.index import search_with
from market.finding.upkeep import index_changed_listings
from tests.builders import NOW, goods
from tests.site import Site

NOBODY = "http://127.0.0.1:9"
SENTENCE = "지금은 간단한 검색으로 찾아 드립니다"


async def test_while_meilisearch_is_away_the_page_finds_the_same_and_says_so(site: Site):
    await goods("꿀사과 5kg")
    while await index_changed_listings(NOW):
        pass
    with_database = await site.browser().get("/search?q=꿀사과")
    away = MeiliClient(NOBODY)
    search_with(away)

    page = await site.browser().get("/search?q=꿀사과")
    answer = (await site.browser().get("/api/v1/search?q=꿀사과")).json()
    await away.close()

    assert page.status_code == 200
    assert "꿀사과 5kg" in page.text
    assert SENTENCE in page.text
    assert SENTENCE not in with_database.text
    assert answer["fallen_back"] is True
    assert [item["name"] for item in answer["items"]] == ["꿀사과 5kg"]
