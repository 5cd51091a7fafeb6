"""What goes wrong between us and the card provider: try again, or never; and what is not even begun."""

import json
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from market.gateway import GatewayTrouble
from market.stripe_gateway import StripeGateway
from tests.sandbox_process import SECRET_KEY, WEBHOOK_SECRET


@pytest.fixture
async def gateway() -> AsyncIterator[StripeGateway]:
    """One that is never asked to reach anybody."""
    gateway = StripeGateway(
        secret_key=SECRET_KEY, webhook_secret=WEBHOOK_SECRET, api_base="http://127.0.0.1:9"
    )
    yield gateway
    await gateway.close()


@contextmanager
def a_provider_that_says(status: int, body: str, **headers: str) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            for name, value in ({"content-length": str(len(body.encode()))} | headers).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


@pytest.mark.parametrize(
    ("status", "error", "retry"),
    [
        (400, {"type": "invalid_request_error"}, False),
        (400, {"type": "idempotency_error"}, False),
        (402, {"type": "card_error", "code": "card_declined"}, False),
        (404, {"type": "invalid_request_error", "code": "resource_missing"}, False),
        (400, {"type": "invalid_request_error", "code": "lock_timeout"}, True),
        (401, {"type": "invalid_request_error"}, True),
        (403, {"type": "invalid_request_error"}, True),
        (409, {"type": "idempotency_error", "code": "idempotency_key_in_use"}, True),
        (429, {"type": "invalid_request_error", "code": "rate_limit"}, True),
        (500, {"type": "api_error"}, True),
        (503, {"type": "api_error"}, True),
    ],
)
async def test_an_error_says_whether_to_try_again(status: int, error: dict, retry: bool):
    with a_provider_that_says(status, json.dumps({"error": error | {"message": "no"}})) as base:
        gateway = StripeGateway(secret_key=SECRET_KEY, webhook_secret=WEBHOOK_SECRET, api_base=base)

        with pytest.raises(GatewayTrouble) as trouble:
            await gateway.read("cs_test_1")

        await gateway.close()
    assert trouble.value.retry is retry


@pytest.mark.parametrize("body", ["<html>", "", "[]", "{}", "null", '{"id": "cs_test_1", "status": 1}'])
async def test_an_answer_we_cannot_read_is_asked_for_again(body: str):
    with a_provider_that_says(200, body) as base:
        gateway = StripeGateway(secret_key=SECRET_KEY, webhook_secret=WEBHOOK_SECRET, api_base=base)

        with pytest.raises(GatewayTrouble) as trouble:
            await gateway.read("cs_test_1")

        await gateway.close()
    assert trouble.value.retry is True


async def test_the_key_is_never_carried_elsewhere():
    with (
        a_provider_that_says(200, "{}") as elsewhere,
        a_provider_that_says(307, "", location=f"{elsewhere}/v1/checkout/sessions/cs_test_1") as base,
    ):
        gateway = StripeGateway(secret_key=SECRET_KEY, webhook_secret=WEBHOOK_SECRET, api_base=base)

        with pytest.raises(GatewayTrouble, match="307"):
            await gateway.read("cs_test_1")

        await gateway.close()


async def test_nobody_there_means_try_again(gateway: StripeGateway):
    with pytest.raises(GatewayTrouble) as trouble:
        await gateway.read("cs_test_1")

    assert trouble.value.retry is True


async def test_a_silent_provider_is_given_up_in_time():
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        base = f"http://127.0.0.1:{silent.getsockname()[1]}"
        gateway = StripeGateway(
            secret_key=SECRET_KEY, webhook_secret=WEBHOOK_SECRET, api_base=base, patience=0.3
        )

        with pytest.raises(GatewayTrouble) as trouble:
            await gateway.read("cs_test_1")

        await gateway.close()
    assert trouble.value.retry is True


@pytest.mark.parametrize("live", ["sk_live_1", "rk_live_1", "pk_test_1", "something"])
@pytest.mark.parametrize(
    "base", ["http://127.0.0.1:4242", "https://stripe.example", "https://api.stripe.com.example"]
)
def test_a_live_key_is_shown_to_stripe_alone(live: str, base: str):
    with pytest.raises(ValueError, match="live"):
        StripeGateway(secret_key=live, webhook_secret="whsec_1", api_base=base)


@pytest.mark.parametrize(
    ("key", "secret", "base"),
    [
        ("", "whsec_1", "https://api.stripe.com"),
        ("sk_test_1", " ", "https://api.stripe.com"),
        ("sk_test_1", "whsec_1", "http://stripe.example"),
    ],
)
def test_a_gateway_without_secrets_or_in_the_open_is_not_built(key: str, secret: str, base: str):
    with pytest.raises(ValueError, match=r"STRIPE_|https"):
        StripeGateway(secret_key=key, webhook_secret=secret, api_base=base)
