"""What happens later: a table of duties over rows with a due time. Several workers may run at once."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tortoise import connections

from market.card_payments import ask_about_payments
from market.dates.decisions import decide_sessions
from market.deposit_sheets.sure import match_unfinished_sheets
from market.expiry import expire_unpaid_orders
from market.finding.counted_words import count_words
from market.finding.meili.upkeep import keep_meili_in_step
from market.finding.missed import forget_old_missed
from market.finding.upkeep import index_changed_listings, index_edited_listings
from market.fulfilment import move_parts_on
from market.nightly_check import check_nightly
from market.popularity import count_popularity
from market.reconciling import reconcile_nightly
from market.refund_payouts import forget_accounts, pay_refunds
from market.refund_quotes import forget_old_quotes
from market.returns.late import remind_of_late_returns
from market.seat_offers import end_overdue_offers
from market.session_cancellations import empty_cancelled_sessions
from market.waiting_lists import forget_old_parties
from market.wishes.telling import forget_who_waited, tell_who_waits
from storefront.services import Services
from villages.limits import sweep_counters
from villages.notices import send_due_notices
from villages.seals import seal_acts
from villages.signing_in import end_old_logins

log = logging.getLogger("jangnal.worker")


@dataclass(frozen=True)
class Duty:
    """One thing to do again and again. `run` gets the database's time and the services; it returns how many it did."""

    name: str
    every: float  # seconds
    run: Callable[[datetime, Services], Awaitable[int]]


DUTIES = [
    Duty(
        "give back unpaid goods and seats",
        20,
        lambda now, services: expire_unpaid_orders(now, services.gateway),
    ),
    Duty("ask about open card payments", 60, lambda now, services: ask_about_payments(now, services.gateway)),
    Duty(
        "empty cancelled sessions",
        20,
        lambda now, services: empty_cancelled_sessions(now, services.gateway),
    ),
    Duty(
        "decide which sessions take place", 60, lambda now, services: decide_sessions(now, services.gateway)
    ),
    Duty("offer freed seats to the next", 30, lambda now, _: end_overdue_offers(now)),
    Duty("give cards their money back", 5, lambda now, services: pay_refunds(now, services.gateway)),
    Duty("book sure deposits of sheets", 30, lambda now, _: match_unfinished_sheets(now)),
    Duty("tell people", 3, lambda now, services: send_due_notices(now, services.mailer)),
    Duty("tell who waits that it is there", 20, lambda now, _: tell_who_waits(now)),
    Duty("make edits findable", 2, lambda now, _: index_edited_listings(now)),
    Duty("compare search with the market", 30, lambda now, _: index_changed_listings(now)),
    Duty("count the words of listings", 60, lambda now, _: count_words(now)),
    Duty("keep Meilisearch in step", 2, lambda now, services: keep_meili_in_step(now, services.meili)),
    Duty("parcels arrive, visits end", 600, lambda now, _: move_parts_on(now)),
    Duty("remind of late returns", 600, lambda now, _: remind_of_late_returns(now)),
    Duty("seal what was done", 5, lambda _now, _services: seal_acts()),
    Duty("check everything at night", 60, lambda now, _: check_nightly(now)),
    Duty("count what people like", 60, lambda now, _: count_popularity(now)),
    Duty(
        "compare yesterday with the provider",
        60,
        lambda now, services: reconcile_nightly(now, services.gateway),
    ),
    Duty("forget what nobody confirmed", 3600, lambda now, _: forget_old_quotes(now)),
    Duty("forget where money was sent", 3600, lambda now, _: forget_accounts(now)),
    Duty("forget who waited", 3600, lambda now, _: forget_old_parties(now)),
    Duty("forget who waited for news", 600, lambda now, _: forget_who_waited(now)),
    Duty("forget the letters of who waited", 3600, lambda now, services: services.mailer.forget_old(now)),
    Duty("forget what was looked for long ago", 3600, lambda now, _: forget_old_missed(now)),
    Duty("end old log-ins", 3600, lambda now, _: end_old_logins(now)),
    Duty("forget old tries", 3600, lambda _now, _services: sweep_counters()),
]


async def work(
    services: Services, *, until: asyncio.Event, duties: list[Duty] = DUTIES, heartbeat: Path | None = None
) -> None:
    """Do every duty in its rhythm until told to stop; the current round is finished first."""
    await asyncio.gather(*(_keep_doing(duty, services, until, heartbeat) for duty in duties))


async def _keep_doing(duty: Duty, services: Services, until: asyncio.Event, heartbeat: Path | None) -> None:
    while not until.is_set():
        if heartbeat:
            await asyncio.to_thread(heartbeat.touch)
        try:
            done = await duty.run(await database_now(), services)
        except Exception as trouble:
            # Whatever went wrong, the rows are still there and the other duties go on.
            log.error("duty failed", exc_info=trouble, extra={"facts": {"duty": duty.name}})
            done = 0
        if done:
            log.info("duty done", extra={"facts": {"duty": duty.name, "rows": done}})
            continue  # there may be more
        try:
            await asyncio.wait_for(until.wait(), duty.every)
        except TimeoutError:
            pass


async def database_now() -> datetime:
    """The one clock that all processes share."""
    rows = await connections.get("default").execute_query_dict("SELECT now() AS now")
    return rows[0]["now"]
