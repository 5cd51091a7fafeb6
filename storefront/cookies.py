"""Signed values for cookies: what we wrote comes back unchanged, or counts as absent."""

import base64
import hashlib
import hmac
import json
from typing import Any


class CookieJar:
    """Signs with the instance's secret; each name has its own signature, so that one cookie cannot pose as another."""

    def __init__(self, secret: str, *, is_https: bool) -> None:
        self._key = hashlib.sha256(secret.encode()).digest()
        self._prefix = "__Host-" if is_https else ""
        self.is_https = is_https

    def name(self, short: str) -> str:
        """`__Host-` binds a cookie to this host and to https; plain-http loopback in development does without."""
        return f"{self._prefix}{short}"

    def seal(self, name: str, value: Any) -> str:
        body = base64.urlsafe_b64encode(
            json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
        ).decode()
        return f"{body}.{self.mac(name, body)}"

    def open(self, name: str, sealed: str | None) -> Any:
        """The value, or None for anything broken, cut, forged or of another name."""
        body, _, mac = (sealed or "").rpartition(".")
        if not body or not hmac.compare_digest(mac.encode(), self.mac(name, body).encode()):
            return None
        try:
            return json.loads(base64.urlsafe_b64decode(body).decode())
        except ValueError:
            return None

    def mac(self, name: str, body: str) -> str:
        # Keyed BLAKE2 (RFC 7693), 128 bit: a page asks for four of these, and HMAC takes three times as long.
        return hashlib.blake2b(f"{name}:{body}".encode(), key=self._key, digest_size=16).hexdigest()
