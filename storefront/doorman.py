"""At the door: a request id, security headers on every answer, one log line, and no machine at a page."""

import logging
import secrets
import time
from collections import Counter, defaultdict

from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger("jangnal.requests")

PAGE_POLICY = (
    "default-src 'self'; img-src 'self' data:; script-src 'nonce-{nonce}'; style-src 'self'; font-src 'self'; "
    "object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self' {form_action}"
)
NONCE = "jangnal.nonce"
BARE_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'"


class Tally:
    """Counts for `/metrics`, of this process alone."""

    def __init__(self) -> None:
        self.answers: Counter[tuple[str, int]] = Counter()
        self.seconds: defaultdict[str, float] = defaultdict(float)


class Doorman:
    """Outermost ASGI layer. `form_action` is the payment provider's origin."""

    def __init__(self, app: ASGIApp, *, form_action: str, is_https: bool, tally: Tally) -> None:
        self._app = app
        self._form_action = form_action
        self._tally = tally
        self._fixed = [
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"strict-origin-when-cross-origin"),
            (b"permissions-policy", b"camera=(self), geolocation=(), microphone=()"),
            (b"cross-origin-opener-policy", b"same-origin"),
        ]
        if is_https:
            self._fixed.append((b"strict-transport-security", b"max-age=63072000; includeSubDomains"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope["jangnal.request_id"] = secrets.token_hex(8)
        began = time.perf_counter()
        status = 500

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], *self._headers(scope, message["headers"])]
            await send(message)

        try:
            await self._app(scope, receive, send_with_headers)
        finally:
            self._note(scope, status, time.perf_counter() - began)

    def _headers(self, scope: Scope, given: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        names = {name.lower() for name, _ in given}
        added = [*self._fixed, (b"x-request-id", scope["jangnal.request_id"].encode())]
        if b"content-security-policy" not in names:
            is_page = dict(given).get(b"content-type", b"").startswith(b"text/html")
            nonce = scope.get(NONCE, "none")
            policy = (
                PAGE_POLICY.format(nonce=nonce, form_action=self._form_action) if is_page else BARE_POLICY
            )
            added.append((b"content-security-policy", policy.encode()))
        return added

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("endpoint"), "__name__", "none")
        self._tally.answers[(route, status)] += 1
        self._tally.seconds[route] += seconds
        if log.isEnabledFor(logging.INFO):
            facts = {
                "id": scope["jangnal.request_id"],
                "method": scope["method"],
                "route": route,
                "status": status,
                "ms": round(seconds * 1000, 1),
            }
            log.info("answered", extra={"facts": facts})
