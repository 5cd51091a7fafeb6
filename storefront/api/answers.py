"""What every answer of the API shares: JSON with an ETag, pages with a cursor, and query values read strictly."""

import base64
import hashlib
import json
import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Protocol, TypeVar

from starlette.requests import Request
from starlette.responses import Response

from market.filters import MOST_WON
from storefront.web import services
from villages.days import SEOUL
from villages.refusals import BadForm, NotFound

Item = TypeVar("Item")

PAGE_SIZE = 24
MOST_PER_PAGE = 100
BIGGEST = 2**63 - 1
DEAREST = MOST_WON - 1
SLUG = re.compile(r"[0-9A-Za-z가-힣._~-]{1,80}")


class JsonAble(Protocol):
    """Turns one thing of a list into JSON."""

    def __call__(self, item: Any, request: Request, /) -> dict[str, Any]: ...


def json_answer(
    request: Request,
    value: Any,
    *,
    status: int = 200,
    is_private: bool = False,
    headers: dict[str, str] | None = None,
) -> Response:
    """JSON with the hash of its bytes as ETag; 304 where the asker has the same bytes already."""
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_plain).encode()
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    said = {"ETag": etag, "Cache-Control": "no-store" if is_private else "no-cache", **(headers or {})}
    if status == 200 and _has_already(request, etag):
        return Response(status_code=304, headers=said)
    return Response(body, status, said, media_type="application/json")


def page_answer(
    request: Request, found: Sequence[Any], *, size: int, place: Sequence[Any] | None, as_json: JsonAble
) -> Response:
    """One page of a list. `found` holds one more where there is a next page; `place` is its last thing's."""
    items = [as_json(item, request) for item in found[:size]]
    return json_answer(
        request, {"items": items, "next": _sealed(place) if len(found) > size and place else None}
    )


def page_size(request: Request) -> int:
    return whole_number(request, "page_size", least=1, most=MOST_PER_PAGE) or PAGE_SIZE


def cursor(request: Request, *, list_name: str, numbers: int) -> tuple[int, ...] | None:
    """The place after which this page begins; None for the first page. Raises `BadForm` for what we never gave."""
    given = request.query_params.get("cursor")
    if not given:
        return None
    try:
        opened = json.loads(base64.b64decode(given.encode("ascii"), altchars=b"-_", validate=True))
        name, *place = opened
        if name == list_name and len(place) == numbers and all(map(_is_number, place)):
            return tuple(place)
    except (ValueError, TypeError, RecursionError):
        pass
    raise BadForm(
        fields={"cursor": "앞 답의 next 값을 그대로 보내 주세요. 정렬을 바꾸면 처음부터 받아야 합니다."}
    )


def whole_number(request: Request, name: str, *, least: int, most: int) -> int | None:
    given = request.query_params.get(name)
    if not given:
        return None
    if not (given.isascii() and given.isdigit() and len(given) <= 12 and least <= int(given) <= most):
        raise BadForm(fields={name: f"{least}부터 {most}까지의 숫자로 적어 주세요."})
    return int(given)


def price_range(request: Request) -> tuple[int, int]:
    """Won, both included; all there are where nothing is asked."""
    least = whole_number(request, "min_price", least=0, most=DEAREST) or 0
    most = whole_number(request, "max_price", least=0, most=DEAREST)
    if most is None:
        return least, DEAREST
    if most < least:
        raise BadForm(fields={"max_price": "min_price보다 크거나 같게 적어 주세요."})
    return least, most


def one_of(request: Request, name: str, choices: Sequence[str]) -> str | None:
    given = request.query_params.get(name)
    if not given:
        return None
    if given not in choices:
        raise BadForm(fields={name: f"쓸 수 있는 값: {', '.join(choices)}"})
    return given


def word(request: Request, name: str) -> str:
    """A slug or a category; what no such word can be is refused, so that it never reaches the database."""
    given = request.query_params.get(name, "")
    if given and not (len(given) <= 80 and given.isprintable()):
        raise BadForm(fields={name: "80자까지의 글자로 적어 주세요."})
    return given


def day(request: Request, name: str) -> date | None:
    given = request.query_params.get(name)
    if not given:
        return None
    try:
        if re.fullmatch(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}", given):
            return date.fromisoformat(given)
    except ValueError:
        pass
    raise BadForm(fields={name: "2026-12-05처럼 적어 주세요."})


def path_slug(request: Request) -> str:
    slug = request.path_params["slug"]
    if not SLUG.fullmatch(slug):
        raise NotFound()
    return slug


def absolute(request: Request, path: str) -> str:
    """An address for others: always by our configured name, never by the Host header."""
    return f"{services(request).settings.public_url}{path}"


def sealed_place(list_name: str, *place: int) -> list[Any]:
    """A place in a list, bound to that list's name and order."""
    return [list_name, *place]


def _sealed(place: Sequence[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(place, separators=(",", ":")).encode()).decode()


def _is_number(value: Any) -> bool:
    return type(value) is int and abs(value) <= BIGGEST


def _has_already(request: Request, etag: str) -> bool:
    given = request.headers.get("if-none-match", "")
    return any(tag.strip().removeprefix("W/") in (etag, "*") for tag in given.split(","))


def _plain(value: Any) -> str:
    """Moments with Seoul's offset, so that the day can be read off them."""
    if isinstance(value, datetime):
        return value.astimezone(SEOUL).isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)
