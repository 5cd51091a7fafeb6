"""The stand-in refuses what Meilisearch refuses, with code, type and link; its tasks are asynchronous."""

import json
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.meili_stand_in.contract import contract, differences
from tests.meili_stand_in.published import WHOLE, part_of
from tests.meili_stand_in.searching import KNOWN
from tests.meili_stand_in.server import KEY, ROUTES, StandIn, running_stand_in

INDEX = "things"
SETTINGS = {
    "filterableAttributes": ["kind"],
    "sortableAttributes": ["length"],
    "searchableAttributes": ["name"],
}
THINGS = [
    {"id": "1", "name": "honey apple", "kind": "goods"},
    {"id": "2", "name": "apple picking", "kind": "program"},
    {"id": "3", "name": "pear", "kind": "goods"},
]


@pytest.fixture(scope="module")
def stand_in() -> Iterator[StandIn]:
    with running_stand_in() as running:
        yield running


@pytest.fixture(scope="module")
def api(stand_in: StandIn) -> Iterator[httpx.Client]:
    headers = {"authorization": f"Bearer {KEY}"}
    with httpx.Client(base_url=stand_in.url, headers=headers, trust_env=False) as api:
        for method, path, body in (
            ("POST", "/indexes", {"uid": INDEX, "primaryKey": "id"}),
            ("PATCH", f"/indexes/{INDEX}/settings", SETTINGS),
            ("POST", f"/indexes/{INDEX}/documents", THINGS),
        ):
            finished(api, api.request(method, path, json=body))
        yield api


def finished(api: httpx.Client, answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 202, answer.text
    until = time.monotonic() + 10
    while time.monotonic() < until:
        task = api.get(f"/tasks/{answer.json()['taskUid']}").json()
        if task["status"] in ("succeeded", "failed"):
            return task
        time.sleep(0.01)
    raise AssertionError("the task does not end")


def found(api: httpx.Client, **query: Any) -> list[str]:
    answer = api.post("/multi-search", json={"queries": [{"indexUid": INDEX, **query}]})
    assert answer.status_code == 200, answer.text
    return [hit["id"] for hit in answer.json()["results"][0]["hits"]]


def test_it_answers_as_many_as_are_asked_for_with_what_is_asked_for(api: httpx.Client):
    assert found(api) == ["1", "2", "3"]
    assert found(api, offset=1, limit=1) == ["2"]

    answer = api.post(
        "/multi-search", json={"queries": [{"indexUid": INDEX, "attributesToRetrieve": ["name"]}]}
    )
    assert answer.json()["results"][0]["hits"][0] == {"name": "honey apple"}


@pytest.mark.parametrize(
    ("expression", "ids"),
    [
        ("kind = goods", ["1", "3"]),
        (["kind = 'goods'", 'kind != "goods"'], []),
        ([["kind = goods", "kind = program"]], ["1", "2", "3"]),
        ("kind IN ['program', nothing] OR NOT kind = program", ["1", "2", "3"]),
        ("(kind = goods OR kind = program) AND kind EXISTS", ["1", "2", "3"]),
        ("kind = 'it\\'s'", []),
    ],
)
def test_filters_are_all_of_a_list_and_any_of_a_list_in_it(
    api: httpx.Client, expression: Any, ids: list[str]
):
    assert found(api, filter=expression) == ids


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"hitPerPage": 3}, "bad_request"),
        ({"filter": "length = 3"}, "invalid_search_filter"),
        ({"filter": "kind = goods OR"}, "invalid_search_filter"),
        ({"filter": "kind = 'it's'"}, "invalid_search_filter"),
        ({"filter": 7}, "invalid_search_filter"),
        ({"limit": -1}, "invalid_search_limit"),
        ({"limit": "3"}, "invalid_search_limit"),
        ({"attributesToRetrieve": "name"}, "invalid_search_attributes_to_retrieve"),
        ({"indexUid": "nothing"}, "index_not_found"),
    ],
)
def test_a_question_it_does_not_know_is_refused_with_code_type_and_link(
    api: httpx.Client, query: dict[str, Any], code: str
):
    answer = api.post("/multi-search", json={"queries": [{"indexUid": INDEX, **query}]})

    assert answer.status_code == 400
    assert answer.json()["code"] == code
    assert answer.json()["type"] == "invalid_request"
    assert answer.json()["link"].endswith(f"#{code}")


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"searchable": ["name"]}, "bad_request"),
        ({"rankingRules": ["best"]}, "invalid_settings_ranking_rules"),
        ({"pagination": {"most": 3}}, "bad_request"),
        ({"filterableAttributes": [{"attributes": ["kind"]}]}, "invalid_settings_filterable_attributes"),
    ],
)
def test_settings_it_does_not_know_are_refused(api: httpx.Client, settings: dict[str, Any], code: str):
    answer = api.patch(f"/indexes/{INDEX}/settings", json=settings)

    assert (answer.status_code, answer.json()["code"]) == (400, code)


@pytest.mark.parametrize(
    ("method", "path", "body", "code"),
    [
        ("POST", "/indexes", {"uid": INDEX}, "index_already_exists"),
        ("DELETE", "/indexes/nothing", None, "index_not_found"),
        ("POST", "/swap-indexes", [{"indexes": [INDEX, "nothing"]}], "index_not_found"),
        ("POST", f"/indexes/{INDEX}/documents", [{"name": "no id"}], "missing_document_id"),
        ("POST", f"/indexes/{INDEX}/documents", [{"id": "가"}], "invalid_document_id"),
    ],
)
def test_what_cannot_be_done_is_a_task_that_fails(
    api: httpx.Client, method: str, path: str, body: Any, code: str
):
    task = finished(api, api.request(method, path, json=body))

    assert task["status"] == "failed"
    assert task["error"]["code"] == code


def test_a_task_is_enqueued_then_processed_then_done(api: httpx.Client, stand_in: StandIn):
    stand_in.engine.pace = 0.2
    answer = api.post(f"/indexes/{INDEX}/documents", json=[THINGS[0]])
    stand_in.engine.pace = 0.2
    time.sleep(0.05)

    assert answer.json()["status"] == "enqueued"
    assert api.get(f"/tasks/{answer.json()['taskUid']}").json()["status"] == "processing"
    assert finished(api, answer)["details"]["indexedDocuments"] == 1
    stand_in.engine.pace = 0.0


def test_swapped_indexes_change_everything_but_their_names(api: httpx.Client):
    finished(api, api.post("/indexes", json={"uid": "other", "primaryKey": "id"}))
    swap = [{"indexes": [INDEX, "other"]}]

    assert finished(api, api.post("/swap-indexes", json=swap))["status"] == "succeeded"
    assert api.get("/indexes/other/stats").json()["numberOfDocuments"] == len(THINGS)
    assert api.get(f"/indexes/{INDEX}/settings").json()["sortableAttributes"] == []
    assert finished(api, api.post("/swap-indexes", json=swap))["status"] == "succeeded"


@pytest.mark.parametrize(
    ("key", "status", "code"), [("", 401, "missing_authorization_header"), ("x", 403, "invalid_api_key")]
)
def test_only_the_key_opens_and_health_needs_none(stand_in: StandIn, key: str, status: int, code: str):
    headers = {"authorization": f"Bearer {key}"} if key else {}

    answer = httpx.get(f"{stand_in.url}/version", headers=headers, trust_env=False)

    assert (answer.status_code, answer.json()["code"], answer.json()["type"]) == (status, code, "auth")
    assert httpx.get(f"{stand_in.url}/health", trust_env=False).json() == {"status": "available"}


def test_half_a_payload_or_another_kind_of_it_is_refused(api: httpx.Client):
    address = f"/indexes/{INDEX}/documents"

    half = api.post(address, content=b'[{"id": ', headers={"content-type": "application/json"})
    text = api.post(address, content=b"[]", headers={"content-type": "text/plain"})

    assert (half.status_code, half.json()["code"]) == (400, "malformed_payload")
    assert (text.status_code, text.json()["code"]) == (415, "invalid_content_type")


def test_all_it_was_asked_and_answered_here_is_in_the_published_api(api: httpx.Client, stand_in: StandIn):
    assert differences(stand_in) == []


def test_what_every_clone_has_of_the_published_api_is_what_is_published():
    if not WHOLE.exists():
        pytest.skip(f"the whole API description of Meilisearch is not on this machine: {WHOLE}")
    assert contract() == part_of(json.loads(WHOLE.read_text("utf-8"))), (
        "cut it anew: python -m tests.meili_stand_in.published"
    )


def test_its_routes_and_the_fields_of_a_question_are_the_published_ones():
    paths = contract()["paths"]

    assert [(method, path) for method, path, _ in ROUTES if method.lower() not in paths.get(path, {})] == []
    assert contract()["components"]["schemas"]["SearchQueryWithIndex"]["properties"].keys() == KNOWN
