"""오늘: at most three things to do, the most urgent with the one big button, and the month's sales.

A session that has too few people a day before that is decided comes before all else: it waits for a yes or a no.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from starlette.requests import Request
from starlette.responses import Response

from market.dates.decisions import undecided_sessions
from market.returns.reading import open_returns
from market.settlement.overview import next_payout
from market.wishes.window import waited_for
from market.worklist import ComingSession, Today, month_sales, today_of
from storefront.desk.desk_page import actor_of, own_villages, render_desk
from storefront.web import visit_of
from storefront.words import time_ko
from villages.days import seoul_day
from villages.people import Permission

MOST = 3


@dataclass(frozen=True)
class Job:
    """One thing to do: where it is done, its picture and colour, what it is called."""

    url: str
    icon: str
    colour: str
    title: str
    detail: str
    button: str


async def index(request: Request) -> Response:
    now, ids = visit_of(request).now, own_villages(request, Permission.see_village)
    today = await today_of(ids, now=now)
    may_confirm = actor_of(request).may(Permission.confirm_own_deposits)
    jobs = jobs_of(today, seoul_day(now), may_confirm=may_confirm, returns=await open_returns(ids))
    undecided = (
        await undecided_sessions(own_villages(request, Permission.refund_own), now=now)
        if actor_of(request).may(Permission.refund_own)
        else []
    )
    context = {
        "undecided": undecided[:MOST],
        "jobs": jobs[: max(0, MOST - len(undecided))],
        "more": max(0, len(undecided) + len(jobs) - MOST),
        "tasks": today.tasks,
        "deposits": today.deposits if may_confirm else 0,
        "sales": await month_sales(ids, now=now),
        "may_edit": actor_of(request).may(Permission.edit_listings),
        "payout": await next_payout(ids, now=now),
        "waited": (await waited_for(ids))[:MOST],
    }
    return await render_desk(request, "today", context)


def jobs_of(today: Today, day: date, *, may_confirm: bool, returns: int = 0) -> list[Job]:
    """What waits, the most urgent first: people who come today, parcels, shortages, money, tomorrow."""
    jobs: list[Job] = []
    if visit := _visit(today.sessions, day, "오늘"):
        jobs.append(visit)
    if today.new_orders or today.preparing:
        parcels = today.new_orders + today.preparing
        jobs.append(
            Job(
                url="/desk/orders" if today.new_orders else "/desk/orders?tab=preparing",
                icon="box",
                colour="v-maple",
                title=f"주문 {parcels}건 포장하기",
                detail=f"새 주문 {today.new_orders}건, 준비 중 {today.preparing}건",
                button="시작",
            )
        )
    if returns:
        jobs.append(
            Job(
                "/desk/returns",
                "refresh",
                "v-gold",
                f"돌아오는 물건 {returns}건",
                "돌아왔으면 받았다고 적어 주세요",
                "보기",
            )
        )
    if today.tasks:
        jobs.append(
            Job(
                "/desk/goods#tasks",
                "alert",
                "v-gold",
                f"살펴볼 일 {len(today.tasks)}건",
                today.tasks[0].sentence,
                "보기",
            )
        )
    if may_confirm and today.deposits:
        jobs.append(
            Job(
                "/desk/deposits",
                "won",
                "v-lake",
                f"입금 {today.deposits}건 확인하기",
                "통장을 보고 맞으면 누릅니다",
                "확인",
            )
        )
    if visit := _visit(today.sessions, day + timedelta(days=1), "내일"):
        jobs.append(visit)
    return jobs


def _visit(sessions: list[ComingSession], day: date, word: str) -> Job | None:
    own = [session for session in sessions if seoul_day(session.starts_at) == day]
    if not own:
        return None
    teams, heads = sum(session.teams for session in own), sum(session.heads for session in own)
    return Job(
        url="/desk/sessions",
        icon="calendar",
        colour="v-leaf",
        title=f"{word} 체험 {teams}팀, {heads}명",
        detail=", ".join(f"{session.name} {time_ko(session.starts_at)}" for session in own),
        button="누가 오는지 보기",
    )
