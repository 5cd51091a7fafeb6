"""A market day from the first click to the city's sums: on a phone, with JavaScript and without."""

import io
import json
import re
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import httpx
import pytest
from PIL import Image
from playwright.sync_api import Browser, ViewportSize
from playwright.sync_api import Page as Tab
from python_calamine import CalamineWorkbook

from tests.a11y.pages_to_see import choose_first_kind, go, open_goods, open_program_day, press, sign_in
from tests.database import run_apart
from tests.sandbox_process import DECLINED, GOOD
from tests.shop import Shop
from tests.tabs import a_tab

VILLAGES = {"naejangsan": "P002", "daejeong": "P025", "okjeongho": "P087"}
PHONE = ViewportSize(width=390, height=844)


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "plain"])
def test_three_villages_one_payment_and_true_figures(chromium, shop, javascript):
    before = shop.state()
    with phone(chromium, javascript) as guest:
        wish_for_three(guest, shop)
        total = total_of(guest)
        check_out(guest, shop, tender="card")
        by_card = number_in(guest, total)
        pay_by_card(guest, shop, by_card)
        wait_for_state(shop, by_card, "paid")

        wish_for_three(guest, shop)
        check_out(guest, shop, tender="bank_transfer")
        by_transfer = re.findall(r"/orders/([\d-]+)", guest.url)[0]
        assert f"{total:,}원" in guest.inner_text("main")

    confirm_deposit(chromium, shop, by_transfer, javascript)
    assert order_in(shop, by_transfer)["state"] == "paid"

    for number in (by_card, by_transfer):
        order = order_in(shop, number)
        assert order["total"] == total == order["captured"]
        assert total == sum(part["goods"] + part["programs"] + part["postage"] for part in order["villages"])
        assert {part["village"] for part in order["villages"]} == set(VILLAGES)
    each_village_sends_its_own(chromium, shop, by_card, javascript)
    look_up(chromium, shop, by_card, javascript)
    the_city_shows_the_change(chromium, shop, before)
    assert shop.jangnal("check").returncode == 0


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "plain"])
def test_a_harvest_of_ten_is_sold_five_at_a_stall_and_five_online(chromium, shop, javascript, tmp_path):
    name = f"햇서리태 {'가' if javascript else '나'}동 2kg"
    before = shop.state()
    with phone(chromium, javascript) as operator:
        sign_in(operator, shop, "daejeong")
        offer_harvest(operator, shop, name, tmp_path)
        sell_at_stall(operator, shop, name, 5)

    with phone(chromium, javascript) as guest:
        found = find(guest, shop, name)
        guest.goto(found)
        guest.fill("[name=count]", "5")
        press(guest, "담기")
        check_out(guest, shop, tender="bank_transfer")
        number = re.findall(r"/orders/([\d-]+)", guest.url)[0]
        guest.goto(found)
        if guest.locator("[name=count]").count():
            guest.fill("[name=count]", "1")
            press(guest, "담기")
        assert re.search("다 팔렸|품절|남은 개수", guest.inner_text("main"))
    confirm_deposit(chromium, shop, number, javascript)

    (shelf,) = [
        row for row in shop.state()["listings"] if row["slug"] in found or found.endswith(row["slug"])
    ]
    assert (shelf["on_hand"], shelf["reserved"], shelf["movements"]) == (0, 0, 0)
    change = ledger_change(before, shop.state())
    assert change["daejeong", "stall", "goods"] == change["daejeong", "online", "goods"] == 5 * 23000
    the_city_shows_the_change(chromium, shop, before)


def test_the_auditor_names_a_movement_that_was_changed_by_hand(shop):
    movement = run_apart(
        tamper(
            shop.database_url,
            "UPDATE movements SET change = change + 1 WHERE id = (SELECT max(id) FROM movements) RETURNING id",
        )
    )

    accused = shop.jangnal("check")

    run_apart(
        tamper(
            shop.database_url, f"UPDATE movements SET change = change - 1 WHERE id = {movement} RETURNING id"
        )
    )
    assert accused.returncode == 1
    assert str(movement) in accused.stdout
    assert shop.jangnal("check").returncode == 0


def test_the_command_tells_the_state_as_it_is(shop):
    assert json.loads(shop.jangnal("state", "--json").stdout) == shop.state()


def wish_for_three(tab: Tab, shop: Shop) -> None:
    """Rice of 대정, apples of 내장산, and the soap of 옥정호 for two adults and a child; found by searching."""
    for query, code in (("유기농 쌀 10kg", "P025"), ("꿀사과", "P002")):
        go(tab, shop, f"/search?q={query}")
        assert tab.locator(f"a[href='{shop.address_of(code)}']").count()
        open_goods(tab, shop, code)
        choose_first_kind(tab)
        press(tab, "담기")
    open_program_day(tab, shop)
    tab.locator("[name=session]:enabled").last.check(force=True)
    tab.fill("[name=adult]", "2")
    tab.fill("[name=child]", "1")
    press(tab, "예약하기")
    go(tab, shop, "/cart")


def check_out(tab: Tab, shop: Shop, *, tender: str) -> None:
    """Three steps as a guest; the same total stands on each."""
    go(tab, shop, "/cart")
    total = total_of(tab)
    go(tab, shop, "/checkout?step=who")
    tab.fill("[name=name]", "김민지")
    tab.fill("[name=phone]", "010-1234-5678")
    tab.fill("[name=email]", "min@example.kr")
    press(tab, "다음")
    if tab.locator("[name=postcode]").count():
        assert total_of(tab) == total
        tab.fill("[name=receiver]", "김민지")
        tab.fill("[name=receiver_phone]", "010-1234-5678")
        tab.fill("[name=postcode]", "04524")
        tab.fill("[name=road]", "서울특별시 중구 세종대로 110")
        press(tab, "다음")
    assert f"{total:,}원 결제하기" in tab.inner_text("body")
    tab.check(f"[name=tender][value={tender}]", force=True)
    tab.check("[name=agreed]", force=True)
    press(tab, "결제하기")


def pay_by_card(tab: Tab, shop: Shop, number: str) -> None:
    """Declined first, with nothing lost; then accepted, and the return page is never opened."""
    held = holds_of(shop)
    answer = httpx.post(tab.url, data={"card": DECLINED})
    assert answer.status_code == 422
    assert order_in(shop, number)["state"] == "awaiting_payment"
    assert holds_of(shop) == held

    answer = httpx.post(tab.url, data={"card": GOOD})
    assert answer.status_code == 303


def number_in(tab: Tab, total: int) -> str:
    """The order's number as the practice payment page shows it, together with the same total."""
    text = tab.inner_text("body")
    assert f"{total:,}원" in text
    return re.findall(r"\d{6}-\d{6}", text)[0]


def confirm_deposit(chromium: Browser, shop: Shop, number: str, javascript: bool) -> None:
    with phone(chromium, javascript) as officer:
        sign_in(officer, shop, "officer")
        go(officer, shop, "/city/deposits")
        with officer.expect_navigation():
            officer.locator(f"form[action='/deposits/{number}/confirmation'] button").first.click()


def each_village_sends_its_own(chromium: Browser, shop: Shop, number: str, javascript: bool) -> None:
    for slug in VILLAGES:
        with phone(chromium, javascript) as operator:
            sign_in(operator, shop, slug)
            go(operator, shop, f"/desk/orders/{number}")
            text = operator.inner_text("main")
            assert [name for name in ("유기농 쌀", "꿀사과", "비누") if name in text] == [
                {"daejeong": "유기농 쌀", "naejangsan": "꿀사과", "okjeongho": "비누"}[slug]
            ]
            if slug == "okjeongho":
                assert operator.locator("[name=tracking]").count() == 0
                continue
            press(operator, "주문 봤어요")
            go(operator, shop, f"/desk/orders/{number}")
            operator.check("[name=courier][value=cj]", force=True)
            operator.fill("[name=tracking]", "1234-5678-9012")
            press(operator, "보냈어요")
    with phone(chromium, javascript) as operator:
        sign_in(operator, shop, "naejangsan")
        stranger = another_villages_order(shop, "naejangsan")
        if stranger:
            assert operator.goto(f"{shop.origin}/desk/orders/{stranger}").status == 404  # type: ignore[union-attr]


def look_up(chromium: Browser, shop: Shop, number: str, javascript: bool) -> None:
    with phone(chromium, javascript) as guest:
        go(guest, shop, "/orders/lookup")
        guest.fill("[name=number]", number)
        guest.fill("[name=digits]", "5678")
        with guest.expect_navigation():
            guest.locator("main form button").first.click()
        text = guest.inner_text("main")
        assert text.count("보냈") >= 2
        assert "123456789012" in (guest.locator("a[href*='123456789012']").first.get_attribute("href") or "")


def offer_harvest(tab: Tab, shop: Shop, name: str, folder: Path) -> None:
    go(tab, shop, "/desk/goods/new")
    tab.set_input_files("input[type=file]", [str(path) for path in photos(folder)])
    tab.fill("[name=name]", name)
    tab.fill("[name=v0-price]", "23000")
    tab.fill("[name=v0-stock]", "10")
    press(tab, "다음: 어떻게 보이나 보기")
    press(tab, "올리기")


def photos(folder: Path) -> Iterator[Path]:
    for number, colour in enumerate(("#5a3b20", "#39512b", "#80612b")):
        path = folder / f"photo{number}.jpg"
        Image.new("RGB", (2000, 1500), colour).save(path)
        yield path


def sell_at_stall(tab: Tab, shop: Shop, name: str, count: int) -> None:
    go(tab, shop, "/desk/sale?channel=stall")
    tile = tab.locator("li.sell", has_text=name)
    tile.locator("input").first.fill(str(count))
    tab.check("[name=channel][value=stall]", force=True)
    tab.check("[name=tender][value=cash]", force=True)
    press(tab, "판 것 적기")
    assert "적었습니다" in tab.inner_text("main")


def find(tab: Tab, shop: Shop, name: str) -> str:
    """Searching finds it within five seconds."""
    for _ in range(10):
        go(tab, shop, f"/search?q={name}")
        links = tab.locator("main a", has_text=name)
        if links.count():
            return shop.origin + (links.first.get_attribute("href") or "")
        tab.wait_for_timeout(500)
    raise AssertionError(f"{name} was not found within five seconds")


def the_city_shows_the_change(chromium: Browser, shop: Shop, before: dict) -> None:
    """The sheet of the dashboard has the ledger's sums, by village × channel × kind."""
    change = ledger_change(before, shop.state())
    ledger = sums_of(shop.state())
    assert any(change.values())
    with phone(chromium, True) as officer:
        sign_in(officer, shop, "officer")
        for (village, channel, kind), amount in ledger.items():
            if not change[village, channel, kind]:
                continue
            query = (
                f"?from=2000-01-01&to=2099-12-31&period=range&village={village}&channel={channel}&kind={kind}"
            )
            sheet = officer.request.get(f"{shop.origin}/city/figures.xlsx{query}").body()
            assert amount in numbers_in(sheet), (village, channel, kind, amount)


def numbers_in(xlsx: bytes) -> set[int]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(xlsx))
    return {
        int(cell)
        for name in book.sheet_names
        for row in book.get_sheet_by_name(name).to_python()
        for cell in row
        if isinstance(cell, float)
    }


def total_of(tab: Tab) -> int:
    """The sum as the page says it last: «합계 155,000원» or on the button."""
    found = re.findall(r"(?:총|합계|결제할 금액|모두)\D{0,20}([\d,]+)원", tab.inner_text("body"))
    assert found, tab.inner_text("body")[-1500:]
    return int(found[-1].replace(",", ""))


def wait_for_state(shop: Shop, number: str, state: str) -> None:
    ends = time.monotonic() + 40
    while time.monotonic() < ends:
        if order_in(shop, number)["state"] == state:
            return
        time.sleep(0.2)
    raise AssertionError(f"{number} did not become {state}")


def order_in(shop: Shop, number: str) -> dict:
    return next(order for order in shop.state()["orders"] if order["number"] == number)


def holds_of(shop: Shop) -> tuple[int, int]:
    state = shop.state()
    return sum(row["reserved"] for row in state["listings"]), sum(row["held"] for row in state["sessions"])


def another_villages_order(shop: Shop, slug: str) -> str | None:
    orders = [
        order
        for order in shop.state()["orders"]
        if slug not in {part["village"] for part in order["villages"]}
    ]
    return orders[-1]["number"] if orders else None


def sums_of(state: dict) -> dict[tuple[str, str, str], int]:
    return {(row["village"], row["channel"], row["kind"]): row["amount"] for row in state["ledger"]}


def ledger_change(before: dict, after: dict) -> defaultdict[tuple[str, str, str], int]:
    old = sums_of(before)
    return defaultdict(int, {key: amount - old.get(key, 0) for key, amount in sums_of(after).items()})


async def tamper(url: str, statement: str) -> int:
    """As the database's owner, who alone can put the guard aside."""
    connection = await asyncpg.connect(url.replace("asyncpg://", "postgresql://", 1))
    try:
        async with connection.transaction():
            await connection.execute("ALTER TABLE movements DISABLE TRIGGER ALL")
            changed = await connection.fetchval(statement)
            await connection.execute("ALTER TABLE movements ENABLE TRIGGER ALL")
        return changed
    finally:
        await connection.close()


@contextmanager
def phone(chromium: Browser, javascript: bool) -> Iterator[Tab]:
    how = {"java_script_enabled": javascript, "locale": "ko-KR", "timezone_id": "Asia/Seoul"}
    with a_tab(chromium, viewport=PHONE, **how) as tab:
        yield tab
