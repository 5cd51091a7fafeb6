"""What every page of the city's staff shows and asks."""

from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse

from market.waiting_money import WaitingMoney, waiting_money
from storefront.web import render, visit_of
from villages.days import seoul_day
from villages.people import Actor


def officer_of(request: Request) -> Actor:
    """The signed-in person; the route's permission has seen to it that there is one."""
    actor = visit_of(request).actor
    assert actor is not None
    return actor


def one_word(text: str, *, most: int = 40) -> str:
    """A value of an address as it may go to the database: without zero bytes, not too long."""
    return text.replace("\x00", "").strip()[:most]


async def render_city(
    request: Request,
    name: str,
    context: dict[str, Any] | None = None,
    *,
    status: int = 200,
    waiting: WaitingMoney | None = None,
) -> HTMLResponse:
    """A page of the city, with what waits in its menu; give `waiting` where the page has asked for it already."""
    waiting = waiting or await waiting_money()
    shown = {
        "deposits_waiting": waiting.deposits,
        "refunds_waiting": waiting.refunds,
        "tasks_waiting": waiting.tasks,
        "waiting": waiting,
        "today": seoul_day(visit_of(request).now),
        **(context or {}),
    }
    return await render(request, f"city/{name}.html", shown, status=status)
