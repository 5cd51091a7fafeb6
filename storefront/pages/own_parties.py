"""The waiting parties this browser may see."""

from starlette.requests import Request
from starlette.responses import Response

from market.waiting_parties import WaitingParty
from market.waiting_window import party_for
from storefront.pages.kept_tokens import keep_token, token_to
from storefront.visit import Visit
from storefront.web import path_id, visit_of

KIND = "waiting"


def keep_party(response: Response, visit: Visit, party_id: int, token: str) -> None:
    keep_token(response, visit, KIND, str(party_id), token)


async def own_party(request: Request) -> WaitingParty:
    """The party of this address, for who holds its token. Raises `NotFound`."""
    wanted = path_id(request)
    return await party_for(wanted, token_to(visit_of(request), KIND, str(wanted)))
