"""What Meilisearch publishes of the calls that the stand-in knows, cut out of the whole API description.

So every clone has it. `python -m tests.meili_stand_in.published` cuts anew, where the whole description lies beside.
"""

import json
from pathlib import Path
from typing import Any

from tests.meili_stand_in.server import ROUTES

WHOLE = Path(__file__).parents[3] / "shared" / "contracts" / "meilisearch-openapi.json"
PART = Path(__file__).parents[1] / "data" / "meilisearch_api.json"
ORIGIN = "Meilisearch's published OpenAPI description: the shapes of the calls that our tests answer, without its words"
BESIDE = {"ResponseError", "SearchResults", "SearchQueryWithIndex", "Settings_Unchecked"}
"""Schemas that the tests name themselves."""
WORDS = {"description", "example", "examples", "title", "summary"}


def part_of(whole: dict[str, Any]) -> dict[str, Any]:
    """Of the whole published API what is used here."""
    paths: dict[str, Any] = {}
    for method, path, _ in ROUTES:
        paths.setdefault(path, {})[method.lower()] = _shapes(whole["paths"][path][method.lower()])
    schemas: dict[str, Any] = {}
    missing = BESIDE | _named(paths)
    while missing:
        name = missing.pop()
        schemas[name] = _plain(whole["components"]["schemas"][name])
        missing |= _named(schemas[name]) - schemas.keys()
    return {"info": {"title": whole["info"]["title"], "version": whole["info"]["version"], "license": whole["info"]["license"]},
            "origin": ORIGIN, "paths": paths, "components": {"schemas": schemas}}  # fmt: skip


def _shapes(operation: dict[str, Any]) -> dict[str, Any]:
    """Parameters of the address, what is sent, and what is answered when all is well."""
    parameters = [{"name": each["name"], "in": each["in"]} for each in operation.get("parameters", [])]
    body = {"requestBody": _json(operation["requestBody"])} if "requestBody" in operation else {}
    answers = {status: _json(answer) for status, answer in operation["responses"].items() if status < "300"}
    return {"parameters": parameters, **body, "responses": answers}


def _json(carrier: dict[str, Any]) -> dict[str, Any]:
    schema = carrier["content"]["application/json"]["schema"]
    return {"content": {"application/json": {"schema": _plain(schema)}}}


def _plain(schema: Any) -> Any:
    """Without words for people; a property may be called like one of them."""
    if isinstance(schema, list):
        return [_plain(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        name: {each: _plain(part) for each, part in value.items()} if name == "properties" else _plain(value)
        for name, value in schema.items()
        if name not in WORDS
    }


def _named(shape: Any) -> set[str]:
    """The schemas that it refers to."""
    if isinstance(shape, list):
        return {name for each in shape for name in _named(each)}
    if not isinstance(shape, dict):
        return set()
    own = {shape["$ref"].rpartition("/")[2]} if isinstance(shape.get("$ref"), str) else set()
    return own | {name for part in shape.values() for name in _named(part)}


def _text(part: dict[str, Any], depth: int = 3) -> str:
    """A line for each call and each schema, so that a new edition reads as a list of what changed."""
    if not depth or not any(isinstance(value, dict) for value in part.values()):
        return json.dumps(part, sort_keys=True)
    lines = [
        f"{json.dumps(name)}: {_text(value, depth - 1) if isinstance(value, dict) else json.dumps(value)}"
        for name, value in sorted(part.items())
    ]
    return "{\n" + ",\n".join(lines) + "\n}"


if __name__ == "__main__":
    PART.write_text(_text(part_of(json.loads(WHOLE.read_text("utf-8")))) + "\n", "utf-8")
