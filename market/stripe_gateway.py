"""Cards by Stripe Checkout: the only file that knows the `stripe` library."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from urllib.parse import urlsplit

import httpx
import stripe
from stripe import params

from market.gateway import Event, ForgedEvent, Found, GatewayTrouble, GivenBack, Moved, Opened, Reading
from market.stripe_words import event_of, moved_of, reading_of_session

log = logging.getLogger("jangnal.payments")
STRIPE = "https://api.stripe.com"
PATIENCE = 10.0  # seconds for one call of ours, all its requests together
TOLERANCE = 300  # seconds that a message's clock may differ from ours, either way
TITLE_LENGTH = 200


class StripeGateway:
    """A gateway to Stripe; with a test key also to what speaks like it at `api_base` (our sandbox)."""

    def __init__(
        self, *, secret_key: str, webhook_secret: str, api_base: str = STRIPE, patience: float = PATIENCE
    ) -> None:
        # Whatever is not plainly a test key is taken for one that moves money.
        self.livemode = not secret_key.startswith(("sk_test_", "rk_test_"))
        _refuse_unsafe(secret_key, webhook_secret, api_base, livemode=self.livemode)
        self._webhook_secret = webhook_secret
        self._patience = patience
        self._http = Wire(patience, base=api_base)
        self._stripe = stripe.StripeClient(
            secret_key,
            base_addresses={"api": api_base.rstrip("/")},
            http_client=self._http,
            max_network_retries=0,  # our own worker tries again, with the same key
        )

    async def close(self) -> None:
        """Let the kept connections go."""
        await self._http.close_async()

    async def open(
        self,
        *,
        key: str,
        order_number: str,
        amount: int,
        title: str,
        email: str | None,
        return_url: str,
        cancel_url: str,
        expires_at: datetime,
    ) -> Opened:
        wish: params.checkout.SessionCreateParams = {
            "mode": "payment",
            "ui_mode": "hosted_page",
            "locale": "ko",
            "submit_type": "pay",
            "allowed_payment_method_types": ["card"],
            # The buyer pays the won that the order says, not a price converted to another currency.
            "adaptive_pricing": {"enabled": False},
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": "krw",  # has no decimals: unit_amount is whole won
                        "unit_amount": amount,
                        "product_data": {"name": title[:TITLE_LENGTH]},
                    },
                }
            ],
            "client_reference_id": order_number,
            "metadata": {"order_number": order_number},
            "payment_intent_data": {"metadata": {"order_number": order_number}},
            "success_url": return_url,
            "cancel_url": cancel_url,
            "expires_at": int(expires_at.timestamp()),
        }
        if email:
            wish["customer_email"] = email
        async with self._within_patience():
            session = await self._stripe.v1.checkout.sessions.create_async(wish, {"idempotency_key": key})
            if session.url is None:
                raise GatewayTrouble("the provider opened a payment without a page", retry=False)
            return Opened(session.id, session.url, datetime.fromtimestamp(session.expires_at, UTC))

    async def read(self, reference: str) -> Reading:
        async with self._within_patience():
            return await self._read(reference)

    async def expire(self, reference: str) -> Reading:
        async with self._within_patience():
            try:
                return _reading(await self._stripe.v1.checkout.sessions.expire_async(reference))
            except stripe.InvalidRequestError as refused:
                # No longer open: paid in the meantime, or expired before.
                reading = await self._read(reference)
                if reading.state is Found.open:
                    raise GatewayTrouble("the payment page is busy", retry=True) from refused
                return reading

    async def refund(self, reference: str, *, amount: int, key: str) -> GivenBack:
        async with self._within_patience():
            reading = await self._read(reference)
            if reading.state is not Found.captured or reading.intent is None:
                raise GatewayTrouble(f"nothing was paid on {reference}", retry=reading.state is Found.unknown)
            refund = await self._refunded_before(reading.intent, key)
            if refund is None:
                refund = await self._stripe.v1.refunds.create_async(
                    {
                        "payment_intent": reading.intent,
                        "amount": amount,
                        "metadata": {"order_number": reading.order_number, "key": key},
                    },
                    {"idempotency_key": key},
                )
            elif refund.amount != amount:
                raise GatewayTrouble(f"{key} gave back {refund.amount} won before", retry=False)
            if refund.status in ("failed", "canceled"):
                raise GatewayTrouble(f"the provider could not give the money back: {refund.id}", retry=False)
            return GivenBack(refund.id, reading.intent, is_done=refund.status == "succeeded")

    async def refunded(self, reference: str) -> int:
        async with self._within_patience():
            refund = await self._stripe.v1.refunds.retrieve_async(reference)
            return refund.amount if refund.status == "succeeded" else 0

    async def moved(self, first: datetime, until: datetime) -> list[Moved]:
        async with self._within_patience(times=6):
            page = await self._stripe.v1.balance_transactions.list_async(
                {
                    "created": {"gte": int(first.timestamp()), "lt": int(until.timestamp())},
                    "expand": ["data.source"],
                    "limit": 100,
                }
            )
            return [moved_of(line.to_dict()) async for line in page.auto_paging_iter()]

    def event(self, body: bytes, signature: str | None, *, now: datetime) -> Event:
        _check_signature(body, signature, self._webhook_secret, now)
        try:
            message = json.loads(body)
            return event_of(message)
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as unreadable:
            raise ForgedEvent("a message in a shape we do not know") from unreadable

    async def _read(self, reference: str) -> Reading:
        return _reading(await self._stripe.v1.checkout.sessions.retrieve_async(reference))

    async def _refunded_before(self, intent: str, key: str) -> stripe.Refund | None:
        # Stripe forgets idempotency keys after a day; its list of refunds does not forget.
        made = await self._stripe.v1.refunds.list_async({"payment_intent": intent, "limit": 100})
        for refund in made.data:
            if (refund.to_dict()["metadata"] or {}).get("key") == key:
                return refund
        if made.has_more:
            raise GatewayTrouble(f"more than 100 refunds on {intent}", retry=False)
        return None

    @asynccontextmanager
    async def _within_patience(self, *, times: int = 1) -> AsyncIterator[None]:
        """Turn whatever goes wrong into `GatewayTrouble`, at the latest after `patience` seconds, so many times."""
        try:
            async with asyncio.timeout(self._patience * times):
                yield
        except stripe.StripeError as error:
            log.warning(
                "provider in trouble", extra={"facts": {"why": type(error).__name__, "code": error.code}}
            )
            raise GatewayTrouble(_said(error), retry=_may_work_later(error)) from error
        except TimeoutError as late:
            log.warning("provider in trouble", extra={"facts": {"why": "no answer in time"}})
            raise GatewayTrouble("the provider did not answer in time", retry=True) from late
        except (ValueError, LookupError, TypeError, AttributeError) as strange:
            raise GatewayTrouble(f"an answer in a shape we do not know: {strange}", retry=True) from strange


class Wire(stripe.HTTPClient):
    """How the library reaches Stripe. Its own client hands httpx forms in a way that httpx is giving up."""

    name = "httpx"

    def __init__(self, patience: float, *, base: str) -> None:
        super().__init__()
        # A proxy that the environment names is for the outside, not for a sandbox on this machine.
        outside = base.startswith("https:")
        self._client = httpx.AsyncClient(timeout=patience, follow_redirects=False, trust_env=outside)

    async def request_async(
        self, method: str, url: str, headers: Mapping[str, str], post_data: str | None = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        try:
            answer = await self._client.request(method, url, headers=headers, content=post_data)
        except Exception as error:  # as the library does: whatever it was, there is no answer
            raise stripe.APIConnectionError(type(error).__name__, should_retry=True) from error
        return answer.content, answer.status_code, answer.headers

    async def close_async(self) -> None:
        await self._client.aclose()


def _refuse_unsafe(secret_key: str, webhook_secret: str, api_base: str, *, livemode: bool) -> None:
    base = urlsplit(api_base)
    if not secret_key or not webhook_secret.strip():
        raise ValueError("STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET must both be set")
    if livemode and api_base.rstrip("/") != STRIPE:
        raise ValueError(f"a live Stripe key may only be shown to {STRIPE}, not to {api_base}")
    if base.scheme != "https" and base.hostname not in ("127.0.0.1", "localhost", "::1"):
        raise ValueError(f"Stripe is reached by https, or on this machine: not by {api_base}")


def _may_work_later(error: stripe.StripeError) -> bool:
    """Whether the same request with the same key may do better another time."""
    match error:
        case stripe.IdempotencyError():
            return error.http_status == 409  # its first request is still under way
        case stripe.InvalidRequestError() | stripe.CardError():
            return error.code in ("lock_timeout", "rate_limit")
        case _:
            # No answer, too many requests, trouble at Stripe, or a key that a person must mend first.
            return True


def _said(error: stripe.StripeError) -> str:
    return f"{type(error).__name__} {error.http_status or ''} {error.code or ''}: {error.user_message or ''}"


def _check_signature(body: bytes, signature: str | None, secret: str, now: datetime) -> None:
    if not signature or not signature.isascii():
        raise ForgedEvent("no signature, or one that is not ASCII")
    stamps = [
        value for name, _, value in (part.partition("=") for part in signature.split(",")) if name == "t"
    ]
    if len(stamps) != 1 or not stamps[0].isdigit() or len(stamps[0]) > 12:
        raise ForgedEvent("a signature without one time")
    # The library only knows its own clock and lets the future pass, so the time is judged here.
    if abs(now.timestamp() - int(stamps[0])) > TOLERANCE:
        raise ForgedEvent("a message too old, or from the future")
    try:
        stripe.WebhookSignature.verify_header(body, signature, secret, tolerance=None)
    except (stripe.SignatureVerificationError, ValueError, TypeError) as wrong:
        raise ForgedEvent("a signature that is not the provider's") from wrong


def _reading(session: stripe.checkout.Session) -> Reading:
    return reading_of_session(session.to_dict())
