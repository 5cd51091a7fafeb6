"""What holds for every address: a permission, headers, CSRF, and a Korean page when something is refused."""

import re

import pytest
from starlette.routing import Route

from storefront.app import ROUTES
from tests.builders import a_village
from tests.site import a_site
from villages.people import MATRIX, Permission, Role


def methods(route: Route) -> set[str]:
    return set(route.methods or ())


PAGES = [route for route in ROUTES if isinstance(route, Route)]
POSTS = [route for route in PAGES if "POST" in methods(route) and route.endpoint.may != Permission.machine]
GETS = [route for route in PAGES if "GET" in methods(route) and route.endpoint.may != Permission.machine]


def address(route: Route) -> str:
    """The route's path with something in its places that exists nowhere."""
    return re.sub(r"\{\w+\}", "999999", route.path)


def test_every_route_declares_its_permission():
    undeclared = [
        route.path for route in PAGES if not isinstance(getattr(route.endpoint, "may", None), Permission)
    ]

    assert undeclared == []
    assert len(PAGES) > 70


def test_every_permission_beyond_signing_in_stands_in_the_matrix():
    free = {Permission.anyone, Permission.machine, Permission.signed_in}

    assert {route.endpoint.may for route in PAGES} - free <= set(MATRIX)


def test_a_get_changes_nothing_so_no_route_answers_both_but_the_lookup():
    both = [route.path for route in PAGES if {"GET", "POST"} <= methods(route)]

    assert both == ["/orders/lookup"]


@pytest.mark.parametrize("route", POSTS, ids=lambda route: route.path)
async def test_a_form_without_its_token_is_refused(site, route):
    browser = await site.officer(Role.admin) if route.endpoint.may in MATRIX else site.browser()
    if route.endpoint.may in MATRIX and Role.admin not in MATRIX[route.endpoint.may]:
        browser = await site.operator_of(await a_village())
    elif route.endpoint.may == Permission.signed_in:
        browser = await site.officer()

    for token in ("", "forged"):
        answer = await browser.post(address(route), {"csrf_token": token})

        assert answer.status_code == 403, answer.text
        assert "한 번 더 눌러 주세요" in answer.text


async def test_a_form_from_another_site_is_refused_even_with_the_token(site):
    browser = site.browser()

    for headers in ({"Origin": "https://evil.test"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = await browser.post("/display", {"scale": "lg"}, headers=headers)

        assert answer.status_code == 403


async def test_json_sent_to_a_form_is_refused(site):
    answer = await site.browser().client.post("/display", json={"scale": "lg"})

    assert answer.status_code == 415


@pytest.mark.parametrize("route", [r for r in GETS if r.endpoint.may in MATRIX], ids=lambda route: route.path)
async def test_a_stranger_is_led_to_the_login_and_a_shopper_may_not(site, route):
    stranger, shopper = site.browser(), await site.shopper()

    assert (await stranger.get(address(route))).headers["location"].startswith("/login?next=/")
    assert (await shopper.get(address(route))).status_code == 403


@pytest.mark.parametrize("role", list(Role))
async def test_the_matrix_decides_cell_by_cell(site, role):
    village = await a_village()
    browser = (
        await site.operator_of(village, role)
        if role in (Role.helper, Role.operator, Role.chair)
        else await site.officer(role)
    )
    for route in (route for route in GETS if route.endpoint.may in MATRIX):
        status = (await browser.get(address(route))).status_code

        assert (status == 403) == (role not in MATRIX[route.endpoint.may]), (route.path, status)


@pytest.mark.parametrize(
    "path", ["/", "/nothing-here", "/healthz", "/static/nothing.css", "/media/zz/x", "/api/v1/nothing"]
)
async def test_every_answer_carries_the_security_headers(site, path):
    headers = (await site.browser().get(path)).headers

    assert headers["x-content-type-options"] == "nosniff"
    assert "referrer-policy" in headers
    assert "default-src" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-request-id"]


async def test_scripts_run_by_the_nonce_of_their_page_alone(site):
    browser = site.browser()
    first, second = await browser.get("/login"), await browser.get("/login")

    nonces = [
        re.findall(r"script-src 'nonce-([\w-]+)'", answer.headers["content-security-policy"])[0]
        for answer in (first, second)
    ]

    assert nonces[0] != nonces[1]
    assert f'nonce="{nonces[0]}"' in first.text
    assert "<script>" not in first.text


async def test_production_sends_hsts_and_locks_its_cookies_to_the_host(tmp_path, db):
    site = await a_site(
        tmp_path,
        ENVIRONMENT="production",
        PUBLIC_URL="https://shop.test",
        RATE_LIMITS="on",
        SECRET_KEY="x" * 40,
    )
    browser = site.browser()
    browser.client.cookies.clear()

    answer = await browser.get("https://shop.test/login")

    assert answer.headers["strict-transport-security"].startswith("max-age=")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-visitor=")
    assert "Secure" in cookie
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()
    assert "Domain" not in cookie


async def test_production_answers_to_its_own_name_only(tmp_path, db):
    site = await a_site(
        tmp_path,
        ENVIRONMENT="production",
        PUBLIC_URL="https://shop.test",
        RATE_LIMITS="on",
        SECRET_KEY="x" * 40,
    )

    assert (await site.browser().get("https://evil.test/login")).status_code == 400


async def test_a_page_is_not_for_machines(site):
    answer = await site.browser().get("/goods", headers={"Accept": "application/json"})

    assert answer.status_code == 406


async def test_what_is_not_there_is_a_korean_page_with_a_request_id(site):
    answer = await site.browser().get("/nothing-here")

    assert answer.status_code == 404
    assert "찾을 수 없습니다" in answer.text
    assert answer.headers["x-request-id"] in answer.text


async def test_a_body_too_large_is_refused_early(site):
    answer = await site.browser().post("/cart/lines", {"note": "가" * 200_000})

    assert answer.status_code == 413
    assert "너무 큽니다" in answer.text


@pytest.mark.parametrize("number", ["9223372036854775808", "1" * 400, "-1", "٣", "1e3"])
async def test_an_id_that_no_row_can_have_is_not_found(site, number):
    browser = await site.operator_of(await a_village())

    answer = await browser.post(f"/desk/parts/{number}/preparation")

    assert answer.status_code == 404


async def test_private_pages_are_not_kept(site):
    browser = await site.operator_of(await a_village())

    assert (await browser.get("/desk")).headers["cache-control"] == "no-store"
