"""How the sandbox says no: in Stripe's shape."""

import re
from typing import Any


class Refusal(Exception):
    """One refusal of the API. `kind` and `code` are words of Stripe's error reference."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.error = {"message": message, "type": kind} | {
            name: value for name, value in (("code", code), ("param", param)) if value is not None
        }

    def body(self) -> dict[str, Any]:
        return {"error": self.error}


def known_name(what: str, name: str) -> str:
    """The name of a thing, where it could be one at all. Raises the refusal of a thing that is not there."""
    if not re.fullmatch(r"[A-Za-z0-9_]{1,100}", name):
        raise missing(what, name[:100])
    return name


def missing(what: str, name: str) -> Refusal:
    return Refusal(f"No such {what}: '{name}'", status=404, code="resource_missing", param="id")
