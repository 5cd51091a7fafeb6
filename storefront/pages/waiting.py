"""Waiting for seats: the form beside a full session, and the party's own page with its place in the queue."""

import secrets

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from market.waiting_lists import come_with_fewer, join_waiting_list, leave_waiting_list
from market.waiting_window import WaitedSession, party_for, waited_session
from storefront.frames import render_framed
from storefront.pages.asked import slug_of
from storefront.pages.offered_seats import party_page
from storefront.pages.order_draft import Words, read_buyer
from storefront.pages.own_parties import keep_party, own_party
from storefront.pages.tries import Limit, address_of, count_tries
from storefront.web import form_of, number_of, path_id, see_other, services, status_of, text_of, visit_of
from villages.programs import Participant
from villages.refusals import BadForm, NotFound, Refused, TooMany

NO_NUMBER = "인원은 숫자로 적어 주세요. 예: 2"


async def new(request: Request) -> Response:
    asked = request.query_params.get("session", "")
    if not (asked.isascii() and asked.isdigit() and len(asked) < 19):
        raise NotFound("찾을 수 없는 날짜입니다. 체험 화면에서 다시 골라 주세요.")
    return await _form(request, await waited_session(int(asked), slug=slug_of(request)))


async def create(request: Request) -> Response:
    """A party joins the queue, once for each form; its page is opened by a cookie, later by the link we send."""
    visit, form = visit_of(request), form_of(request)
    session = await waited_session(number_of(form, "session") or 0, slug=slug_of(request))
    buyer, typed, mistakes = read_buyer(form)
    people = _people(form, session)
    typed |= {kind.value: text_of(form, kind, most=4) for kind in Participant}
    if buyer is None or people is None:
        return await _form(request, session, typed, mistakes | ({} if people else {"": NO_NUMBER}))
    try:
        await count_tries(request, Limit(f"waiting {address_of(request)}", most=20, minutes=10))
        joined = await join_waiting_list(
            session.id, people, slug=session.slug, key=text_of(form, "key", most=64) or secrets.token_urlsafe(16),
            buyer=buyer, secret=services(request).settings.secret_key, now=visit.now,
        )  # fmt: skip
    except Refused as refusal:
        answer = await _form(request, session, typed, {"": refusal.sentence}, status=status_of(refusal))
        if isinstance(refusal, TooMany):
            answer.headers["Retry-After"] = str(refusal.retry_after)
        return answer
    response = see_other(f"/waiting-parties/{joined.party_id}")
    keep_party(response, visit, joined.party_id, joined.token)
    return response


async def show(request: Request) -> Response:
    """The party's page; a token in the address becomes a cookie, so that the address can be shown to others."""
    if token := request.query_params.get("t"):
        party = await party_for(path_id(request), token)
        response = see_other(f"/waiting-parties/{party.id}")
        keep_party(response, visit_of(request), party.id, token)
        return response
    return await party_page(request, await own_party(request))


async def update(request: Request) -> Response:
    """Fewer people, the same place."""
    party = await own_party(request)
    people = _people(form_of(request), await waited_session(party.session_id))
    try:
        if people is None:
            raise BadForm(NO_NUMBER)
        await come_with_fewer(party.id, people, now=visit_of(request).now)
    except Refused as refusal:
        return await party_page(request, party, trouble=refusal.sentence, status=status_of(refusal))
    return see_other(f"/waiting-parties/{party.id}")


async def destroy(request: Request) -> Response:
    party = await own_party(request)
    await leave_waiting_list(party.id, now=visit_of(request).now)
    return see_other(f"/waiting-parties/{party.id}")


def _people(form: FormData, session: WaitedSession) -> dict[Participant, int] | None:
    """None where something else than a number stands; an empty field is nobody."""
    wanted = {
        Participant(price.kind): number_of(form, price.kind) if text_of(form, price.kind) else 0
        for price in session.prices
    }
    people = {kind: count for kind, count in wanted.items() if count is not None}
    return people if len(people) == len(wanted) else None


async def _form(
    request: Request, session: WaitedSession, typed: Words | None = None, mistakes: Words | None = None, *, status: int = 0
) -> Response:  # fmt: skip
    context = {
        "session": session,
        "takes_parties": session.takes_parties(visit_of(request).now),
        "typed": typed or {},
        "mistakes": mistakes or {},
        "key": text_of(form_of(request), "key", most=64) if typed else secrets.token_urlsafe(16),
    }
    response = await render_framed(
        request, "pages/waiting_new.html", context, status=status or (422 if mistakes else 200)
    )
    response.headers["Cache-Control"] = "no-store"
    return response
