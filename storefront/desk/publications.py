"""올리기와 내리기: a listing goes on sale when nothing the law wants is missing."""

from starlette.requests import Request
from starlette.responses import Response

from storefront.desk.desk_page import actor_of, own_villages, signature
from storefront.desk.goods import show_goods
from storefront.desk.programs import show_program
from storefront.web import path_id, see_other, visit_of
from villages.listing_edits import own_listing
from villages.listings import Kind
from villages.people import Permission
from villages.publications import NotReady, publish, withdraw

MAY_EDIT = Permission.edit_listings


async def create(request: Request) -> Response:
    """What stands in the way is said in sentences on the listing's own page."""
    listing_id, ids = path_id(request), own_villages(request, MAY_EDIT)
    listing = await own_listing(listing_id, village_ids=ids)
    try:
        await publish(listing_id, village_ids=ids, person_id=actor_of(request).id, now=visit_of(request).now)
    except NotReady as unready:
        show = show_goods if listing.kind == Kind.goods else show_program
        return await show(request, listing, problems=unready.problems, status=422)
    return see_other(f"{page_of(listing.kind)}/{listing_id}?saved=published")


async def destroy(request: Request) -> Response:
    listing_id, ids = path_id(request), own_villages(request, MAY_EDIT)
    listing = await own_listing(listing_id, village_ids=ids)
    await withdraw(listing_id, village_ids=ids, by=signature(request))
    return see_other(f"{page_of(listing.kind)}/{listing_id}?saved=withdrawn")


def page_of(kind: Kind) -> str:
    return "/desk/goods" if kind == Kind.goods else "/desk/programs"
