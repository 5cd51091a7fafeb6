"""사진: more of them for a listing, each with words for those who cannot see it; and taking one down."""

from starlette.requests import Request
from starlette.responses import Response

from storefront.desk.desk_page import own_villages, signature
from storefront.desk.goods import show_goods
from storefront.desk.programs import show_program
from storefront.desk.publications import page_of
from storefront.desk.uploads import keep_uploads
from storefront.web import form_of, path_id, see_other, text_of
from villages.listing_edits import hang_pictures, own_listing, take_down_picture
from villages.listings import Kind, ListingPicture
from villages.people import Permission
from villages.refusals import BadForm, NotFound

MAY_EDIT = Permission.edit_listings


async def create(request: Request) -> Response:
    form, ids = form_of(request), own_villages(request, MAY_EDIT)
    wanted = text_of(form, "listing_id", most=19)
    if not (wanted.isascii() and wanted.isdigit()):
        raise NotFound()
    listing = await own_listing(int(wanted), village_ids=ids)
    hanging = await ListingPicture.filter(listing_id=listing.id).count()
    words = text_of(form, "seen_in_photos", most=250) or f"{listing.name} {hanging + 1}"
    uploaded = await keep_uploads(request, words=words)
    refused = " ".join(dict.fromkeys(uploaded.refused))
    try:
        if uploaded.ids:
            await hang_pictures(listing.id, uploaded.ids, village_ids=ids, by=signature(request))
    except BadForm as bad:
        refused = bad.sentence
    if refused or not uploaded.ids:
        sentence = refused or "올릴 사진을 골라 주세요."
        show = show_goods if listing.kind == Kind.goods else show_program
        listing = await own_listing(listing.id, village_ids=ids)
        return await show(request, listing, mistakes={"photos": sentence}, status=422)
    return see_other(f"{page_of(listing.kind)}/{listing.id}?saved=photos#photos")


async def destroy(request: Request) -> Response:
    listing = await take_down_picture(
        path_id(request), village_ids=own_villages(request, MAY_EDIT), by=signature(request)
    )
    return see_other(f"{page_of(listing.kind)}/{listing.id}#photos")
