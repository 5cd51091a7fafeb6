"""Meilisearch over HTTP (1.50 and later): the only file that speaks to it. Its troubles become `SearchDown`."""

import asyncio
import json
import time
from collections.abc import Mapping, Sequence
from typing import Any

import httpx

PATIENCE = 10.0  # seconds for one call of the worker's; pages bring their own
FIRST_LOOK, LAST_LOOK = 0.01, 0.5  # seconds between looks whether a task is done
MOST_BYTES = 8_000_000  # of an answer; a page of hits has a few kB
LONGEST_TROUBLE = 300  # signs of what Meilisearch says, for logs and tasks

Json = dict[str, Any]


class SearchDown(Exception):
    """Meilisearch did not do it. `retry`: the same may go well later. `code` is Meilisearch's own, if it gave one."""

    def __init__(self, what: str, *, retry: bool, code: str = "") -> None:
        super().__init__(" ".join(what.split())[:LONGEST_TROUBLE])
        self.retry, self.code = retry, code


class MeiliClient:
    """Calls of one server. Nothing is opened before the first call; no redirect is followed, no proxy used."""

    def __init__(self, url: str, key: str = "") -> None:
        self._url = url
        self._headers = {"authorization": f"Bearer {key}"} if key else {}
        self._http: httpx.AsyncClient | None = None

    async def close(self) -> None:
        """Let the kept connections go."""
        http, self._http = self._http, None
        if http:
            await http.aclose()

    async def search(self, queries: Sequence[Json], *, patience: float) -> list[list[Json]]:
        """The hits of each query, in the order asked. Raises `SearchDown`, also for an answer that is none."""
        answer = await self._ask("POST", "/multi-search", {"queries": list(queries)}, patience=patience)
        results = _part(answer, "results", list)
        if len(results) != len(queries):
            raise SearchDown("Meilisearch answered another number of queries", retry=False)
        return [[_dict(hit) for hit in _part(_dict(result), "hits", list)] for result in results]

    async def document(self, index: str, key: str) -> Json | None:
        """None where the index or the document is not there."""
        try:
            return _dict(await self._ask("GET", f"/indexes/{index}/documents/{key}"))
        except SearchDown as down:
            if down.code in ("index_not_found", "document_not_found"):
                return None
            raise

    async def settings(self, index: str) -> Json:
        return _dict(await self._ask("GET", f"/indexes/{index}/settings"))

    async def count(self, index: str) -> int:
        """How many documents it has."""
        return _part(await self._ask("GET", f"/indexes/{index}/stats"), "numberOfDocuments", int)

    async def begin_index(self, index: str) -> int:
        """Like whatever follows: puts a task into the queue and returns its number; `finished` waits for it."""
        return await self._enqueue("POST", "/indexes", {"uid": index, "primaryKey": "id"})

    async def drop_index(self, index: str) -> int:
        return await self._enqueue("DELETE", f"/indexes/{index}")

    async def change_settings(self, index: str, settings: Mapping[str, Any]) -> int:
        return await self._enqueue("PATCH", f"/indexes/{index}/settings", dict(settings))

    async def put_documents(self, index: str, documents: Sequence[Json]) -> int:
        return await self._enqueue("POST", f"/indexes/{index}/documents?primaryKey=id", list(documents))

    async def remove_documents(self, index: str, keys: Sequence[str]) -> int:
        return await self._enqueue("POST", f"/indexes/{index}/documents/delete-batch", list(keys))

    async def swap(self, first: str, second: str) -> int:
        return await self._enqueue("POST", "/swap-indexes", [{"indexes": [first, second]}])

    async def finished(self, task: int, *, within: float) -> bool:
        """Whether a task succeeded within that many seconds. Raises `SearchDown` when it failed or was canceled."""
        until, pause = time.monotonic() + within, FIRST_LOOK
        while True:
            answer = _dict(await self._ask("GET", f"/tasks/{task}"))
            status = answer.get("status")
            if status == "succeeded":
                return True
            if status not in ("enqueued", "processing"):
                raise _failed(task, answer)
            if time.monotonic() + pause > until:
                return False
            await asyncio.sleep(pause)
            pause = min(2 * pause, LAST_LOOK)

    async def _enqueue(self, method: str, path: str, body: object = None) -> int:
        return _part(await self._ask(method, path, body), "taskUid", int)

    async def _ask(self, method: str, path: str, body: object = None, *, patience: float = PATIENCE) -> Any:
        try:
            async with asyncio.timeout(patience):
                status, content = await self._exchange(method, path, body)
        except TimeoutError:
            raise SearchDown(f"no answer within {patience:g} s: {method} {path}", retry=True) from None
        except httpx.HTTPError as trouble:
            raise SearchDown(f"{type(trouble).__name__}: {method} {path}", retry=True) from trouble
        try:
            answer = json.loads(content) if content else None
        except (ValueError, RecursionError):
            raise SearchDown(f"an answer that is no JSON ({status}): {method} {path}", retry=True) from None
        if 200 <= status < 300:
            return answer
        raise _refused(status, answer, f"{method} {path}")

    async def _exchange(self, method: str, path: str, body: object) -> tuple[int, bytes]:
        content = None if body is None else json.dumps(body, ensure_ascii=False).encode(errors="ignore")
        headers = {} if body is None else {"content-type": "application/json"}
        async with self._client().stream(method, path, content=content, headers=headers) as answer:
            read = bytearray()
            async for piece in answer.aiter_bytes():
                read += piece
                if len(read) > MOST_BYTES:
                    raise SearchDown(f"an answer beyond all measure: {method} {path}", retry=False)
            return answer.status_code, bytes(read)

    def _client(self) -> httpx.AsyncClient:
        if self._http is None:
            self._http = httpx.AsyncClient(
                base_url=self._url,
                headers=self._headers,
                timeout=PATIENCE,
                trust_env=False,
                follow_redirects=False,
            )
        return self._http


def _refused(status: int, answer: Any, what: str) -> SearchDown:
    said = answer if isinstance(answer, dict) else {}
    code = str(said.get("code", ""))
    words = " ".join(str(said.get(name, "")) for name in ("message", "link"))
    retry = status >= 500 or status in (408, 429)
    return SearchDown(f"{status} {code}: {what}: {words}".strip(), retry=retry, code=code)


def _failed(task: int, answer: Json) -> SearchDown:
    error = answer.get("error")
    said = error if isinstance(error, dict) else {}
    words = " ".join(str(said.get(name, "")) for name in ("message", "link"))
    code = str(said.get("code", ""))
    return SearchDown(f"task {task} {answer.get('status')}: {code}: {words}", retry=False, code=code)


def _dict(answer: Any) -> Json:
    if not isinstance(answer, dict):
        raise SearchDown("Meilisearch answered in another shape", retry=False)
    return answer


def _part(answer: Any, name: str, kind: type) -> Any:
    found = _dict(answer).get(name)
    if not isinstance(found, kind):
        raise SearchDown(f"Meilisearch answered without {name}", retry=False)
    return found
