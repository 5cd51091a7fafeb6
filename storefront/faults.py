"""What a person or a machine reads when something is refused or breaks: a sentence, a request id, nothing else."""

import logging
from typing import Any

import asyncpg
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from tortoise.exceptions import BaseORMException, DBConnectionError

from media.refusals import PictureRefused, StorageFull
from storefront.web import TEMPLATES, VISIT, services, status_of
from villages.contacts import BadValue
from villages.refusals import Refused, TooMany

log = logging.getLogger("jangnal.faults")

SENTENCES = {
    400: ("요청을 이해하지 못했습니다", "주소나 보낸 내용을 확인해 주세요."),
    403: (
        "볼 수 없는 화면입니다",
        "이 일을 할 수 있는 권한이 없습니다. 다른 사람으로 로그인하거나 시청 담당자에게 물어봐 주세요.",
    ),
    404: ("찾을 수 없습니다", "주소가 바뀌었거나 더 이상 팔지 않는 것입니다."),
    405: ("할 수 없는 일입니다", "이 주소에서는 할 수 없는 일입니다. 뒤로 가서 다시 해 주세요."),
    406: ("기계는 다른 주소를 써 주세요", "자료는 /api/v1 에서 받을 수 있습니다."),
    409: ("그사이 바뀌었습니다", "내용을 확인하고 다시 해 주세요."),
    413: ("보낸 것이 너무 큽니다", "사진은 한 장에 15MB까지 올릴 수 있습니다."),
    415: ("보낸 형식을 읽을 수 없습니다", "화면의 단추를 눌러 다시 보내 주세요."),
    422: ("고칠 것이 있습니다", "적은 내용을 확인해 주세요."),
    429: ("잠시 쉬었다 해 주세요", "짧은 시간에 너무 여러 번 시도하셨습니다."),
    500: (
        "저희 쪽에 문제가 생겼습니다",
        "결제하신 돈과 주문은 그대로 있습니다. 잠시 후 다시 해 보시고, 계속되면 전화해 주세요.",
    ),
    503: ("잠시 후 다시 시도해 주세요", "지금 사람이 많거나 점검 중입니다. 담아 두신 것은 그대로 있습니다."),
}
PROBLEMS = {
    404: "not-found",
    405: "not-allowed",
    413: "too-large",
    415: "wrong-form",
    429: "too-many",
    503: "busy",
}
"""The stable names of what has no code of its own."""

CSRF = (
    "한 번 더 눌러 주세요",
    "화면을 연 지 오래되었거나 다른 창에서 로그인하셨습니다. 뒤로 가서 새로 고친 뒤 다시 눌러 주세요.",
)

BUSY = (
    asyncpg.exceptions.QueryCanceledError,
    asyncpg.exceptions.LockNotAvailableError,
    asyncpg.exceptions.DeadlockDetectedError,
    asyncpg.exceptions.SerializationError,
    asyncpg.exceptions.CannotConnectNowError,
    asyncpg.exceptions.PostgresConnectionError,
    asyncpg.exceptions.AdminShutdownError,
    asyncpg.exceptions.CrashShutdownError,
    asyncpg.exceptions.TooManyConnectionsError,
    asyncpg.exceptions.InvalidAuthorizationSpecificationError,
    asyncpg.exceptions.InterfaceError,
    asyncpg.exceptions.InternalClientError,  # asyncpg's word where the server was killed in the middle of an answer
    DBConnectionError,
    OSError,  # the socket is gone, the name has no address, time is over
)
"""The database is away or too busy: not our fault, not yours, and over soon."""


async def refused(request: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, Refused)
    headers = {"Retry-After": str(refusal.retry_after)} if isinstance(refusal, TooMany) else {}
    return answer(
        request,
        status_of(refusal),
        refusal.sentence,
        code=refusal.code,
        fields=refusal.fields,
        headers=headers,
    )


async def bad_value(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, BadValue)
    return answer(request, 422, fault.sentence, code="bad-form")


async def bad_picture(request: Request, fault: Exception) -> Response:
    status = 507 if isinstance(fault, StorageFull) else 422
    return answer(
        request, status, str(getattr(fault, "sentence", fault)), code=getattr(fault, "code", "storage-full")
    )


async def http_fault(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, HTTPException)
    if fault.detail == "csrf":
        log.warning("form refused", extra={"facts": {"why": "csrf"}})
        return answer(request, 403, CSRF[1], title=CSRF[0], code="form-refused")
    return answer(request, fault.status_code, "", headers=dict(fault.headers or {}))


async def busy(request: Request, fault: Exception) -> Response:
    log.error("database busy", extra={"facts": {"why": type(fault).__name__}})
    return answer(request, 503, "", code="busy", headers={"Retry-After": "3"})


async def broken(request: Request, fault: Exception) -> Response:
    if isinstance(fault, BaseORMException) and isinstance(fault.__cause__, BUSY):
        return await busy(request, fault)
    if isinstance(fault.__cause__, asyncpg.exceptions.CharacterNotInRepertoireError):
        return answer(
            request, 404, "", code="not-found"
        )  # a zero byte in an address: no row can be called so
    log.error("broken", exc_info=fault)
    return answer(request, 500, "", code="broken")


def answer(
    request: Request, status: int, sentence: str, *, title: str = "", code: str = "", fields: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
) -> Response:  # fmt: skip
    """A page for people, `application/problem+json` for machines."""
    usual_title, usual = SENTENCES.get(status, SENTENCES[500 if status >= 500 else 400])
    sentence = sentence or usual
    if request.url.path.startswith(("/api/", "/hooks/", "/healthz", "/readyz", "/metrics")):
        problem: dict[str, Any] = {
            "type": f"/problems/{code or PROBLEMS.get(status, status)}", "title": title or usual_title, "status": status, "detail": sentence,
            "request_id": request_id(request),
        }  # fmt: skip
        if fields:
            problem["fields"] = fields
        return JSONResponse(problem, status, headers, media_type="application/problem+json")
    visit = request.scope.get(VISIT)
    shown = services(request).brand.last()
    html = TEMPLATES.get_template("error.html").render(
        heading=title or usual_title,
        message=sentence,
        reference=request_id(request),
        nonce="none",
        scale=getattr(visit, "scale", ""),
        mode=getattr(visit, "mode", ""),
        path=request.url.path,
        city=shown.city,
        village_chips=shown.chips,
        village_count=len(shown.villages),
        cart_count=0,
        csrf_token=getattr(visit, "csrf_token", ""),
        person=None,
    )
    return HTMLResponse(html, status, headers)


def request_id(request: Request) -> str:
    return request.scope.get("jangnal.request_id", "-")


HANDLERS = {
    Refused: refused,
    BadValue: bad_value,
    PictureRefused: bad_picture,
    StorageFull: bad_picture,
    HTTPException: http_fault,
    **dict.fromkeys(BUSY, busy),
    BaseORMException: broken,
    Exception: broken,
}
