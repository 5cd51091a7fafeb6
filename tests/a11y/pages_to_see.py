"""Every page of the site in its full, empty and faulty states, and how a browser gets there."""

import re
import secrets
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from playwright.sync_api import Page as Tab

from market.wishes.tables import wish_token
from tests.shop import Shop
from tests.tabs import a_tab
from villages.days import SEOUL


@dataclass(frozen=True)
class Seen:
    """`route` is the address pattern in app.py; `path` where to look, or a walk that ends there."""

    name: str
    route: str
    path: str | Callable[[Tab, Shop], None]
    who: str = "guest"
    status: int = 200
    skin: str = field(default="shop")


DEPOSITS = """거래일시,적요,보낸분,출금액,입금액
2026-11-02 10:00,이체,견본 모르는 사람,0,35000
2026-11-02 11:00,이체,견본 모르는 사람,0,1234
2026-11-02 12:00,이체,견본 가게,5000,0
"""


def go(tab: Tab, shop: Shop, path: str) -> None:
    tab.goto(shop.origin + path)


def sign_in(tab: Tab, shop: Shop, who: str) -> None:
    go(tab, shop, "/login")
    tab.fill("[name=email]", f"{who}@demo.example")
    tab.fill("[name=password]", shop.password)
    with tab.expect_navigation():
        tab.locator("main form button:visible").first.click()


def stay_signed_in(tab: Tab, shop: Shop, who: str) -> None:
    """Signs in once for each shop and person; later tabs have the cookies, as long as the shop knows them.

    The city's are forgotten after half an hour in which nobody looked, and a slow machine takes longer.
    """
    tab.context.add_cookies(SIGNED_IN.get((shop.origin, who), []))
    # Who is signed in is led on from there.
    if tab.request.get(f"{shop.origin}/login", max_redirects=0).status == 200:
        sign_in(tab, shop, who)
        SIGNED_IN[shop.origin, who] = tab.context.cookies()


SIGNED_IN: dict[tuple[str, str], list[Any]] = {}


def other_tab(tab: Tab) -> AbstractContextManager[Tab]:
    """Somebody else's, at another place."""
    assert tab.context.browser
    return a_tab(tab.context.browser)


def press(tab: Tab, text: str) -> None:
    """The button a person sees, and the page it leads to; some stand twice, in the page and in the bar."""
    with tab.expect_navigation():
        tab.locator(f"button:visible:has-text('{text}')").last.click()


def put_in_cart(tab: Tab, shop: Shop) -> None:
    """Rice of 대정 and apples of 내장산."""
    for code in ("P025", "P002"):
        open_goods(tab, shop, code)
        choose_first_kind(tab)
        press(tab, "담기")


def choose_first_kind(tab: Tab) -> None:
    """Nothing is chosen beforehand where there are several kinds."""
    kinds = tab.locator("#buy [name=variant][type=radio]:enabled")
    if kinds.count():
        kinds.first.check(force=True)


def open_goods(tab: Tab, shop: Shop, code: str) -> None:
    go(tab, shop, shop.address_of(code))


def book(tab: Tab, shop: Shop, code: str = "P087") -> None:
    """Two adults and a child for the soap of 옥정호, on the first open day."""
    open_program_day(tab, shop, code)
    times = tab.locator("[name=session][type=radio]:enabled")
    if times.count():  # of several times none is chosen beforehand
        times.first.check(force=True)
    tab.fill("[name=adult]", "2")
    tab.fill("[name=child]", "1")
    press(tab, "예약하기")


def open_program_day(tab: Tab, shop: Shop, code: str = "P087") -> None:
    go(tab, shop, shop.address_of(code))
    if not tab.locator("[name=session]").count():
        with tab.expect_navigation():
            tab.locator("table.cal a[href*='day=']").first.click()


def to_address(tab: Tab, shop: Shop) -> None:
    put_in_cart(tab, shop)
    go(tab, shop, "/checkout")
    tab.fill("[name=name]", "김민지")
    tab.fill("[name=phone]", "010-1234-5678")
    press(tab, "다음")


def to_payment(tab: Tab, shop: Shop) -> None:
    to_address(tab, shop)
    tab.fill("[name=receiver]", "김민지")
    tab.fill("[name=receiver_phone]", "010-1234-5678")
    tab.fill("[name=postcode]", "04524")
    tab.fill("[name=road]", "서울특별시 중구 세종대로 110")
    press(tab, "다음")


def order_by_transfer(tab: Tab, shop: Shop) -> None:
    to_payment(tab, shop)
    tab.check("[name=tender][value=bank_transfer]", force=True)
    tab.check("[name=agreed]", force=True)
    press(tab, "결제하기")


def to_waiting_form(tab: Tab, shop: Shop) -> None:
    """Beside the first time of a day, full or not."""
    open_program_day(tab, shop)
    session = tab.locator("[name=session]").first.get_attribute("value")
    go(tab, shop, f"{shop.address_of('P087')}/waiting-parties?session={session}")


def wait_for_seats(tab: Tab, shop: Shop) -> None:
    """For the whole session; where nobody has booked yet, somebody does first."""
    for _ in range(2):
        to_waiting_form(tab, shop)
        join(tab, "99")
        whole = re.search(r"모두 (\d+)자리", tab.inner_text("main"))
        join(tab, whole[1] if whole else "1")
        if "바로 예약" not in tab.inner_text("main"):
            return
        order_a_visit(tab, shop)


def join(tab: Tab, adults: str) -> None:
    tab.fill("[name=adult]", adults)
    tab.fill("[name=name]", "박기다림")
    tab.fill("[name=phone]", f"010-{secrets.randbelow(10**4):04}-{secrets.randbelow(10**4):04}")
    press(tab, "자리 기다리기")


def to_wish_form(tab: Tab, shop: Shop) -> None:
    """For the first thing of the calendar that is not there; half a year from now there are some."""
    later = (datetime.now(SEOUL).month + 5) % 12 + 1
    link(f"/season?month={later}", "a.bell")(tab, shop)


def ask_to_be_told(tab: Tab, shop: Shop) -> None:
    to_wish_form(tab, shop)
    tab.fill("[name=phone]", "010-8888-7777")
    tab.check("[name=agreed]", force=True)
    press(tab, "알려 주세요")


def to_a_wish(tab: Tab, shop: Shop) -> None:
    """The first one of this shop, by the link that its message has."""
    ask_to_be_told(tab, shop)
    go(tab, shop, f"/wishes/1?t={wish_token(1, (shop.data_dir / 'secret_key').read_text())}")


def order_a_visit(tab: Tab, shop: Shop, code: str = "P087") -> None:
    book(tab, shop, code)
    tab.fill("[name=name]", "김민지")
    tab.fill("[name=phone]", "010-1234-5678")
    press(tab, "다음")
    tab.check("[name=tender][value=bank_transfer]", force=True)
    tab.check("[name=agreed]", force=True)
    press(tab, "결제하기")


def paid_order(tab: Tab, shop: Shop) -> str:
    """A paid order of this browser, confirmed by an officer in another one; its address."""
    order_by_transfer(tab, shop)
    path = tab.url.removeprefix(shop.origin).partition("?")[0]
    with other_tab(tab) as desk:
        stay_signed_in(desk, shop, "officer")
        go(desk, shop, f"/city/deposits?q={path.rpartition('/')[2]}")
        press(desk, "입금 확인")
    return path


def other_dates(tab: Tab, shop: Shop) -> None:
    """A paid visit that its village called off, with other dates offered: once for each shop, then looked up."""
    if shop.origin not in CALLED_OFF:
        CALLED_OFF[shop.origin] = a_visit_called_off(tab, shop)
    path = CALLED_OFF[shop.origin]
    go(tab, shop, "/orders/lookup")
    tab.fill("[name=number]", path.rpartition("/")[2])
    tab.fill("[name=digits]", "5678")
    with tab.expect_navigation():
        tab.locator("main form[method=post] button").first.click()
    tab.goto(shop.origin + (tab.locator("a[href*='/date-offers/']").get_attribute("href") or "/nothing"))


CALLED_OFF: dict[str, str] = {}


def a_visit_called_off(tab: Tab, shop: Shop) -> str:
    """Of a program that no other walk books; the order's address."""
    order_a_visit(tab, shop, "P083")
    path = tab.url.removeprefix(shop.origin).partition("?")[0]
    for who, button in (("officer", "입금 확인"), ("okjeongho", "체험 취소하고 알리기")):
        with other_tab(tab) as desk:
            stay_signed_in(desk, shop, who)
            if who == "officer":
                go(desk, shop, f"/city/deposits?q={path.rpartition('/')[2]}")
            else:
                to_cancellation_of(desk, shop, path)
            press(desk, button)
    return path


def to_cancellation_of(desk: Tab, shop: Shop, path: str) -> None:
    go(desk, shop, "/desk/sessions")
    box = desk.locator(f".box:has(a[href='/desk{path}'])")
    desk.goto(shop.origin + (box.locator("a[href$='/cancellation']").get_attribute("href") or "/nothing"))


def an_order(tab: Tab, shop: Shop, made: Callable[[Tab, Shop], str]) -> str:
    """Made once for each shop and then opened again, until somebody changes it and lets it go."""
    if (shop.origin, made) not in ORDERS:
        ORDERS[shop.origin, made] = (made(tab, shop), tab.context.cookies())
    path, cookies = ORDERS[shop.origin, made]
    tab.context.add_cookies(cookies)
    go(tab, shop, path)
    return path


ORDERS: dict[tuple[str, Callable[[Tab, Shop], str]], tuple[str, list[Any]]] = {}


def quote_of_a_paid_order(tab: Tab, shop: Shop) -> None:
    an_order(tab, shop, paid_order)
    tab.locator("details.cancel summary").click()
    press(tab, "취소하면 얼마를")


def called_off(tab: Tab, shop: Shop) -> None:
    """Half of it: something is on its way back, something is still to come."""
    quote_of_a_paid_order(tab, shop)
    del ORDERS[shop.origin, paid_order]
    tab.locator(".choice input").first.fill("0")
    press(tab, "이만큼만")
    for name, value in (("bank", "농협"), ("account", "352-1234-5678-13"), ("holder", "김민지")):
        tab.fill(f"[name={name}]", value)
    press(tab, "돌려받기")


def arrived_order(tab: Tab, shop: Shop) -> str:
    """A paid order of this browser whose apples were sent and have come; its address."""
    path = paid_order(tab, shop)
    with other_tab(tab) as desk:
        stay_signed_in(desk, shop, "naejangsan")
        go(desk, shop, f"/desk{path}")
        desk.locator("[name=courier]").first.check(force=True)
        desk.fill("[name=tracking]", "123456789012")
        press(desk, "보냈어요")
        press(desk, "잘 도착했어요")
    return path


def to_return_form(tab: Tab, shop: Shop) -> None:
    """Faulty apples: what comes back is shown beside the choices."""
    an_order(tab, shop, arrived_order)
    with tab.expect_navigation():
        tab.locator("a:has-text('돌려보내기')").first.click()
    tab.locator("[name=reason][value=faulty]").check(force=True)
    press(tab, "얼마를 돌려받는지")


def send_back(tab: Tab, shop: Shop, button: str = "돌려받기") -> str:
    """The number of the return."""
    to_return_form(tab, shop)
    del ORDERS[shop.origin, arrived_order]
    press(tab, button)
    return tab.url.rpartition("/")[2]


def to_desk_return_form(tab: Tab, shop: Shop) -> None:
    """For a shopper who calls: her order has come, nothing of it comes back yet."""
    with other_tab(tab) as shopper:
        path = an_order(shopper, shop, arrived_order)
    go(tab, shop, f"/desk{path}")
    with tab.expect_navigation():
        tab.locator("main a[href$='/returns/new']").click()


def at_the_desk(tab: Tab, shop: Shop, path: str, who: str) -> None:
    """Another person's page about a return that a shopper asks for in a browser of her own."""
    with other_tab(tab) as shopper:
        number = send_back(shopper, shop, "바꾸기" if who == "naejangsan" else "돌려받기")
        order = shopper.url.partition("/orders/")[2].partition("/")[0]
    go(tab, shop, path.format(id=number, number=order))


def desk_quote(tab: Tab, shop: Shop) -> None:
    link("/desk/orders", "main a[href^='/desk/orders/']")(tab, shop)
    tab.locator("details.more summary").last.click()
    tab.locator("[name=cause]").first.check(force=True)
    press(tab, "얼마를 돌려주는지")


def city_quote(tab: Tab, shop: Shop) -> None:
    link("/city/villages/naejangsan", LAST_ROW, ROW, ROW)(tab, shop)
    tab.select_option("[name=cause]", "operator")
    press(tab, "얼마를 돌려주는지")


def link(page: str, *selectors: str) -> Callable[[Tab, Shop], None]:
    """From a page by the first link that fits, and on by the next."""

    def walk(tab: Tab, shop: Shop) -> None:
        go(tab, shop, page)
        for selector in selectors:
            tab.goto(shop.origin + (tab.locator(selector).first.get_attribute("href") or "/nothing"))

    return walk


def empty_form(page: str, form: str = "main form[method=post]") -> Callable[[Tab, Shop], None]:
    """Send the page's last such form with nothing in it: the page with its sentences of what to mend."""

    def walk(tab: Tab, shop: Shop) -> None:
        go(tab, shop, page)
        with tab.expect_navigation():
            tab.locator(form).last.evaluate("form => { form.noValidate = true; form.requestSubmit(); }")

    return walk


def empty_buyer(tab: Tab, shop: Shop) -> None:
    put_in_cart(tab, shop)
    empty_form("/checkout")(tab, shop)


def send_sheet(tab: Tab, shop: Shop, sheet: str = DEPOSITS) -> None:
    """A bank's sheet as the officer sends it."""
    go(tab, shop, "/city/deposits")
    tab.set_input_files(
        "[name=sheet]", {"name": "거래내역.csv", "mimeType": "text/csv", "buffer": sheet.encode()}
    )
    press(tab, "올려서 맞추기")


def set_nothing_aside(tab: Tab, shop: Shop) -> None:
    send_sheet(tab, shop)
    tab.locator(".sheet-rows summary", has_text="주문과 관계없는 돈").first.click()
    press(tab, "따로 두기")


def give_nothing_back(tab: Tab, shop: Shop) -> None:
    send_sheet(tab, shop)
    tab.locator(".sheet-rows summary", has_text="한 번 더 보낸 돈").first.click()
    press(tab, "모두 돌려주기")


ROW = "tbody th a"
LAST_ROW = "tbody tr:nth-last-child(2) th a, tbody tr:last-child th a"

PAGES = [
    Seen("home", "/", "/"),
    Seen("goods list", "/goods", "/goods"),
    Seen("goods", "/goods/{slug}", lambda tab, shop: open_goods(tab, shop, "P002")),
    Seen("program list", "/programs", "/programs"),
    Seen("program with a day chosen", "/programs/{slug}", open_program_day),
    Seen("waiting form", "/programs/{slug}/waiting-parties", to_waiting_form),
    Seen("waiting party", "/waiting-parties/{id}", wait_for_seats),
    Seen("villages", "/villages", "/villages"),
    Seen("village", "/villages/{slug}", "/villages/naejangsan"),
    Seen("search", "/search", "/search?q=사과"),
    Seen("season", "/season", "/season"),
    Seen("map", "/map", "/map"),
    Seen("wish form", "/goods/{slug}/wishes", to_wish_form),
    Seen("wish for what is there", "/programs/{slug}/wishes", lambda tab, shop: go(tab, shop, f"{shop.address_of('P087')}/wishes")),
    Seen("wish", "/wishes/{id}", to_a_wish),
    Seen("cart", "/cart", put_in_cart),
    Seen("checkout who", "/checkout", lambda tab, shop: (put_in_cart(tab, shop), go(tab, shop, "/checkout"))[1]),
    Seen("checkout where", "/checkout", to_address),
    Seen("checkout pay", "/checkout", to_payment),
    Seen("order", "/orders/{number}", order_by_transfer),
    Seen("refund quote", "/orders/{number}/refund-quotes/{code}", quote_of_a_paid_order),
    Seen("other dates", "/orders/{number}/date-offers/{id}", other_dates),
    Seen("order called off", "/orders/{number}", called_off),
    Seen("return form", "/orders/{number}/returns/new", to_return_form),
    Seen("return", "/orders/{number}/returns/{id}", lambda tab, shop: (send_back(tab, shop), None)[1]),
    Seen("lookup", "/orders/lookup", "/orders/lookup"),
    Seen("login", "/login", "/login"),
    Seen("display", "/display", "/display"),
    Seen("notice", "/notice", "/notice"),
    Seen("help", "/help", "/help"),
    Seen("terms", "/terms", "/terms"),
    Seen("privacy", "/privacy", "/privacy"),
    Seen("accessibility", "/accessibility", "/accessibility"),
    Seen("desk", "/desk", "/desk", "naejangsan", skin="desk"),
    Seen("desk orders", "/desk/orders", "/desk/orders", "naejangsan", skin="desk"),
    Seen("desk order", "/desk/orders/{number}", link("/desk/orders", "main a[href^='/desk/orders/']"), "naejangsan", skin="desk"),
    Seen("desk refund quote", "/desk/orders/{number}/refund-quotes/{code}", desk_quote, "naejangsan", skin="desk"),
    Seen("desk dispatch", "/desk/dispatch", "/desk/dispatch", "naejangsan", skin="desk"),
    Seen("desk delay", "/desk/dispatch/delay", link("/desk/dispatch", "main a[href^='/desk/dispatch/delay']"), "okjeongho", skin="desk"),
    Seen("desk returns", "/desk/returns", "/desk/returns", "naejangsan", skin="desk"),
    Seen("desk return", "/desk/returns/{id}", lambda tab, shop: at_the_desk(tab, shop, "/desk/returns/{id}", "naejangsan"), "naejangsan", skin="desk"),
    Seen("desk return form", "/desk/orders/{number}/returns/new", to_desk_return_form, "naejangsan", skin="desk"),
    Seen("desk sessions", "/desk/sessions", "/desk/sessions", "naejangsan", skin="desk"),
    Seen("desk session cancellation", "/desk/sessions/{id}/cancellation", link("/desk/sessions", "main a[href$='/cancellation']"), "naejangsan", skin="desk"),
    Seen("desk pools", "/desk/pools", "/desk/pools", "naejangsan", skin="desk"),
    Seen("desk new pool", "/desk/pools/new", "/desk/pools/new", "naejangsan", skin="desk"),
    Seen("desk edit pool", "/desk/pools/{id}", link("/desk/pools", "main a[href^='/desk/pools/']:not([href$=new])"), "naejangsan", skin="desk"),
    Seen("desk goods", "/desk/goods", "/desk/goods", "naejangsan", skin="desk"),
    Seen("desk new goods", "/desk/goods/new", "/desk/goods/new", "naejangsan", skin="desk"),
    Seen("desk edit goods", "/desk/goods/{id}", link("/desk/goods", "main a[href^='/desk/goods/']:not([href$=new])"), "naejangsan", skin="desk"),
    Seen("desk programs", "/desk/programs", "/desk/programs", "naejangsan", skin="desk"),
    Seen("desk new program", "/desk/programs/new", "/desk/programs/new", "naejangsan", skin="desk"),
    Seen("desk edit program", "/desk/programs/{id}", link("/desk/programs", "main a[href^='/desk/programs/']:not([href$=new])"), "naejangsan", skin="desk"),
    Seen("desk sale", "/desk/sale", "/desk/sale", "naejangsan", skin="desk"),
    Seen("desk deposits", "/desk/deposits", "/desk/deposits", "naejangsan", skin="desk"),
    Seen("desk statements", "/desk/statements", "/desk/statements", "naejangsan", skin="desk"),
    Seen("desk statement", "/desk/statements/{month}", link("/desk/statements", ".items a"), "naejangsan", skin="desk"),
    Seen("city", "/city", "/city", "officer", skin="city"),
    Seen("city village", "/city/villages/{slug}", "/city/villages/naejangsan", "officer", skin="city"),
    Seen("city month", "/city/villages/{slug}/{month}", link("/city/villages/naejangsan", LAST_ROW), "officer", skin="city"),
    Seen("city day", "/city/villages/{slug}/{month}/{day}", link("/city/villages/naejangsan", LAST_ROW, ROW), "officer", skin="city"),
    Seen("city order", "/city/orders/{number}", link("/city/villages/naejangsan", LAST_ROW, ROW, ROW), "officer", skin="city"),
    Seen("city refund quote", "/city/orders/{number}/refund-quotes/{code}", city_quote, "officer", skin="city"),
    Seen("city refunds", "/city/refunds", "/city/refunds", "officer", skin="city"),
    Seen("city returns", "/city/returns", "/city/returns", "officer", skin="city"),
    Seen("city return", "/city/returns/{id}", lambda tab, shop: at_the_desk(tab, shop, "/city/returns/{id}", "officer"), "officer", skin="city"),
    Seen("city deposits", "/city/deposits", "/city/deposits", "officer", skin="city"),
    Seen("city deposit sheet", "/city/deposit-sheets/{id}", send_sheet, "officer", skin="city"),
    Seen("city statements", "/city/statements", "/city/statements", "officer", skin="city"),
    Seen("city statement month", "/city/statements/{month}", link("/city/statements", "main p a.btn"), "officer", skin="city"),
    Seen("city statement", "/city/statements/{month}/{village}", link("/city/statements", ROW), "officer", skin="city"),
    Seen("city targets", "/city/targets", "/city/targets", "officer", skin="city"),
    Seen("city tasks", "/city/tasks", "/city/tasks", "officer", skin="city"),
    Seen("city search words", "/city/words", "/city/words?word=참다래", "officer", skin="city"),
    Seen("city acts", "/city/acts", "/city/acts", "officer", skin="city"),
]  # fmt: skip
"""Full states: looked at in every width, text size and mode."""

STATES = [
    Seen("empty cart", "/cart", "/cart"),
    Seen("no such goods", "/goods/{slug}", "/goods/nothing-here", status=404),
    Seen("goods without a match", "/goods", "/goods?min_price=99999999"),
    Seen("search without a hit", "/search", "/search?q=뷁쉛"),
    Seen("buyer with mistakes", "/checkout/buyer", empty_buyer, status=422),
    Seen("lookup with mistakes", "/orders/lookup", empty_form("/orders/lookup"), status=422),
    Seen("waiting with mistakes", "/programs/{slug}/waiting-parties", lambda tab, shop: (to_waiting_form(tab, shop), press(tab, "자리 기다리기"))[1], status=422),
    Seen("wish with mistakes", "/goods/{slug}/wishes", lambda tab, shop: (to_wish_form(tab, shop), press(tab, "알려 주세요"))[1], status=422),
    Seen("wish kept", "/goods/{slug}/wishes", ask_to_be_told),
    Seen("login with mistakes", "/login", empty_form("/login"), status=422),
    Seen("new pool with mistakes", "/desk/pools", empty_form("/desk/pools/new"), "naejangsan", status=422, skin="desk"),
    Seen("new goods with mistakes", "/desk/goods", empty_form("/desk/goods/new"), "naejangsan", status=422, skin="desk"),
    Seen("sheet with mistakes", "/city/deposit-sheets", lambda tab, shop: send_sheet(tab, shop, "일자,이름,금액\n11/2,가,1.2E+05\n"), "officer", status=422, skin="city"),
    Seen("set aside without a reason", "/city/deposit-rows/{id}/setting-aside", set_nothing_aside, "officer", status=422, skin="city"),
    Seen("synonym with mistakes", "/city/words", empty_form("/city/words", "#add form"), "officer", status=422, skin="city"),
    Seen("given back to no order", "/city/deposit-rows/{id}/refund", give_nothing_back, "officer", status=422, skin="city"),
    Seen("forbidden", "/city", "/city", "naejangsan", status=403),
    Seen("neighbour village", "/villages/{slug}", link("/villages", "main a[href^='/villages/']:not([href$=naejangsan]):not([href$=okjeongho]):not([href$=daejeong])")),
]  # fmt: skip
"""Empty and faulty states: looked at once, on a phone."""
