"""The practice card page: says that it is practice, takes each card as named, works for everyone."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import sync_playwright

from tests.sandbox_process import DECLINED, EMPTY, GOOD, STEP, Sandbox, events, opened, paid, reread, run_sql


def test_the_page_says_that_it_is_practice_and_what_is_paid(api: httpx.Client, buyer: httpx.Client):
    page = buyer.get(opened(api)["url"])

    assert page.status_code == 200
    assert "연습용 카드 결제창" in page.text
    assert "실제 돈은 움직이지 않습니다" in page.text
    assert "34,000원" in page.text
    assert "옥정호 &lt;한과&gt; &amp; 유자차" in page.text
    assert page.text.count("<h1>") == 1
    assert '<html lang="ko">' in page.text
    assert 'href="https://jangnal.example/orders/1"' in page.text


def test_every_page_keeps_strangers_and_scripts_out(api: httpx.Client, buyer: httpx.Client):
    for page in (buyer.get(opened(api)["url"]), buyer.get("/pay/nobody"), buyer.get("/static/sandbox.css")):
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert page.headers["x-content-type-options"] == "nosniff"
        assert page.headers["cache-control"] == "no-store"
    assert (
        "form-action 'self' https://jangnal.example"
        in buyer.get(opened(api)["url"]).headers["content-security-policy"]
    )


def test_another_host_name_is_not_served(sandbox: Sandbox):
    answer = httpx.get(sandbox.origin, headers={"host": "evil.example"}, trust_env=False)

    assert answer.status_code == 400


def test_a_good_card_pays_and_leads_back_to_the_shop(api: httpx.Client, buyer: httpx.Client):
    session = opened(api)

    answer = buyer.post(session["url"], data={"card": GOOD})
    after = reread(api, session)

    assert answer.status_code == 303
    assert answer.headers["location"] == f"https://jangnal.example/orders/1?page={session['id']}"
    assert (after["status"], after["payment_status"], after["url"]) == ("complete", "paid", None)
    assert api.get(f"/payment_intents/{after['payment_intent']}").json()["amount_received"] == 34_000
    assert "결제가 끝났습니다" in buyer.get(session["url"]).text


@pytest.mark.parametrize(("card", "sentence"), [(DECLINED, "거절했습니다"), (EMPTY, "잔액이 모자랍니다")])
def test_a_bad_card_shows_the_page_again(api: httpx.Client, buyer: httpx.Client, card: str, sentence: str):
    session = opened(api)

    page = buyer.post(session["url"], data={"card": card})
    after = reread(api, session)
    intent = api.get(f"/payment_intents/{after['payment_intent']}").json()

    assert page.status_code == 422
    assert sentence in page.text
    assert (after["status"], after["payment_status"]) == ("open", "unpaid")
    assert intent["status"] == "requires_payment_method"
    assert intent["last_payment_error"]["code"] == "card_declined"


@pytest.mark.parametrize("form", [{}, {"card": ""}, {"card": "4111111111111111"}, {"card": ["x", "y"]}])
def test_no_card_or_an_unknown_one_is_asked_again(api: httpx.Client, buyer: httpx.Client, form: dict):
    page = buyer.post(opened(api)["url"], data=form)

    assert page.status_code == 422
    assert "카드를 하나 골라 주세요" in page.text


def test_a_step_is_confirmed_or_denied(api: httpx.Client, buyer: httpx.Client):
    session = opened(api)
    step = buyer.post(session["url"], data={"card": STEP})
    where = step.headers["location"]

    assert (step.status_code, buyer.get(where).status_code) == (303, 200)
    denied = buyer.post(where, data={"answer": "deny"})
    assert (denied.status_code, reread(api, session)["status"]) == (422, "open")
    assert "본인 확인이 되지 않아" in denied.text

    assert buyer.post(where, data={"answer": "confirm"}).status_code == 422  # nobody asked for a step now
    buyer.post(session["url"], data={"card": STEP})
    assert buyer.post(where, data={"answer": "confirm"}).status_code == 303
    assert reread(api, session)["payment_status"] == "paid"


def test_paying_many_times_at_once_is_paying_once(sandbox: Sandbox, api: httpx.Client, buyer: httpx.Client):
    session = opened(api)

    with ThreadPoolExecutor(8) as hands:
        answers = list(hands.map(lambda _: buyer.post(session["url"], data={"card": GOOD}), range(8)))

    assert {answer.status_code for answer in answers} == {303}
    told = [
        event
        for event in events(api, "checkout.session.completed")
        if event["data"]["object"]["id"] == session["id"]
    ]
    assert len(told) == 1


def test_paying_and_closing_at_once_end_in_one_of_them(api: httpx.Client, buyer: httpx.Client):
    for _ in range(5):
        session = opened(api)
        with ThreadPoolExecutor(2) as hands:
            pay = hands.submit(buyer.post, session["url"], data={"card": GOOD})
            close = hands.submit(api.post, f"/checkout/sessions/{session['id']}/expire")

        after = reread(api, session)
        assert (pay.result().status_code, close.result().status_code, after["status"]) in (
            (303, 400, "complete"),
            (409, 200, "expired"),
        )


def test_a_page_whose_time_has_come_is_closed_and_told(
    sandbox: Sandbox, api: httpx.Client, buyer: httpx.Client
):
    session = opened(api)
    run_sql(sandbox, "update sandbox.sessions set expires_at = now() where id = $1", session["id"])

    page = buyer.post(session["url"], data={"card": GOOD})

    assert page.status_code == 409
    assert "결제 시간이 지났습니다" in page.text
    assert reread(api, session)["status"] == "expired"
    sandbox.inbox.wait_for_kind("checkout.session.expired", session["id"])


AXE = Path(__file__).parents[2] / "vendor" / "axe.min.js"


@pytest.mark.browser
def test_a_person_pays_in_a_browser_without_scripts_and_comes_back(
    sandbox: Sandbox, api: httpx.Client, chromium_path: str
):
    shop = sandbox.inbox.url.replace("/hooks/stripe", "/orders/1")
    session = opened(api, success_url=shop, cancel_url=shop)

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 320, "height": 700}, java_script_enabled=False)
        page.goto(session["url"])
        page.get_by_label("카드사가 거절하는 카드").check()
        page.get_by_role("button", name="결제하기").click()
        assert "거절했습니다" in page.get_by_role("alert").inner_text()
        page.get_by_label("본인 확인을 거치는 카드").check()
        page.get_by_role("button", name="결제하기").click()
        page.get_by_role("button", name="맞아요").click()
        came_back_to = page.url
        browser.close()

    assert came_back_to == shop
    assert reread(api, session)["payment_status"] == "paid"


@pytest.mark.browser
def test_every_page_is_for_everyone(
    sandbox: Sandbox, api: httpx.Client, buyer: httpx.Client, chromium_path: str
):
    fresh, done, closed = opened(api), paid(api, buyer), opened(api)
    api.post(f"/checkout/sessions/{closed['id']}/expire")
    pages = [f"/pay/{some['id']}" for some in (fresh, done, closed)]

    found = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 320, "height": 700})
        for path in [*pages, f"/pay/{fresh['id']}/confirmation", "/pay/nobody", "declined"]:
            page.goto(f"{sandbox.origin}{pages[0] if path == 'declined' else path}")
            if path == "declined":
                page.get_by_label("카드사가 거절하는 카드").check()
                page.get_by_role("button", name="결제하기").click()
            page.evaluate(AXE.read_text("utf-8"))
            results = page.evaluate("axe.run()")
            found[path] = [wrong["id"] for wrong in results["violations"]]
            found[path] += ["overflow"] if page.evaluate("document.documentElement.scrollWidth") > 320 else []
        browser.close()

    assert {path: wrong for path, wrong in found.items() if wrong} == {}
