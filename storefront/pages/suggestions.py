"""What may be meant by the words typed so far: the list under the search field, as a piece of a page."""

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from market.finding.entries import Findable
from market.finding.index import Suggestion
from market.finding.narrowing import KIND_NAMES
from market.finding.postgres_index import shared_index
from storefront.pace import SEARCHES, keep_pace
from storefront.pages.asked import readable
from storefront.web import TEMPLATES

FOLDERS = {Findable.goods: "goods", Findable.program: "programs", Findable.village: "villages"}
ICONS = {Findable.goods: "box", Findable.program: "calendar", Findable.village: "house"}
SECONDS = 30


async def index(request: Request) -> Response:
    """Nobody is known here and nothing is kept of what was typed; a browser may keep an answer for half a minute."""
    keep_pace(request, SEARCHES)
    words = readable(request.query_params.get("q", "")).text
    found = await shared_index().suggest(words) if words else ()
    html = TEMPLATES.get_template("parts/suggestions.html").render(
        found=[(each, address(each)) for each in found], icons=ICONS, kinds=KIND_NAMES
    )
    return HTMLResponse(html, headers={"Cache-Control": f"private, max-age={SECONDS}"})


def address(suggestion: Suggestion) -> str:
    """The page of a thing; nothing for a word, which is searched for."""
    return f"/{FOLDERS[suggestion.kind]}/{suggestion.slug}" if suggestion.kind else ""
