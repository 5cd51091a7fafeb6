"""The whole site on one screen: every address, who answers it, and who may ask."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.routing import BaseRoute, Mount
from starlette.types import ASGIApp

from market.finding.meili.index import search_with
from market.finding.postgres_index import warming_up_search
from media.serve import picture
from storefront.api import catalogue as api_catalogue
from storefront.api import hooks, machines
from storefront.api import orders as api_orders
from storefront.api import refunds as api_refunds
from storefront.api import search as api_search
from storefront.assets import STATIC, LastingStaticFiles
from storefront.city import acts, dashboard, deposit_sheets, drilldown, search_words, targets
from storefront.city import deposits as city_deposits
from storefront.city import refunds as city_refunds
from storefront.city import returns as city_returns
from storefront.city import statements as city_statements
from storefront.city import tasks as city_tasks
from storefront.db import WEB_SETTINGS, open_database
from storefront.desk import deposits as desk_deposits
from storefront.desk import dispatch as desk_dispatch
from storefront.desk import goods as desk_goods
from storefront.desk import orders as desk_orders
from storefront.desk import photos, publications, sale, session_cancellations, today
from storefront.desk import pools as desk_pools
from storefront.desk import programs as desk_programs
from storefront.desk import refunds as desk_refunds
from storefront.desk import returns as desk_returns
from storefront.desk import sessions as desk_sessions
from storefront.desk import statements as desk_statements
from storefront.doorman import Doorman, Tally
from storefront.faults import HANDLERS
from storefront.pages import (
    cancellation,
    cart,
    checkout,
    display,
    goods,
    home,
    info,
    login,
    offered_seats,
    orders,
    other_dates,
    payment,
    programs,
    purchase_confirmation,
    refund_quotes,
    returns,
    search,
    season,
    suggestions,
    village_map,
    villages,
    waiting,
    wishes,
)
from storefront.services import Services
from storefront.signpost import Signpost
from storefront.spare_memory import giving_back_spare_memory
from storefront.web import machine, page
from villages.people import Permission as May

POST = ("POST",)

ROUTES: list[BaseRoute] = [
    # Shopper
    page("/", home.index, may=May.anyone),
    page("/goods", goods.index, may=May.anyone),
    page("/goods/{slug}", goods.show, may=May.anyone),
    page("/programs", programs.index, may=May.anyone),
    page("/programs/{slug}", programs.show, may=May.anyone),
    page("/programs/{slug}/waiting-parties", waiting.new, may=May.anyone),
    page("/programs/{slug}/waiting-parties", waiting.create, may=May.anyone, methods=POST),
    page("/waiting-parties/{id}", waiting.show, may=May.anyone),
    page("/waiting-parties/{id}/size", waiting.update, may=May.anyone, methods=POST),
    page("/waiting-parties/{id}/leaving", waiting.destroy, may=May.anyone, methods=POST),
    page("/waiting-parties/{id}/order", offered_seats.create, may=May.anyone, methods=POST),
    page("/goods/{slug}/wishes", wishes.new, may=May.anyone),
    page("/goods/{slug}/wishes", wishes.create, may=May.anyone, methods=POST),
    page("/programs/{slug}/wishes", wishes.new, may=May.anyone),
    page("/programs/{slug}/wishes", wishes.create, may=May.anyone, methods=POST),
    page("/wishes/{id}", wishes.show, may=May.anyone),
    page("/wishes/{id}/stopping", wishes.destroy, may=May.anyone, methods=POST),
    page("/villages", villages.index, may=May.anyone),
    page("/villages/{slug}", villages.show, may=May.anyone),
    page("/search", search.index, may=May.anyone),
    page("/season", season.index, may=May.anyone),
    page("/map", village_map.show, may=May.anyone),
    page("/cart", cart.show, may=May.anyone),
    page("/cart/lines", cart.create, may=May.anyone, methods=POST),
    page("/cart/counts", cart.update, may=May.anyone, methods=POST),
    page("/cart/prices", cart.accept, may=May.anyone, methods=POST),
    page("/checkout", checkout.show, may=May.anyone),
    page("/checkout/buyer", checkout.buyer, may=May.anyone, methods=POST),
    page("/checkout/address", checkout.address, may=May.anyone, methods=POST),
    page("/orders", orders.create, may=May.anyone, methods=POST),
    page("/orders/lookup", orders.lookup, may=May.anyone, methods=("GET", "POST")),
    page("/orders/{number}", orders.show, may=May.anyone),
    page("/orders/{number}/payment", payment.create, may=May.anyone, methods=POST),
    page("/orders/{number}/extension", payment.extend, may=May.anyone, methods=POST),
    page("/orders/{number}/refund-quotes", refund_quotes.create, may=May.anyone, methods=POST),
    page("/orders/{number}/refund-quotes/{code}", refund_quotes.show, may=May.anyone),
    page("/orders/{number}/cancellation", cancellation.create, may=May.anyone, methods=POST),
    page("/orders/{number}/date-offers/{id}", other_dates.show, may=May.anyone),
    page("/orders/{number}/date-offers/{id}/move", other_dates.move, may=May.anyone, methods=POST),
    page("/orders/{number}/date-offers/{id}/refund", other_dates.give_back, may=May.anyone, methods=POST),
    page("/orders/{number}/refund-account", cancellation.account, may=May.anyone, methods=POST),
    page(
        "/orders/{number}/parts/{id}/confirmation", purchase_confirmation.create, may=May.anyone, methods=POST
    ),
    page("/orders/{number}/returns/new", returns.new, may=May.anyone),
    page("/orders/{number}/returns", returns.create, may=May.anyone, methods=POST),
    page("/orders/{number}/returns/{id}", returns.show, may=May.anyone),
    page("/orders/{number}/returns/{id}/parcel", returns.parcel, may=May.anyone, methods=POST),
    page("/orders/{number}/returns/{id}/withdrawal", returns.withdraw, may=May.anyone, methods=POST),
    page("/login", login.new, may=May.anyone),
    page("/login", login.create, may=May.anyone, methods=POST),
    page("/logout", login.destroy, may=May.anyone, methods=POST),
    page("/display", display.show, may=May.anyone),
    page("/display", display.update, may=May.anyone, methods=POST),
    page("/notice", info.notice, may=May.anyone),
    page("/help", info.help_page, may=May.anyone),
    page("/terms", info.terms, may=May.anyone),
    page("/privacy", info.privacy, may=May.anyone),
    page("/accessibility", info.accessibility, may=May.anyone),
    # Village operator
    page("/desk", today.index, may=May.see_village),
    page("/desk/orders", desk_orders.index, may=May.see_village),
    page("/desk/orders/{number}", desk_orders.show, may=May.see_village),
    page("/desk/orders/{number}/date-changes", desk_orders.change_date, may=May.refund_own, methods=POST),
    page("/desk/parts/{id}/preparation", desk_orders.prepare, may=May.send_parcels, methods=POST),
    page("/desk/parts/{id}/parcel", desk_orders.send, may=May.send_parcels, methods=POST),
    page("/desk/parts/{id}/delivery", desk_orders.deliver, may=May.send_parcels, methods=POST),
    page("/desk/orders/{number}/refund-quotes", desk_refunds.quote, may=May.refund_own, methods=POST),
    page("/desk/orders/{number}/refund-quotes/{code}", desk_refunds.show, may=May.refund_own),
    page("/desk/orders/{number}/refunds", desk_refunds.create, may=May.refund_own, methods=POST),
    page("/desk/dispatch", desk_dispatch.index, may=May.see_village),
    page("/desk/dispatch/usual", desk_dispatch.usual, may=May.send_parcels, methods=POST),
    page("/desk/dispatch/days", desk_dispatch.day, may=May.send_parcels, methods=POST),
    page("/desk/dispatch/delay", desk_dispatch.new_delay, may=May.send_parcels),
    page("/desk/dispatch/delay", desk_dispatch.create_delay, may=May.send_parcels, methods=POST),
    page("/desk/orders/{number}/returns/new", desk_returns.new, may=May.refund_own),
    page("/desk/orders/{number}/returns", desk_returns.create, may=May.refund_own, methods=POST),
    page("/desk/returns", desk_returns.index, may=May.see_village),
    page("/desk/returns/{id}", desk_returns.show, may=May.see_village),
    page("/desk/returns/{id}/receipt", desk_returns.receive, may=May.refund_own, methods=POST),
    page("/desk/returns/{id}/refusal", desk_returns.refuse, may=May.refund_own, methods=POST),
    page("/desk/returns/{id}/absence", desk_returns.miss, may=May.refund_own, methods=POST),
    page("/desk/returns/{id}/parcel", desk_returns.send, may=May.refund_own, methods=POST),
    page("/desk/sessions", desk_sessions.index, may=May.see_village),
    page("/desk/sessions/{id}/closing", desk_sessions.close, may=May.edit_listings, methods=POST),
    page("/desk/sessions/{id}/opening", desk_sessions.reopen, may=May.edit_listings, methods=POST),
    page("/desk/sessions/{id}/capacity", desk_sessions.resize, may=May.edit_listings, methods=POST),
    page("/desk/sessions/{id}/minimum", desk_sessions.say_minimum, may=May.edit_listings, methods=POST),
    page("/desk/sessions/{id}/going", desk_sessions.go, may=May.edit_listings, methods=POST),
    page("/desk/sessions/{id}/cancellation", session_cancellations.new, may=May.refund_own),
    page("/desk/sessions/{id}/cancellation", session_cancellations.create, may=May.refund_own, methods=POST),
    page("/desk/pools", desk_pools.index, may=May.see_village),
    page("/desk/pools", desk_pools.create, may=May.edit_listings, methods=POST),
    page("/desk/pools/new", desk_pools.new, may=May.edit_listings),
    page("/desk/pools/{id}", desk_pools.edit, may=May.edit_listings),
    page("/desk/pools/{id}", desk_pools.update, may=May.edit_listings, methods=POST),
    page("/desk/goods", desk_goods.index, may=May.see_village),
    page("/desk/goods", desk_goods.create, may=May.edit_listings, methods=POST, uploads=True),
    page("/desk/goods/new", desk_goods.new, may=May.edit_listings),
    page("/desk/goods/{id}", desk_goods.edit, may=May.edit_listings),
    page("/desk/goods/{id}", desk_goods.update, may=May.edit_listings, methods=POST, uploads=True),
    page("/desk/variants/{id}/stock", desk_goods.restock, may=May.edit_listings, methods=POST),
    page("/desk/programs", desk_programs.index, may=May.see_village),
    page("/desk/programs", desk_programs.create, may=May.edit_listings, methods=POST, uploads=True),
    page("/desk/programs/new", desk_programs.new, may=May.edit_listings),
    page("/desk/programs/{id}", desk_programs.edit, may=May.edit_listings),
    page("/desk/programs/{id}", desk_programs.update, may=May.edit_listings, methods=POST, uploads=True),
    page("/desk/programs/{id}/sessions", desk_programs.add_sessions, may=May.edit_listings, methods=POST),
    page("/desk/listings/{id}/publication", publications.create, may=May.edit_listings, methods=POST),
    page("/desk/listings/{id}/withdrawal", publications.destroy, may=May.edit_listings, methods=POST),
    page("/desk/photos", photos.create, may=May.edit_listings, methods=POST, uploads=True),
    page("/desk/photos/{id}/removal", photos.destroy, may=May.edit_listings, methods=POST),
    page("/desk/sale", sale.new, may=May.record_sales),
    page("/desk/sales", sale.create, may=May.record_sales, methods=POST),
    page("/desk/deposits", desk_deposits.index, may=May.confirm_own_deposits),
    page("/deposits/{number}/confirmation", desk_deposits.confirm, may=May.signed_in, methods=POST),
    page("/desk/statements", desk_statements.index, may=May.see_village),
    page("/desk/statements/{month}", desk_statements.show, may=May.see_village),
    # City staff
    page("/city", dashboard.index, may=May.see_city),
    page("/city/figures.csv", dashboard.csv, may=May.see_city),
    page("/city/figures.xlsx", dashboard.xlsx, may=May.see_city),
    page("/city/villages/{slug}", drilldown.village, may=May.see_city),
    page("/city/villages/{slug}/{month}", drilldown.month, may=May.see_city),
    page("/city/villages/{slug}/{month}/{day}", drilldown.day, may=May.see_city),
    page("/city/orders/{number}", drilldown.order, may=May.see_city),
    page("/city/orders/{number}/refund-quotes", city_refunds.quote, may=May.refund_any, methods=POST),
    page("/city/orders/{number}/refund-quotes/{code}", city_refunds.show, may=May.refund_any),
    page("/city/orders/{number}/refunds", city_refunds.create, may=May.refund_any, methods=POST),
    page("/city/refunds", city_refunds.index, may=May.see_city),
    page("/city/refunds/{id}/payout", city_refunds.pay, may=May.refund_any, methods=POST),
    page("/city/returns", city_returns.index, may=May.see_city),
    page("/city/returns/{id}", city_returns.show, may=May.see_city),
    page("/city/returns/{id}/overruling", city_returns.overrule, may=May.refund_any, methods=POST),
    page("/city/deposits", city_deposits.index, may=May.see_city),
    page("/city/deposit-sheets", deposit_sheets.create, may=May.confirm_deposits, methods=POST, uploads=True),
    page("/city/deposit-sheets/{id}", deposit_sheets.show, may=May.confirm_deposits),
    page("/city/deposit-rows/{id}/match", deposit_sheets.match, may=May.confirm_deposits, methods=POST),
    page("/city/deposit-rows/{id}/refund", deposit_sheets.give_back, may=May.refund_any, methods=POST),
    page(
        "/city/deposit-rows/{id}/setting-aside",
        deposit_sheets.set_aside,
        may=May.confirm_deposits,
        methods=POST,
    ),
    page("/city/deposit-rows/{id}/settlement", deposit_sheets.settle, may=May.confirm_deposits, methods=POST),
    page("/city/statements", city_statements.index, may=May.see_city),
    page("/city/statements/{month}", city_statements.month, may=May.see_city),
    page("/city/statements/{month}/closing", city_statements.close, may=May.close_statements, methods=POST),
    page("/city/statements/{month}/{village}", city_statements.show, may=May.see_city),
    page("/city/statements/{month}/{village}/lines.csv", city_statements.csv, may=May.see_city),
    page("/city/statements/{month}/{village}/lines.xlsx", city_statements.xlsx, may=May.see_city),
    page("/city/targets", targets.index, may=May.see_city),
    page("/city/targets", targets.update, may=May.set_targets, methods=POST),
    page("/city/tasks", city_tasks.index, may=May.see_city),
    page("/city/tasks/{id}/closing", city_tasks.close, may=May.close_tasks, methods=POST),
    page("/city/words", search_words.index, may=May.see_city),
    page("/city/words", search_words.create, may=May.edit_words, methods=POST),
    page("/city/words/{id}/withdrawal", search_words.destroy, may=May.edit_words, methods=POST),
    page("/city/missed-searches/{id}/removal", search_words.remove_missed, may=May.edit_words, methods=POST),
    page("/city/acts", acts.index, may=May.see_acts),
    # Machines
    machine("/api/v1/openapi.json", machines.openapi),
    machine("/api/v1/villages", api_catalogue.villages),
    machine("/api/v1/villages/{slug}", api_catalogue.village),
    machine("/api/v1/goods", api_catalogue.goods),
    machine("/api/v1/goods/{slug}", api_catalogue.one_goods),
    machine("/api/v1/programs", api_catalogue.programs),
    machine("/api/v1/programs/{slug}", api_catalogue.program),
    machine("/api/v1/programs/{slug}/sessions", api_catalogue.sessions),
    machine("/api/v1/search", api_search.index),
    machine("/api/v1/orders", api_orders.create, methods=POST),
    machine("/api/v1/orders/{number}", api_orders.show),
    machine("/api/v1/orders/{number}/refund-quotes", api_refunds.quote, methods=POST),
    machine("/api/v1/orders/{number}/cancellation", api_refunds.cancel, methods=POST),
    machine("/api/v1/search/suggestions", api_search.suggestions),
    machine("/search/suggestions", suggestions.index),
    machine("/hooks/stripe", hooks.stripe, methods=POST),
    machine("/healthz", machines.health),
    machine("/readyz", machines.ready),
    machine("/metrics", machines.metrics),
    machine("/robots.txt", machines.robots),
    machine("/media/{shard}/{name}", picture),
    Mount("/static", LastingStaticFiles(directory=STATIC), name="static"),
]


def build_app(services: Services, *, database_url: str) -> ASGIApp:
    """One web process's application; the database opens with its lifespan."""
    settings = services.settings
    tally = Tally()

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        try:
            async with (
                open_database(database_url, timeouts=WEB_SETTINGS, patience=3.0),
                giving_back_spare_memory(),
            ):
                search_with(services.meili)
                async with warming_up_search():
                    yield
        finally:
            await services.close()

    app = Starlette(
        routes=[Signpost(ROUTES)],
        exception_handlers=HANDLERS,
        lifespan=lifespan,
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=_own_hosts(services))],
    )
    app.state.services = services
    app.state.storage = services.storage
    app.state.tally = tally
    app.state.paces = {}  # see pace.py
    return Doorman(app, form_action=services.form_action, is_https=settings.is_https, tally=tally)


def _own_hosts(services: Services) -> list[str]:
    """Production answers to its own name only, and to the container's health checks on loopback."""
    hosts = [services.settings.hostname, "127.0.0.1", "localhost"]
    return hosts if services.settings.is_production else ["*"]
