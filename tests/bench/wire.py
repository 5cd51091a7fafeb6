"""One keep-alive HTTP/1.1 connection to this machine: little enough not to take the server's CPU away."""

import asyncio
from dataclasses import dataclass, field
from time import perf_counter
from types import TracebackType

HOST = "127.0.0.1"  # nothing here ever goes elsewhere
LONGEST_WAIT = 30.0
LONGEST_IDLE = 3.0  # seconds; a server closes what it has not heard from for five


@dataclass(frozen=True)
class Answer:
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    seconds: float

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key == name), "")

    def cookies(self) -> list[str]:
        return [value for key, value in self.headers if key == "set-cookie"]

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass
class Wire:
    """`async with Wire(port) as wire`. One request at a time."""

    port: int
    _reader: asyncio.StreamReader = field(init=False)
    _writer: asyncio.StreamWriter = field(init=False)
    _used: float = field(init=False)

    async def __aenter__(self) -> "Wire":
        await self._connect()
        return self

    async def _connect(self) -> None:
        self._reader, self._writer = await asyncio.open_connection(HOST, self.port)
        self._used = perf_counter()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.close()

    async def ask(self, method: str, path: str, *, cookies: str = "", form: str | None = None) -> Answer:
        lines = ["accept: text/html"]
        if cookies:
            lines.append(f"cookie: {cookies}")
        if form is None:
            return await self._exchange(method, path, lines, b"")
        return await self._exchange(
            method, path, [*lines, "content-type: application/x-www-form-urlencoded"], form.encode()
        )

    async def send_json(self, path: str, body: bytes, *, key: str) -> Answer:
        """As a program of a partner does, with its Idempotency-Key."""
        lines = ["accept: application/json", "content-type: application/json", f"idempotency-key: {key}"]
        return await self._exchange("POST", path, lines, body)

    async def _exchange(self, method: str, path: str, lines: list[str], body: bytes) -> Answer:
        head = [f"{method} {path} HTTP/1.1", f"host: {HOST}:{self.port}", *lines]
        if method == "POST":
            head.append(f"content-length: {len(body)}")
        if perf_counter() - self._used > LONGEST_IDLE:
            self._writer.close()
            await self._connect()
        began = perf_counter()
        self._writer.write("\r\n".join([*head, "", ""]).encode() + body)
        async with asyncio.timeout(LONGEST_WAIT):
            status, headers = await self._head()
            kept = dict(headers)
            if kept.get("transfer-encoding") == "chunked":
                answer = await self._chunks()
            else:
                answer = await self._reader.readexactly(int(kept.get("content-length", "0")))
        self._used = perf_counter()
        return Answer(status, headers, answer, self._used - began)

    async def _head(self) -> tuple[int, tuple[tuple[str, str], ...]]:
        first, *rest = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        pairs = (line.partition(":") for line in rest if line)
        return int(first.split()[1]), tuple((name.lower(), value.strip()) for name, _, value in pairs)

    async def _chunks(self) -> bytes:
        parts = []
        while size := int(await self._reader.readline(), 16):
            parts.append(await self._reader.readexactly(size))
            await self._reader.readline()
        await self._reader.readline()
        return b"".join(parts)
