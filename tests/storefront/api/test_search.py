"""Search for machines."""

import pytest

from market.finding.upkeep import index_changed_listings
from tests.builders import NOW, a_program, a_village, goods
from tests.site import Browser, Site


@pytest.fixture
async def machine(site: Site) -> Browser:
    here, there = (
        await a_village("내장산마을", slug="naejangsan"),
        await a_village("옥정호마을", slug="okjeongho"),
    )
    await goods("곶감", village=here, code="P012", slug="gotgam")
    await a_program("곶감 만들기", village=there, slug="gotgam-making")
    await index_changed_listings(NOW)
    return site.browser()


async def test_items_in_order_with_facets(machine: Browser):
    body = (await machine.get("/api/v1/search?q=곶감")).json()

    assert body["items"][0] == {
        "slug": "gotgam",
        "code": "P012",
        "name": "곶감",
        "kind": "goods",
        "village": {"slug": "naejangsan", "name": "내장산마을"},
    }
    assert [item["kind"] for item in body["items"]] == ["goods", "program"]
    assert {facet["value"]: facet["count"] for facet in body["facets"]["kind"]} == {"goods": 1, "program": 1}
    assert body["corrected"] is None


async def test_what_was_rewritten_is_said(machine: Browser):
    assert (await machine.get("/api/v1/search?q=꽂감")).json()["corrected"] == "곶감"


async def test_kind_village_and_limit_narrow(machine: Browser):
    body = (await machine.get("/api/v1/search?q=곶감&kind=program&village=okjeongho&limit=1")).json()

    assert [item["slug"] for item in body["items"]] == ["gotgam-making"]
    assert (await machine.get("/api/v1/search?q=곶감&village=nowhere")).json()["items"] == []


async def test_no_words_find_nothing(machine: Browser):
    assert (await machine.get("/api/v1/search")).json()["items"] == []


@pytest.mark.parametrize(
    ("query", "field"),
    [("kind=nothing", "kind"), ("sort=dear", "sort"), ("min_price=-1", "min_price"), ("min_price=9&max_price=5", "max_price"),
     ("in_season=maybe", "in_season"), ("ships_this_week=2", "ships_this_week"), ("village=%00", "village"), ("limit=0", "limit"), ("limit=-1", "limit"), ("limit=1000000000", "limit"), ("limit=²", "limit")],
)  # fmt: skip
async def test_a_wrong_parameter_is_a_problem_with_its_sentence(machine: Browser, query: str, field: str):
    answer = await machine.get(f"/api/v1/search?q=곶감&{query}")

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert list(answer.json()["fields"]) == [field]


async def test_the_goods_lists_filters_narrow_search_too(machine: Browser):
    every = (await machine.get("/api/v1/search?q=곶감")).json()
    cheap = (await machine.get("/api/v1/search?q=곶감&max_price=34999&kind=goods")).json()
    dear = (
        await machine.get("/api/v1/search?q=곶감&min_price=35000&max_price=35000&category=과일&sort=price")
    ).json()

    assert cheap["items"] == [] and [item["slug"] for item in dear["items"]] == ["gotgam"]
    assert set(every["facets"]) == {
        "kind",
        "village",
        "category",
        "certificate",
        "price",
        "ships_this_week",
        "in_season",
    }
    assert every["fallen_back"] is False and every["nearby"] == []


async def test_a_village_among_the_suggestions_has_its_whole_name_and_is_of_no_village(machine: Browser):
    found = (await machine.get("/api/v1/search/suggestions?q=내장")).json()["items"]

    (village,) = [each for each in found if each["kind"] == "village"]
    assert (village["text"], village["village"]) == ("내장산마을", None)


async def test_suggestions_for_machines(machine: Browser):
    body = (await machine.get("/api/v1/search/suggestions?q=곶")).json()

    assert body == {
        "items": [
            {"text": "곶감", "kind": None, "slug": None, "village": None},
            {"text": "곶감 만들기", "kind": "program", "slug": "gotgam-making", "village": "옥정호"},
        ]
    }
    assert (await machine.get("/api/v1/search/suggestions")).json() == {"items": []}
    assert (await machine.get("/api/v1/search/suggestions?q=곶&limit=9")).status_code == 422


@pytest.mark.parametrize("path", ["search?q=곶감", "search/suggestions?q=곶"])
async def test_whoever_has_the_same_answer_already_gets_none(machine: Browser, path: str):
    first = await machine.get(f"/api/v1/{path}")
    again = await machine.get(f"/api/v1/{path}", headers={"If-None-Match": first.headers["etag"]})
    other = await machine.get("/api/v1/search?q=사과", headers={"If-None-Match": first.headers["etag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert other.status_code == 200
