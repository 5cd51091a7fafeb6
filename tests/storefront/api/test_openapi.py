"""The API's description: valid, complete, and true for whatever a machine may think of."""

import asyncio
import re
import warnings
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.checks import CHECKS

from storefront.app import ROUTES
from tests.builders import a_program, a_village, goods
from tests.site import Site
from tests.storefront.api.contract import ADDRESS, BUYER, DOCUMENT
from villages.people import Permission
from villages.refund_ladders import PRESETS, ladder_as_data

EXAMPLES = 15
CHECKED = ("not_a_server_error", "status_code_conformance", "content_type_conformance",
           "response_headers_conformance", "response_schema_conformance")  # fmt: skip
OPERATIONS = [
    (path, method) for path, methods in DOCUMENT["paths"].items() for method in methods if method != "parameters"
]  # fmt: skip


def test_the_document_is_openapi_3_1():
    schemathesis.openapi.from_dict(DOCUMENT).validate()

    assert DOCUMENT["openapi"].startswith("3.1.")


def test_every_address_of_the_api_is_described_and_nothing_else():
    served = {
        (route.path.removeprefix("/api/v1"), method.lower())  # type: ignore[attr-defined]
        for route in ROUTES
        if getattr(route, "path", "").startswith("/api/v1/") and "openapi" not in route.path  # type: ignore[attr-defined]
        for method in route.methods - {"HEAD"}  # type: ignore[attr-defined]
    }

    assert set(OPERATIONS) == served


def test_no_reference_leads_nowhere():
    text = str(DOCUMENT)

    for kind, name in set(re.findall(r"#/components/(\w+)/(\w+)", text)):
        assert name in DOCUMENT["components"][kind]


def test_every_route_for_machines_says_so():
    for route in ROUTES:
        if getattr(route, "path", "").startswith(("/api/", "/hooks/")):
            assert route.endpoint.may == Permission.machine  # type: ignore[attr-defined]


async def test_the_document_is_served(site: Site):
    answer = await site.browser().get("/api/v1/openapi.json")

    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == DOCUMENT


@pytest.mark.parametrize("mode", list(schemathesis.GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize(("path", "method"), OPERATIONS, ids=lambda value: value)
async def test_whatever_is_asked_the_answer_is_described(site: Site, path: str, method: str, mode):
    """Made-up requests, good and bad ones; never a 5xx, always a described status, type and shape."""
    on_sale = await something_on_sale()
    operation = schemathesis.openapi.from_dict(DOCUMENT)[path][method.upper()]
    checks = CHECKS.get_by_names(list(CHECKED))
    client = httpx.AsyncClient(
        transport=httpx.ASGITransport(app=site.app, raise_app_exceptions=False), base_url="http://shop.test/api/v1"
    )  # fmt: skip
    loop = asyncio.get_running_loop()
    asked = 0

    def send(case: Any) -> httpx.Response:
        request = as_request(case, client)
        future: Future[httpx.Response] = asyncio.run_coroutine_threadsafe(client.send(request), loop)
        return future.result(timeout=60)

    @seed(20261121)
    @settings(
        max_examples=EXAMPLES, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
    )  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        nonlocal asked
        asked += 1
        if asked % 2:
            on_sale.put_into(case)
        case.validate_response(send(case), checks=checks)

    def in_thread() -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # whatever the library itself is warned of is not ours
            ask()

    await asyncio.to_thread(in_thread)

    assert asked


def as_request(case: Any, client: httpx.AsyncClient) -> httpx.Request:
    """A made-up case as the bytes that would go over the wire."""
    sent = requests.Request(**case.as_transport_kwargs(base_url="http://shop.test/api/v1")).prepare()
    body = sent.body.encode() if isinstance(sent.body, str) else sent.body
    assert body is None or isinstance(body, bytes)
    headers = [(name.encode("latin-1"), as_bytes(value)) for name, value in sent.headers.items()]
    return httpx.Request(sent.method or "GET", sent.url or "", headers=headers, content=body)


def as_bytes(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode("latin-1", "replace")


@dataclass
class OnSale:
    """One of each; the slug of each by the name of its address."""

    slugs: dict[str, str]
    variant: int
    session: int

    def put_into(self, case: Any) -> None:
        """Let a made-up case mean what there is, so that more than refusals is seen."""
        if "slug" in case.path_parameters:
            case.path_parameters["slug"] = self.slugs[case.path.split("/")[1]]
        if isinstance(case.body, dict) and case.operation.method == "post":
            case.body |= {"buyer": BUYER, "address": ADDRESS, "expected_total": None}
            case.body["lines"] = [
                {"variant": self.variant, "quantity": 1},
                {"session": self.session, "participants": {"adult": 1}},
            ]


async def something_on_sale() -> OnSale:
    village = await a_village(story="이야기")
    apples = await goods("꿀사과", village=village, left=100)
    session = await a_program(
        village=village, starts_at=datetime.now(UTC) + timedelta(days=5),
        refund_ladder=ladder_as_data(PRESETS["stay"]),
    )  # fmt: skip
    slugs = {"villages": village.slug, "goods": apples.listing.slug, "programs": session.listing.slug}
    return OnSale(slugs, apples.id, session.id)
