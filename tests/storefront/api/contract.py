"""The API's own description, and a client that holds every answer against it."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from jsonschema import Draft202012Validator, FormatChecker

from tests.site import Site

DOCUMENT = json.loads((Path(__file__).parents[3] / "storefront/api/openapi.json").read_text(encoding="utf-8"))
PREFIX = "/api/v1"
BUYER = {"name": "김민지", "phone": "010-1234-5678", "email": "min@example.kr"}
ADDRESS = {
    "name": "김민지", "phone": "010-1234-5678", "postcode": "04524", "road": "서울특별시 중구 세종대로 110", "detail": "1층",
}  # fmt: skip


def a_wish(*lines: dict[str, Any], **values: Any) -> dict[str, Any]:
    return {"buyer": BUYER, "address": ADDRESS, "lines": list(lines), "payment": "bank_transfer"} | values


@dataclass
class Api:
    """A partner program. Whatever it is answered must be described: status, content type, headers and shape."""

    client: httpx.AsyncClient

    async def get(self, path: str, **more: Any) -> httpx.Response:
        return held_to_document(await self.client.get(PREFIX + path, **more))

    async def order(self, wish: Any = None, *, key: str | None = "key-1", **more: Any) -> httpx.Response:
        headers = ({"Idempotency-Key": key} if key is not None else {}) | more.pop("headers", {})
        content = {"json": wish} if "content" not in more else {}
        return held_to_document(
            await self.client.post(f"{PREFIX}/orders", headers=headers, **content, **more)
        )

    async def items(self, path: str, **params: Any) -> list[dict[str, Any]]:
        answer = await self.get(path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()["items"]


def an_api(site: Site) -> Api:
    transport = httpx.ASGITransport(app=site.app, raise_app_exceptions=False)
    return Api(httpx.AsyncClient(transport=transport, base_url="http://shop.test"))


def held_to_document(answer: httpx.Response) -> httpx.Response:
    """The same answer; fails where the document says otherwise."""
    described = _described(answer)
    assert described is not None, (
        f"{answer.request.method} {answer.url.path} {answer.status_code}: not described"
    )
    for name, header in described.get("headers", {}).items():
        assert name in answer.headers or not header.get("required"), f"{name} is missing"
    content = described.get("content")
    if content is None:
        assert not answer.content
        return answer
    kind = answer.headers["content-type"].partition(";")[0]
    assert kind in content, f"{kind} is not described"
    if kind.endswith("json"):
        found = sorted(_validator(content[kind]["schema"]).iter_errors(answer.json()), key=str)
        assert not found, found[0]
    return answer


def _described(answer: httpx.Response) -> dict[str, Any] | None:
    path = answer.url.path.removeprefix(PREFIX)
    for template, methods in DOCUMENT["paths"].items():
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path):
            operation = methods.get(answer.request.method.lower(), {})
            response = operation.get("responses", {}).get(str(answer.status_code))
            return _resolved(response) if response else None
    return None


def _resolved(thing: dict[str, Any]) -> dict[str, Any]:
    if reference := thing.get("$ref"):
        found: Any = DOCUMENT
        for step in reference.removeprefix("#/").split("/"):
            found = found[step]
        return found
    return thing


def _validator(schema: dict[str, Any]) -> Draft202012Validator:
    return Draft202012Validator(
        schema | {"components": DOCUMENT["components"]}, format_checker=FormatChecker()
    )
