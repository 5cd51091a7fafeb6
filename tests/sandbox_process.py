"""The payment sandbox as tests meet it: a process of its own, a shop that listens, a buyer with a browser."""

import asyncio
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import asyncpg
import httpx

WEBHOOK_SECRET = "whsec_sandbox_test"
SECRET_KEY = "sk_test_sandbox_tests"
GOOD, DECLINED, STEP, EMPTY = "4242424242424242", "4000000000000002", "4000002500003155", "4000000000009995"


ORDER = {
    "mode": "payment",
    "success_url": "https://jangnal.example/orders/1?page={CHECKOUT_SESSION_ID}",
    "cancel_url": "https://jangnal.example/orders/1",
    "client_reference_id": "20261121-0001",
    "line_items[0][quantity]": "1",
    "line_items[0][price_data][currency]": "krw",
    "line_items[0][price_data][unit_amount]": "34000",
    "line_items[0][price_data][product_data][name]": "옥정호 <한과> & 유자차",
    "payment_intent_data[metadata][order_number]": "20261121-0001",
}


@dataclass
class Inbox:
    """The shop's webhook: keeps every letter; `refusals` says how many about a name it answers with 500."""

    refusals: dict[str, int] = field(default_factory=dict)
    letters: list[tuple[bytes, str]] = field(default_factory=list)
    refused: list[tuple[bytes, str]] = field(default_factory=list)
    arrived: threading.Condition = field(default_factory=threading.Condition)
    url: str = ""

    def receive(self, body: bytes, signature: str) -> int:
        with self.arrived:
            for name in (name for name, left in self.refusals.items() if left and name.encode() in body):
                self.refusals[name] -= 1
                self.refused.append((body, signature))
                return 500
            self.letters.append((body, signature))
            self.arrived.notify_all()
            return 200

    def wait_for(self, fits: Callable[[dict[str, Any]], bool], *, seconds: float = 40) -> tuple[bytes, str]:
        """The first letter whose event fits, as it came."""

        def found() -> tuple[bytes, str] | None:
            return next((letter for letter in self.letters if fits(json.loads(letter[0]))), None)

        with self.arrived:
            self.arrived.wait_for(lambda: found() is not None, timeout=seconds)
            letter = found()
        assert letter is not None, f"no such event came within {seconds} seconds"
        return letter

    def wait_for_kind(self, kind: str, reference: str, *, seconds: float = 40) -> tuple[bytes, str]:
        """The letter of that type about that object, or about the intent of that name."""
        return self.wait_for(
            lambda event: (
                event["type"] == kind
                and reference
                in (event["data"]["object"]["id"], event["data"]["object"].get("payment_intent"))
            ),
            seconds=seconds,
        )


@dataclass(frozen=True)
class Sandbox:
    origin: str
    database_url: str
    inbox: Inbox
    process: subprocess.Popen[bytes]

    def api(self, **headers: str) -> httpx.Client:
        return httpx.Client(
            base_url=f"{self.origin}/v1",
            headers={"authorization": f"Bearer {SECRET_KEY}"} | headers,
            trust_env=False,
            timeout=60,
        )

    def buyer(self) -> httpx.Client:
        return httpx.Client(base_url=self.origin, trust_env=False, timeout=60)

    def pay(self, url: str, card: str = GOOD) -> httpx.Response:
        with self.buyer() as buyer:
            return buyer.post(url, data={"card": card})


@contextmanager
def listening_shop() -> Iterator[Inbox]:
    inbox = Inbox()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            self.send_response(inbox.receive(body, self.headers.get("stripe-signature", "")))
            self.send_header("content-length", "0")
            self.end_headers()

        def do_GET(self) -> None:
            page = '<!doctype html><html lang="ko"><title>가게</title><h1>가게로 돌아왔습니다</h1></html>'.encode()
            self.send_response(200)
            self.send_header("content-type", "text/html; charset=utf-8")
            self.send_header("content-length", str(len(page)))
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        inbox.url = f"http://127.0.0.1:{server.server_port}/hooks/stripe"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield inbox
        finally:
            server.shutdown()


def sandbox_command(*options: str, **environment: str) -> subprocess.Popen[bytes]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("STRIPE_", "SANDBOX_"))}
    return subprocess.Popen(
        [sys.executable, "-m", "storefront.sandbox", *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=kept | environment,
    )


@contextmanager
def running_sandbox(database_url: str) -> Iterator[Sandbox]:
    with listening_shop() as inbox:
        process = sandbox_command(
            "--port", "0", "--webhook-url", inbox.url, "--until-stdin-closes",
            SANDBOX_DATABASE_URL=database_url, SANDBOX_WEBHOOK_SECRET=WEBHOOK_SECRET,
        )  # fmt: skip
        with process:
            assert process.stdout
            assert process.stdin
            assert process.stderr
            origin = process.stdout.readline().decode().strip()
            assert re.fullmatch(r"http://127\.0\.0\.1:\d+", origin), process.stderr.read().decode()
            try:
                yield Sandbox(origin, database_url, inbox, process)
            finally:
                process.stdin.close()
                try:
                    process.wait(timeout=30)
                finally:
                    process.kill()


def opened(api: httpx.Client, **changes: str) -> dict[str, Any]:
    answer = api.post("/checkout/sessions", data=ORDER | changes)
    assert answer.status_code == 200, answer.text
    return answer.json()


def paid(api: httpx.Client, buyer: httpx.Client) -> dict[str, Any]:
    session = opened(api)
    assert buyer.post(session["url"], data={"card": GOOD}).status_code == 303
    return reread(api, session)


def reread(api: httpx.Client, session: dict[str, Any]) -> dict[str, Any]:
    return api.get(f"/checkout/sessions/{session['id']}").json()


def run_sql(sandbox: Sandbox, statement: str, *values: object) -> None:
    async def run() -> None:
        connection = await asyncpg.connect(sandbox.database_url.replace("asyncpg://", "postgresql://", 1))
        try:
            await connection.execute(statement, *values)
        finally:
            await connection.close()

    asyncio.run(run())


def events(api: httpx.Client, kind: str) -> list[dict[str, Any]]:
    return api.get("/events", params={"type": kind, "limit": 100}).json()["data"]
