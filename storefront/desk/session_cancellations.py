"""비가 와서 못 해요: first who is in it, what goes back and what they are told; then one tap."""

from urllib.parse import quote

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from market.dates.choices import OFFERED_FIRST
from market.refunds import CAUSE_NAMES, RefundCause
from market.session_cancellations import SESSION_CAUSES, DryRun, cancel_session, dry_run
from storefront.desk.desk_page import own_villages, render_desk, signature
from storefront.pages.refund_forms import read_cause
from storefront.web import form_of, path_id, see_other, services, text_of, visit_of
from villages.people import Permission
from villages.refusals import BadForm

MAY_CANCEL = Permission.refund_own
OTHER_CAUSE = "까닭이 바뀌어 돌려드릴 돈과 알릴 말을 다시 셈했습니다. 보시고 다시 눌러 주세요."


async def new(request: Request) -> Response:
    return await _page(request, request.query_params.get("cause", ""))


async def _page(
    request: Request, wanted: str, *, instead: list[int] | None = None, mistake: str = ""
) -> Response:
    """`instead`: the dates that were ticked; None: nothing was sent yet."""
    cause = RefundCause(wanted) if wanted in set(SESSION_CAUSES) else RefundCause.weather
    run = await dry_run(
        path_id(request), cause, village_ids=own_villages(request, MAY_CANCEL), now=visit_of(request).now
    )
    causes = [each for each in SESSION_CAUSES if each != RefundCause.too_few or not run.has_go]
    context = {
        "run": run,
        "causes": [(each.value, CAUSE_NAMES[each]) for each in causes],
        "can_offer": any(not party.is_offline for party in run.paid),
        "ticked": _first(run) if instead is None else instead,
        "mistakes": {"": mistake} if mistake else {},
    }
    return await render_desk(request, "session_cancellation", context, status=422 if mistake else 200)


async def create(request: Request) -> Response:
    """Does what was shown: another cause than the one that was reckoned with is reckoned anew, and nothing done."""
    session_id, form = path_id(request), form_of(request)
    cause = text_of(form, "cause")
    if text_of(form, "again"):
        return see_other(f"/desk/sessions/{session_id}/cancellation?cause={quote(cause)}")
    if text_of(form, "seen") not in ("", cause):
        return await _page(request, cause, instead=_dates(form), mistake=OTHER_CAUSE)
    try:
        await cancel_session(
            session_id,
            read_cause(form),
            services(request).gateway,
            village_ids=own_villages(request, MAY_CANCEL),
            by=signature(request),
            instead=_dates(form),
            now=visit_of(request).now,
        )
    except BadForm as bad:
        return await _page(request, cause, instead=_dates(form), mistake=bad.sentence)
    return see_other(f"/desk/sessions/{session_id}/cancellation")


def _first(run: DryRun) -> list[int]:
    """The dates ticked beforehand: the next ones with room for the largest party; where none has it, the next ones."""
    largest = max((party.heads for party in run.paid if not party.is_offline), default=1)
    roomy = [date.id for date in run.dates if date.left >= largest]
    return roomy[:OFFERED_FIRST] or [date.id for date in run.dates if date.is_first]


def _dates(form: FormData) -> list[int]:
    """The sessions offered instead; what is no number is none."""
    chosen = [value for value in form.getlist("instead") if isinstance(value, str)]
    return [int(value) for value in chosen if value.isascii() and value.isdigit() and len(value) < 19]
