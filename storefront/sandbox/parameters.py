"""The parameters the sandbox takes, call by call, and how their form is read. Unknown ones are refused."""

import re
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

from storefront.sandbox.refusals import Refusal

Leaf = Callable[[str, str], Any]
"""Reads the text of one parameter, given its full name for the refusal."""

MAX_AMOUNT = 99_999_999  # Stripe's eight digits


def text(most: int) -> Leaf:
    def read(name: str, value: str) -> str:
        if not value:
            raise Refusal(f"{name} may not be empty.", code="parameter_invalid_empty", param=name)
        if "\0" in value:
            raise Refusal(f"{name} has a NUL character.", param=name)
        if len(value) > most:
            raise Refusal(f"{name} may have at most {most} characters.", param=name)
        return value

    return read


def whole(least: int, most: int) -> Leaf:
    def read(name: str, value: str) -> int:
        if not re.fullmatch(r"-?[0-9]{1,12}", value):
            raise Refusal(f"{name} must be an integer.", code="parameter_invalid_integer", param=name)
        if not least <= int(value) <= most:
            raise Refusal(
                f"{name} must be between {least} and {most}.", code="parameter_invalid_integer", param=name
            )
        return int(value)

    return read


def one_of(*words: str) -> Leaf:
    def read(name: str, value: str) -> str:
        if value not in words:
            raise Refusal(f"{name} must be one of {', '.join(words)} here.", param=name)
        return value

    return read


def flag(name: str, value: str) -> bool:
    if value not in ("true", "false"):
        raise Refusal(f"{name} must be true or false.", param=name)
    return value == "true"


def address(name: str, value: str) -> str:
    try:
        parts = urlsplit(value)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and len(value) <= 5000
    except ValueError:
        good = False
    if not good or not value.isprintable():
        raise Refusal(f"{name} is not a valid URL.", code="url_invalid", param=name)
    return value


def email(name: str, value: str) -> str:
    if not re.fullmatch(r"[^@\s]{1,64}@[^@\s]+\.[^@\s]+", value):
        raise Refusal(f"{name} is not a valid e-mail address.", code="email_invalid", param=name)
    return value


class Free:
    """Key-value pairs under names of the caller's choice: metadata, at most 50 keys of 40 characters."""


METADATA = Free()

SESSION_CREATE: dict[str, Any] = {
    "mode": one_of("payment"),
    "ui_mode": one_of("hosted_page"),
    "locale": one_of("auto", "ko", "en", "ja", "zh"),
    "submit_type": one_of("auto", "pay", "book"),
    "allowed_payment_method_types": [one_of("card")],
    "adaptive_pricing": {"enabled": flag},
    "line_items": [
        {
            "quantity": whole(1, 999_999),
            "price_data": {
                "currency": one_of("krw"),
                "unit_amount": whole(0, MAX_AMOUNT),
                "product_data": {"name": text(250), "description": text(500)},
            },
        }
    ],
    "client_reference_id": text(200),
    "customer_email": email,
    "metadata": METADATA,
    "payment_intent_data": {"metadata": METADATA, "description": text(1000)},
    "success_url": address,
    "cancel_url": address,
    "expires_at": whole(0, 99_999_999_999),
}
REFUND_CREATE: dict[str, Any] = {
    "payment_intent": text(100),
    "charge": text(100),
    "amount": whole(1, MAX_AMOUNT),
    "reason": one_of("duplicate", "fraudulent", "requested_by_customer"),
    "metadata": METADATA,
}
PAGE: dict[str, Any] = {"limit": whole(1, 100), "starting_after": text(100)}
REFUND_LIST: dict[str, Any] = PAGE | {"payment_intent": text(100)}
EVENT_LIST: dict[str, Any] = PAGE | {"type": text(100)}
SECONDS = whole(0, 99_999_999_999)
BALANCE_LIST: dict[str, Any] = PAGE | {
    "created": {"gte": SECONDS, "gt": SECONDS, "lt": SECONDS, "lte": SECONDS},
    "expand": [one_of("data.source")],
    "source": text(100),
    "type": text(100),
}
NOTHING: dict[str, Any] = {}


def read_parameters(pairs: Iterable[tuple[str, str]], accepted: dict[str, Any]) -> dict[str, Any]:
    """Read `a[b][0]=c` pairs into nested values. Raises `Refusal` at the first that is not accepted."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        path = re.findall(r"[^\[\]]+", name)
        if not path or name != path[0] + "".join(f"[{step}]" for step in path[1:]):
            raise Refusal(f"Invalid parameter name: {name[:200]}", code="parameter_unknown", param=name[:200])
        _put(found, accepted, path, name[:200], value)
    return _settled(found, accepted)


def required(wish: dict[str, Any], *names: str) -> None:
    for name in names:
        if name not in wish:
            raise Refusal(f"Missing required param: {name}.", code="parameter_missing", param=name)


def _put(found: dict[str, Any], accepted: Any, path: list[str], name: str, value: str) -> None:
    for step in path:
        accepted = _under(accepted, step)
        if accepted is None:
            raise Refusal(f"Received unknown parameter: {name}", code="parameter_unknown", param=name)
    if not callable(accepted):
        raise Refusal(f"Invalid object: {name}", param=name)
    for step in path[:-1]:
        found = found.setdefault(step, {})
    if path[-1] in found:
        raise Refusal(f"{name} was given twice.", param=name)
    found[path[-1]] = accepted(name, value)


def _under(accepted: Any, step: str) -> Any:
    if isinstance(accepted, dict):
        return accepted.get(step)
    if isinstance(accepted, list):
        return accepted[0] if re.fullmatch(r"[0-9]{1,2}", step) else None
    if isinstance(accepted, Free):
        return text(500) if len(step) <= 40 else None
    return None


def _settled(found: Any, accepted: Any) -> Any:
    """Turn numbered branches into lists, in the order of their numbers."""
    if isinstance(accepted, list):
        return [_settled(found[step], accepted[0]) for step in sorted(found, key=int)]
    if isinstance(accepted, dict):
        return {step: _settled(value, accepted[step]) for step, value in found.items()}
    return found
