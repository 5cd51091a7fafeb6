"""나오면 알려 주세요: the form for one listing, and the page behind the link that stops it."""

import hashlib
import hmac
import secrets

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from market.wishes.asking import NO_CONTACT, Contact, IsThere, ask_to_be_told, stop_wish
from market.wishes.consent import AGREED, ROWS
from market.wishes.tables import Wish
from market.wishes.window import WishedListing, something_comes, wish_behind, wished_listing
from storefront.frames import render_framed
from storefront.pages.asked import slug_of
from storefront.pages.order_draft import Words
from storefront.pages.tries import Limit, address_of, count_tries
from storefront.web import form_of, path_id, see_other, services, status_of, text_of, visit_of
from villages.contacts import BadValue, read_email, read_phone, tidy
from villages.listings import Kind
from villages.refusals import Refused, TooMany

NO_MOBILE = "문자를 받으실 수 있는 휴대전화 번호를 적어 주세요. 예: 010-1234-5678"
NOT_AGREED = "알려 드리려면 연락처를 써야 합니다. 동의란에 표시해 주세요."


async def new(request: Request) -> Response:
    return await _form(request, await _listing(request))


async def create(request: Request) -> Response:
    """Once for each form. Whether this number waited already is not said: anybody can type anybody's."""
    form, listing = form_of(request), await _listing(request)
    typed = {name: text_of(form, name) for name in ("phone", "email", "agreed")}
    contact, mistakes = _read(form)
    if listing.is_there:
        return await _form(request, listing, typed, {"": IsThere.usual}, status=409)
    if contact is None:
        return await _form(request, listing, typed, mistakes)
    try:
        await count_tries(request, *_limits(request, contact))
        key = text_of(form, "key", most=64) or secrets.token_urlsafe(16)
        await ask_to_be_told(listing.id, contact, key=key, now=visit_of(request).now)
    except Refused as refusal:
        answer = await _form(request, listing, typed, {"": refusal.sentence}, status=status_of(refusal))
        if isinstance(refusal, TooMany):
            answer.headers["Retry-After"] = str(refusal.retry_after)
        return answer
    return see_other(f"{listing.url}/wishes?kept=1")


async def show(request: Request) -> Response:
    """Looking changes nothing: programs that check mails follow every link in them."""
    wish = await _wish(request, request.query_params.get("t", ""))
    return await _stop_page(request, wish)


async def destroy(request: Request) -> Response:
    token = text_of(form_of(request), "t", most=64)
    wish = await _wish(request, token)
    await stop_wish(wish.id, now=visit_of(request).now)
    return see_other(f"/wishes/{wish.id}?t={token}")


async def _listing(request: Request) -> WishedListing:
    kind = Kind.goods if request.url.path.startswith("/goods/") else Kind.program
    return await wished_listing(slug_of(request), kind, now=visit_of(request).now)


async def _wish(request: Request, token: str) -> Wish:
    return await wish_behind(path_id(request), token, secret=services(request).settings.secret_key)


def _read(form: FormData) -> tuple[Contact | None, Words]:
    """(whom to tell, mistakes by field); None while there are mistakes."""
    found, mistakes = {"phone": "", "email": ""}, {}
    for name, read in (("phone", _read_mobile), ("email", read_email)):
        try:
            found[name] = read(text_of(form, name)) if tidy(text_of(form, name)) else ""
        except BadValue as bad:
            mistakes[name] = bad.sentence
    if not mistakes and not any(found.values()):
        mistakes["phone"] = NO_CONTACT
    if text_of(form, "agreed") != "1":
        mistakes["agreed"] = NOT_AGREED
    return (None if mistakes else Contact(**found)), mistakes


def _read_mobile(typed: str) -> str:
    digits = read_phone(typed)
    if not digits.startswith("01"):
        raise BadValue(NO_MOBILE)
    return digits


def _limits(request: Request, contact: Contact) -> list[Limit]:
    """By where it comes from, and by whom it writes to: nobody's telephone is to be flooded with confirmations."""
    secret = services(request).settings.secret_key.encode()
    reached = [
        f"wish to {hmac.new(secret, each.encode(), hashlib.sha256).hexdigest()}"
        for each in (contact.phone, contact.email) if each
    ]  # fmt: skip
    return [
        Limit(f"wishes {address_of(request)}", most=20, minutes=10),
        *(Limit(each, most=10, minutes=24 * 60) for each in reached),
    ]


async def _form(
    request: Request, listing: WishedListing, typed: Words | None = None, mistakes: Words | None = None, *, status: int = 0
) -> Response:  # fmt: skip
    context = {
        "listing": listing,
        "is_kept": request.method == "GET" and "kept" in request.query_params,
        "typed": typed or {},
        "mistakes": mistakes or {},
        "consent": ROWS,
        "agreed": AGREED,
        "key": text_of(form_of(request), "key", most=64) if typed else secrets.token_urlsafe(16),
    }
    response = await render_framed(
        request, "pages/wish_new.html", context, status=status or (422 if mistakes else 200)
    )
    response.headers["Cache-Control"] = "no-store"
    return response


async def _stop_page(request: Request, wish: Wish) -> Response:
    listing = wish.listing
    url = f"/{'goods' if listing.kind == Kind.goods else 'programs'}/{listing.slug}"
    context = {
        "wish": wish,
        "waits": await something_comes(wish),
        "url": url,
        "token": request.query_params.get("t", ""),
    }
    response = await render_framed(request, "pages/wish.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response
