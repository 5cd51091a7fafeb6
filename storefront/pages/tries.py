"""How often a visitor may try something: by address, by account, by number."""

from datetime import timedelta
from typing import NamedTuple

from starlette.requests import Request

from storefront.web import services
from villages.limits import count_try


class Limit(NamedTuple):
    key: str
    most: int
    minutes: int


async def count_tries(request: Request, *limits: Limit) -> None:
    """Count this try under each key. Raises `TooMany`. Load measurements run without limits (RATE_LIMITS=off)."""
    if services(request).settings.rate_limits:
        for limit in limits:
            await count_try(limit.key, most=limit.most, within=timedelta(minutes=limit.minutes))


def address_of(request: Request) -> str:
    """Where the request comes from; behind a proxy only the server knows whom to believe."""
    return request.client.host if request.client else "unknown"
