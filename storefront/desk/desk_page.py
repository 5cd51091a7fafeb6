"""What every page of the desk shows and asks: whose village, what day it is."""

from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse

from storefront.web import render, visit_of
from villages.days import seoul_day
from villages.people import Actor, Permission
from villages.refusals import NotFound
from villages.village import Village


def actor_of(request: Request) -> Actor:
    """The signed-in person; the route's permission has seen to it that there is one."""
    actor = visit_of(request).actor
    assert actor is not None
    return actor


def own_villages(request: Request, permission: Permission) -> list[int]:
    return actor_of(request).village_ids(permission)


def signature(request: Request) -> str:
    """Who did it, as movements and steps remember it."""
    return f"person {actor_of(request).id}"


async def village_to_write_for(request: Request, permission: Permission, wanted: str = "") -> Village:
    """The village a new thing belongs to: the one named in the form if it is hers, else her first."""
    ids = own_villages(request, permission)
    chosen = (
        int(wanted) if wanted.isascii() and wanted.isdigit() and int(wanted) in ids else min(ids, default=0)
    )
    village = await Village.get_or_none(id=chosen)
    if village is None:
        raise NotFound()
    return village


async def render_desk(
    request: Request, name: str, context: dict[str, Any] | None = None, *, status: int = 200
) -> HTMLResponse:
    """A page of the desk, with the village and the day at its head."""
    visit = visit_of(request)
    ids = own_villages(request, Permission.see_village)
    village = await Village.get_or_none(id=ids[0]) if len(ids) == 1 else None
    shown = {"village": village, "today": seoul_day(visit.now)} | (context or {})
    return await render(request, f"desk/{name}.html", shown, status=status)
