"""The waiting parties this browser may see: their ids and tokens in a signed cookie."""

from starlette.requests import Request
from starlette.responses import Response

from market.waiting_parties import WaitingParty
from market.waiting_window import party_for
from storefront.visit import Visit, set_cookie
from storefront.web import path_id, visit_of

MOST = 20
SECONDS = 30 * 86400


def keep_party(response: Response, visit: Visit, party_id: int, token: str) -> None:
    kept = [(party_id, token), *(party for party in _kept(visit) if party[0] != party_id)][:MOST]
    set_cookie(response, visit.jar, "waiting", visit.jar.seal("waiting", kept), seconds=SECONDS)


async def own_party(request: Request) -> WaitingParty:
    """The party of this address, for who holds its token. Raises `NotFound`."""
    wanted = path_id(request)
    token = next((token for known, token in _kept(visit_of(request)) if known == wanted), "")
    return await party_for(wanted, token)


def _kept(visit: Visit) -> list[tuple[int, str]]:
    """The newest first; whatever is broken counts as none."""
    plain = visit.jar.open("waiting", visit.cookies.get(visit.jar.name("waiting")))
    try:
        return [(int(party), str(token)) for party, token in plain][:MOST]
    except (TypeError, ValueError):
        return []
