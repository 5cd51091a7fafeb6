"""Signing in and out."""

import hashlib
import hmac
import logging

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from storefront.frames import render_framed
from storefront.pages.tries import Limit, address_of, count_tries
from storefront.visit import drop_cookie, set_cookie
from storefront.web import form_of, own_path, see_other, services, text_of, visit_of
from villages.limits import forget_tries
from villages.refusals import BadForm, TooMany
from villages.signing_in import sign_in, sign_out

log = logging.getLogger("jangnal.login")
DAYS_30 = 30 * 86400


async def new(request: Request) -> Response:
    visit = visit_of(request)
    after = own_path(request.query_params.get("next"), instead="")
    if visit.actor:
        return see_other(after or visit.actor.home)
    return await _page(request, after)


async def create(request: Request) -> Response:
    """A new device at every login; whoever was signed in here before is signed out."""
    visit, form = visit_of(request), form_of(request)
    email, after = text_of(form, "email", most=120), own_path(text_of(form, "next", most=500), instead="")
    account = f"login of {email.lower()}"
    here = f"{account} from {address_of(request)}"
    try:
        await count_tries(
            request,
            Limit(
                f"login from {address_of(request)}", most=60, minutes=10
            ),  # a whole village hall shares one
            Limit(here, most=8, minutes=10),
            Limit(account, most=40, minutes=10),  # so many that a stranger cannot easily lock its owner out
        )
        token, actor = await sign_in(
            email, _password(form), passwords=services(request).passwords, now=visit.now
        )
    except TooMany as refusal:
        _log_failure(request, email, "too many tries")
        response = await _page(request, after, email, refusal.sentence, status=429)
        response.headers["Retry-After"] = str(refusal.retry_after)
        return response
    except BadForm as refusal:
        _log_failure(request, email, "wrong address or password")
        return await _page(request, after, email, refusal.sentence, status=422)
    if services(request).settings.rate_limits:
        await forget_tries(here)
    if visit.actor:
        await sign_out(visit.actor.login_hash)
    log.info("signed in", extra={"facts": {"person": actor.id, "ip": address_of(request)}})
    response = see_other(after or actor.home)
    # The city's people sit at shared desks: theirs ends with the browser.
    set_cookie(response, visit.jar, "login", token, seconds=None if actor.city_roles else DAYS_30)
    return response


async def destroy(request: Request) -> Response:
    visit = visit_of(request)
    if visit.actor:
        await sign_out(visit.actor.login_hash)
    response = see_other("/")
    for name in ("login", "orders", "checkout"):
        drop_cookie(response, visit.jar, name)
    # Not "cookies": the cart and the chosen text size belong to the device, not to the person.
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _log_failure(request: Request, email: str, why: str) -> None:
    """Whose account was tried is told apart from others, but not by name: strangers type what they like."""
    secret = services(request).settings.secret_key.encode()
    account = hmac.new(secret, f"login {email.lower()}".encode(), hashlib.sha256).hexdigest()[:12]
    facts = {"why": why, "ip": address_of(request), "account": account}
    log.warning("sign-in failed", extra={"facts": facts})


def _password(form: FormData) -> str:
    """Exactly as typed, spaces too."""
    value = form.get("password")
    return value if isinstance(value, str) else ""


async def _page(
    request: Request, after: str, email: str = "", trouble: str = "", *, status: int = 200
) -> Response:
    context = {"after": after, "email": email, "mistakes": {"email": trouble} if trouble else {}}
    response = await render_framed(request, "pages/login.html", context, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response
