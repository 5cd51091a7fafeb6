"""Every request and answer of the stand-in, held against the API that Meilisearch publishes."""

import json
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator

from tests.meili_stand_in.published import PART
from tests.meili_stand_in.server import Asked, StandIn

# The contract leaves the settings open; what it names is all there is.
CLOSED = {"Settings_Unchecked"}


@cache
def contract() -> dict[str, Any]:
    return json.loads(PART.read_text("utf-8"))


def differences(stand_in: StandIn) -> list[str]:
    """Where what was asked and answered leaves the contract; answers to what we asked wrongly on purpose too."""
    return [f"{each.method} {each.template}: {what}" for each in stand_in.asked for what in _of(each)]


def _of(asked: Asked) -> list[str]:
    operation = contract()["paths"].get(asked.template, {}).get(asked.method.lower())
    if operation is None:
        return ["no such call"]
    found = []
    if asked.status < 300:
        found += _parameters(operation, asked)
        if body := operation.get("requestBody"):
            found += _misfits(body["content"]["application/json"]["schema"], asked.body, "sent")
    found += _answer(operation, asked)
    return found


def _parameters(operation: dict[str, Any], asked: Asked) -> list[str]:
    known = {each["name"] for each in operation.get("parameters", []) if each["in"] == "query"}
    return [f"unknown parameter {name}" for name in asked.query.keys() - known]


def _answer(operation: dict[str, Any], asked: Asked) -> list[str]:
    if asked.status >= 300:
        return _misfits({"$ref": "#/components/schemas/ResponseError"}, asked.answer, "refused")
    answer = operation["responses"].get(str(asked.status))
    if answer is None:
        return [f"answers {asked.status}"]
    if asked.template == "/multi-search":  # the contract names the federated form alone
        return _misfits({"$ref": "#/components/schemas/SearchResults"}, asked.answer, "answered")
    return _misfits(answer["content"]["application/json"]["schema"], asked.answer, "answered")


def _misfits(schema: dict[str, Any], value: Any, what: str) -> list[str]:
    name = schema.get("$ref", "").rpartition("/")[2]
    misfits = [
        f"{what}: {error.json_path} {error.message[:200]}"
        for error in _validator(json.dumps(schema)).iter_errors(value)
    ]
    if name in CLOSED:
        known = contract()["components"]["schemas"][name]["properties"]
        misfits += [f"{what}: unknown {each}" for each in value.keys() - known.keys()]
    return misfits


@cache
def _validator(schema: str) -> Draft202012Validator:
    return Draft202012Validator({**json.loads(schema), "components": contract()["components"]})
