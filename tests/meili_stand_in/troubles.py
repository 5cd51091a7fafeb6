"""Refusals in Meilisearch's words: message, code, type and link."""

from typing import Any

STATUS = {
    "missing_authorization_header": 401, "invalid_api_key": 403, "index_not_found": 404, "document_not_found": 404,
    "task_not_found": 404, "not_found": 404, "invalid_content_type": 415, "missing_content_type": 415,
    "payload_too_large": 413, "internal": 500, "too_many_search_requests": 503,
}  # fmt: skip
"""By code; whatever is not here is 400."""
AUTH = {"missing_authorization_header", "invalid_api_key"}
SYSTEM = {"too_many_search_requests", "no_space_left_on_device"}


class Trouble(Exception):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message

    @property
    def status(self) -> int:
        return STATUS.get(self.code, 400)

    @property
    def words(self) -> dict[str, Any]:
        kind = "auth" if self.code in AUTH else "system" if self.code in SYSTEM else "invalid_request"
        return {
            "message": self.message,
            "code": self.code,
            "type": "internal" if self.code == "internal" else kind,
            "link": f"https://docs.meilisearch.com/errors#{self.code}",
        }


def index_not_found(uid: str) -> Trouble:
    return Trouble("index_not_found", f"Index `{uid}` not found.")
