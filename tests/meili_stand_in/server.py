"""The stand-in on a port of loopback: routes, keys, and every wrong answer that tests ask it for."""

import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.meili_stand_in.engine import INDEX_UID, Engine
from tests.meili_stand_in.searching import check_query, search
from tests.meili_stand_in.settings import check_settings
from tests.meili_stand_in.troubles import Trouble

KEY = "a-key-of-the-stand-in-only-for-tests"
VERSION = "1.50.0"
HELD_BACK = 30.0  # seconds that a slow or silent one keeps its answer


@dataclass(frozen=True)
class Asked:
    """One request and what it was answered, for whoever holds both against the published contract."""

    method: str
    template: str
    query: dict[str, str]
    body: Any
    status: int
    answer: Any


@dataclass
class StandIn:
    """`mood` decides how it answers: "well", "slow", "500", "half", "silent", "redirect", "nonsense", "other shape"."""

    engine: Engine = field(default_factory=Engine)
    asked: list[Asked] = field(default_factory=list)
    mood: str = "well"
    port: int = 0
    after: Callable[["StandIn", Asked], None] | None = None
    """Called after each good answer was worked out and before it is sent."""
    _server: "Listener | None" = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """On the port it had before, if it had one."""
        self._server = Listener(("127.0.0.1", self.port), _handler(self))
        self.port = self._server.server_port
        self.engine.start()
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        """Dies: connections break, tasks stop where they are, documents and queue stay on its disk."""
        server, self._server = self._server, None
        if server:
            server.die()
            self.engine.stop()

    def requests(self, method: str, template: str) -> list[Asked]:
        return [each for each in self.asked if (each.method, each.template) == (method, template)]

    def documents(self, uid: str) -> dict[str, dict[str, Any]]:
        with self.engine.lock:
            return dict(self.engine.index(uid).documents)


@contextmanager
def running_stand_in() -> Iterator[StandIn]:
    stand_in = StandIn()
    stand_in.start()
    try:
        yield stand_in
    finally:
        stand_in.stop()


class Listener(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, *more: Any) -> None:
        super().__init__(*more)
        self.open: set[socket.socket] = set()

    def process_request(self, request: Any, client_address: Any) -> None:
        self.open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self.open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Broken connections are part of the play."""

    def die(self) -> None:
        self.shutdown()
        self.server_close()
        for connection in list(self.open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # it was closed by the other side


Act = Callable[["StandIn", list[str], dict[str, str], Any], tuple[int, Any]]
ROUTES: list[tuple[str, str, Act]] = []


def route(method: str, template: str) -> Callable[[Act], Act]:
    def noted(act: Act) -> Act:
        ROUTES.append((method, template, act))
        return act

    return noted


@route("GET", "/health")
def health(stand_in: StandIn, parts: list[str], query: dict[str, str], body: Any) -> tuple[int, Any]:
    return 200, {"status": "available"}


@route("GET", "/version")
def version(stand_in: StandIn, parts: list[str], query: dict[str, str], body: Any) -> tuple[int, Any]:
    return 200, {"commitSha": "0" * 40, "commitDate": "2026-08-01", "pkgVersion": VERSION}


@route("GET", "/tasks/{task_id}")
def task(stand_in: StandIn, parts: list[str], query: dict[str, str], body: Any) -> tuple[int, Any]:
    if not parts[0].isdigit() or int(parts[0]) >= len(stand_in.engine.tasks):
        raise Trouble("task_not_found", f"Task `{parts[0]}` not found.")
    return 200, stand_in.engine.tasks[int(parts[0])].view()


@route("POST", "/indexes")
def create_index(stand_in: StandIn, parts: list[str], query: dict[str, str], body: Any) -> tuple[int, Any]:
    _only(body, {"uid", "primaryKey"})
    if not isinstance(body.get("uid"), str) or not INDEX_UID.fullmatch(body["uid"]):
        raise Trouble("invalid_index_uid", "Invalid value at `.uid`")
    key = body.get("primaryKey")
    return 202, stand_in.engine.enqueue("indexCreation", body["uid"], key, primaryKey=key)


@route("GET", "/indexes/{index_uid}")
def show_index(stand_in: StandIn, parts: list[str], query: dict[str, str], body: Any) -> tuple[int, Any]:
    return 200, stand_in.engine.index(parts[0]).view(parts[0])


@route("DELETE", "/indexes/{index_uid}")
def drop_index(stand_in: StandIn, parts: list[str], query: dict[str, str], body: Any) -> tuple[int, Any]:
    return 202, stand_in.engine.enqueue("indexDeletion", parts[0], None)


@route("GET", "/indexes/{index_uid}/stats")
def stats(stand_in: StandIn, parts: list[str], query: dict[str, str], body: Any) -> tuple[int, Any]:
    index = stand_in.engine.index(parts[0])
    names = [name for document in index.documents.values() for name in document]
    return 200, {
        "numberOfDocuments": len(index.documents),
        "indexSize": 1,
        "usedIndexSize": 1,
        "rawDocumentDbSize": 1,
        "avgDocumentSize": 1,
        "isIndexing": any(task.status == "processing" for task in stand_in.engine.tasks),
        "fieldDistribution": {name: names.count(name) for name in set(names)},
    }


@route("GET", "/indexes/{index_uid}/settings")
def show_settings(stand_in: StandIn, parts: list[str], query: dict[str, str], body: Any) -> tuple[int, Any]:
    return 200, stand_in.engine.index(parts[0]).settings


@route("PATCH", "/indexes/{index_uid}/settings")
def change_settings(stand_in: StandIn, parts: list[str], query: dict[str, str], body: Any) -> tuple[int, Any]:
    check_settings(body)
    return 202, stand_in.engine.enqueue("settingsUpdate", parts[0], body, **body)


@route("POST", "/indexes/{index_uid}/documents")
def replace_documents(
    stand_in: StandIn, parts: list[str], query: dict[str, str], body: Any
) -> tuple[int, Any]:
    return _documents(stand_in, parts[0], query, body, replaces=True)


@route("PUT", "/indexes/{index_uid}/documents")
def change_documents(
    stand_in: StandIn, parts: list[str], query: dict[str, str], body: Any
) -> tuple[int, Any]:
    return _documents(stand_in, parts[0], query, body, replaces=False)


def _documents(
    stand_in: StandIn, uid: str, query: dict[str, str], body: Any, *, replaces: bool
) -> tuple[int, Any]:
    if unknown := query.keys() - {"primaryKey", "csvDelimiter", "customMetadata", "skipCreation"}:
        raise Trouble("bad_request", f"Unknown parameter `{min(unknown)}`")
    documents = body if isinstance(body, list) else [body]
    if not all(isinstance(document, dict) for document in documents):
        raise Trouble("malformed_payload", "The `json` payload provided is malformed.")
    content = (query.get("primaryKey"), replaces, documents)
    return 202, stand_in.engine.enqueue(
        "documentAdditionOrUpdate", uid, content, receivedDocuments=len(documents), indexedDocuments=None
    )


@route("POST", "/indexes/{index_uid}/documents/delete-batch")
def delete_documents(
    stand_in: StandIn, parts: list[str], query: dict[str, str], body: Any
) -> tuple[int, Any]:
    if not isinstance(body, list):
        raise Trouble("bad_request", "Invalid value type: expected an array.")
    return 202, stand_in.engine.enqueue("documentDeletion", parts[0], body, providedIds=len(body))


@route("GET", "/indexes/{index_uid}/documents/{document_id}")
def show_document(stand_in: StandIn, parts: list[str], query: dict[str, str], body: Any) -> tuple[int, Any]:
    found = stand_in.engine.index(parts[0]).documents.get(parts[1])
    if found is None:
        raise Trouble("document_not_found", f"Document `{parts[1]}` not found.")
    return 200, found


@route("POST", "/multi-search")
def search_many(stand_in: StandIn, parts: list[str], query: dict[str, str], body: Any) -> tuple[int, Any]:
    _only(body, {"queries", "federation"})
    if not isinstance(body.get("queries"), list):
        raise Trouble("bad_request", "Missing field `queries`")
    if body.get("federation") is not None:
        raise NotImplementedError("the stand-in does not do federation")
    answers = []
    for place, each in enumerate(body["queries"]):
        try:
            check_query(each)
            index = stand_in.engine.index(each["indexUid"])
            answers.append(search(index.documents, index.settings, each) | {"indexUid": each["indexUid"]})
        except Trouble as trouble:
            raise InQuery(trouble.code, f"Inside `.queries[{place}]`: {trouble.message}") from trouble
    return 200, {"results": answers}


@route("POST", "/swap-indexes")
def swap(stand_in: StandIn, parts: list[str], query: dict[str, str], body: Any) -> tuple[int, Any]:
    if not isinstance(body, list):
        raise Trouble("bad_request", "Invalid value type: expected an array.")
    uids: list[str] = []
    for pair in body:
        _only(pair, {"indexes", "rename"})
        if not isinstance(pair.get("indexes"), list) or len(pair["indexes"]) != 2:
            raise Trouble("invalid_swap_indexes", "Two indexes must be given for each swap.")
        uids += pair["indexes"]
    if len(set(uids)) != len(uids):
        raise Trouble(
            "invalid_swap_duplicate_index_found", "Indexes must be declared only once during a swap."
        )
    pairs = [pair["indexes"] for pair in body]
    swaps = [{"indexes": pair, "rename": False} for pair in pairs]
    return 202, stand_in.engine.enqueue("indexSwap", None, pairs, swaps=swaps)


class InQuery(Trouble):
    """Inside one query of many even a missing index is a bad request."""

    @property
    def status(self) -> int:
        return 400


def _only(body: Any, known: set[str]) -> None:
    if not isinstance(body, dict):
        raise Trouble("bad_request", "Invalid value type: expected an object.")
    if unknown := body.keys() - known:
        raise Trouble(
            "bad_request", f"Unknown field `{min(unknown)}`: expected one of {', '.join(sorted(known))}"
        )


def _handler(stand_in: StandIn) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def handle_one(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            sent = self.rfile.read(length)
            if stand_in.mood == "well":
                return self.answer(*self.worked_out(sent))
            return self.answer_badly()

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_one  # noqa: N815

        def worked_out(self, sent: bytes) -> tuple[int, bytes]:
            address = urlsplit(self.path)
            query = {name: values[-1] for name, values in parse_qs(address.query).items()}
            template, body = address.path, None
            try:
                template, act, parts = _found(self.command, address.path)
                if template != "/health":
                    self.check_key()
                body = self.read(sent)
                with stand_in.engine.lock:
                    status, answer = act(stand_in, parts, query, body)
            except Trouble as trouble:
                status, answer = trouble.status, trouble.words
            asked = Asked(self.command, template, query, body, status, json.loads(json.dumps(answer)))
            stand_in.asked.append(asked)
            if stand_in.after:
                stand_in.after(stand_in, asked)
            return status, json.dumps(answer).encode()

        def check_key(self) -> None:
            given = self.headers.get("authorization")
            if given is None:
                raise Trouble("missing_authorization_header", "The Authorization header is missing.")
            if given != f"Bearer {KEY}":
                raise Trouble("invalid_api_key", "The provided API key is invalid.")

        def read(self, sent: bytes) -> Any:
            if self.command in ("GET", "DELETE"):
                return None
            kind = self.headers.get("content-type")
            if kind is None:
                raise Trouble("missing_content_type", "A Content-Type header is missing.")
            if kind.split(";")[0] != "application/json":
                raise Trouble("invalid_content_type", f"The Content-Type `{kind}` is invalid.")
            try:
                return json.loads(sent)
            except ValueError as unreadable:
                raise Trouble("malformed_payload", "The json payload is malformed.") from unreadable

        def answer(self, status: int, content: bytes, *, length: int | None = None) -> None:
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content) if length is None else length))
            self.end_headers()
            self.wfile.write(content)

        def answer_badly(self) -> None:
            if stand_in.mood == "slow":
                _wait_while(stand_in, "slow")
            elif stand_in.mood == "silent":
                self.send_response(200)
                self.send_header("content-length", "100000")
                self.end_headers()
                _wait_while(stand_in, "silent")
            elif stand_in.mood == "500":
                trouble = Trouble("internal", "told to be broken")
                self.answer(500, json.dumps(trouble.words).encode())
            elif stand_in.mood == "half":
                self.answer(200, b'{"results": [{"hits": [{"id": "L1"', length=34)
            elif stand_in.mood == "redirect":
                self.send_response(302)
                self.send_header("location", f"http://127.0.0.1:{stand_in.port}/health")
                self.send_header("content-length", "0")
                self.end_headers()
            elif stand_in.mood == "nonsense":
                self.answer(200, b"<!doctype html><title>nginx</title>")
            else:
                self.answer(200, b'{"results": [[], 7, {"hits": {}}], "uid": "x", "status": 1}')
            self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    return Handler


def _wait_while(stand_in: StandIn, mood: str) -> None:
    until = time.monotonic() + HELD_BACK
    while stand_in.mood == mood and stand_in._server and time.monotonic() < until:
        time.sleep(0.01)


def _found(method: str, path: str) -> tuple[str, Act, list[str]]:
    for known, template, act in ROUTES:
        pattern = re.sub(r"\{\w+\}", "([^/]+)", template)
        if known == method and (match := re.fullmatch(pattern, path)):
            return template, act, list(match.groups())
    raise Trouble("not_found", f"{method} {path} is no route of the stand-in")
