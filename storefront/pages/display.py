"""Text size and high contrast: two cookies of a year, set by a form, read by every page."""

from starlette.requests import Request
from starlette.responses import Response

from storefront.visit import SCALES
from storefront.web import form_of, own_path, render, see_other, services, text_of

YEAR = 365 * 86400
CHOICES = {"scale": frozenset(SCALES), "mode": frozenset({"hc", "normal"})}


async def show(request: Request) -> Response:
    return await render(request, "pages/display.html", {"back": own_path(request.query_params.get("back"))})


async def update(request: Request) -> Response:
    """Keep what was chosen and go back; what is no choice changes nothing."""
    form = form_of(request)
    response = see_other(own_path(text_of(form, "back", most=500)))
    for name, known in CHOICES.items():
        value = text_of(form, name)
        if value in known:
            # Plain names, no secret: they say nothing about a person.
            response.set_cookie(
                name,
                value,
                max_age=YEAR,
                path="/",
                secure=services(request).settings.is_https,
                httponly=True,
                samesite="lax",
            )
    return response
