"""입금: orders of this village alone that wait for a transfer, and a person's word that the money is there."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from market.deposits import confirm_deposit, waiting_deposits
from storefront.desk.desk_page import actor_of, own_villages, render_desk, signature
from storefront.web import form_of, number_of, own_path, see_other, text_of, visit_of
from villages.people import Permission

CONFIRM_OWN = Permission.confirm_own_deposits


async def index(request: Request) -> Response:
    waiting = await waiting_deposits(village_ids=own_villages(request, CONFIRM_OWN))
    return await render_desk(request, "deposits", {"waiting": waiting})


async def confirm(request: Request) -> Response:
    """A city officer confirms any deposit, an operator those of orders that are her village's alone."""
    form, actor = form_of(request), actor_of(request)
    if actor.may(Permission.confirm_deposits):
        village_ids = None
    elif not (village_ids := own_villages(request, CONFIRM_OWN)):
        raise HTTPException(403)
    await confirm_deposit(
        request.path_params["number"],
        amount=number_of(form, "amount") or 0,
        by=signature(request),
        village_ids=village_ids,
        now=visit_of(request).now,
    )
    return see_other(own_path(text_of(form, "back"), instead=actor.home))
