"""Static files under addresses that carry their content's hash, so that browsers may keep them for a year."""

import hashlib
from pathlib import Path

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

STATIC = Path(__file__).parent / "static"


class Assets:
    """`asset("css/base.css")` → `/static/css/base.css?v=…`; each file is read once, when it is first asked for."""

    def __init__(self, folder: Path = STATIC) -> None:
        self._folder = folder
        self._addresses: dict[str, str] = {}

    def __call__(self, path: str) -> str:
        if path not in self._addresses:
            digest = hashlib.sha256((self._folder / path).read_bytes()).hexdigest()[:10]
            self._addresses[path] = f"/static/{path}?v={digest}"
        return self._addresses[path]


class LastingStaticFiles(StaticFiles):
    """A file asked for with its hash never changes; without it the browser asks again."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        hashed = scope.get("query_string", b"").startswith(b"v=")
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if hashed else "no-cache"
        return response
