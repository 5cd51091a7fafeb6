"""취소: what comes back is shown to the won, then paid back; as many taps as ordering took, and none that hinders."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from market.capture import capture
from market.checkout import Placed
from market.orders import Line
from market.payments import Payment
from market.refund_payouts import mark_paid_back
from market.refunds import Refund, RefundQuote
from storefront.pages.refund_forms import BankAccount, opened_account, sealed_account
from tests.builders import NOW, SECRET, an_order, goods, shelf_of
from tests.site import Site, a_site
from tests.storefront.pages.shopping import a_shopper, words
from villages.limits import count_try

ACCOUNT = {"bank": "농협", "account": "352-1234-5678-13", "holder": "김민지"}


async def paid(placed: Placed, shopper) -> str:
    await capture((await Payment.get(order_id=placed.order.id)).id, by="officer", now=NOW)
    path = f"/orders/{placed.order.number}"
    await shopper.get(f"{path}?t={placed.token}")
    return path


async def a_quote(shopper, path: str, **form: str) -> str:
    answer = await shopper.post(f"{path}/refund-quotes", form)
    assert answer.status_code == 303
    return answer.headers["location"]


async def test_three_taps_from_the_order_to_the_money(shopper):
    apples = await goods(price=30_000)
    path = await paid(await an_order(apples), shopper)

    assert "취소하면 얼마를 돌려받나요?" in words(await shopper.get(path))
    address = await a_quote(shopper, path)
    shown = words(await shopper.get(address))
    answer = await shopper.post(f"{path}/cancellation", {"quote": address.rpartition("/")[2], **ACCOUNT})
    after = words(await shopper.get(path))

    assert "취소하고 34,000원 돌려받기" in shown and "배송비 4,000원" in shown
    assert answer.headers["location"] == f"{path}?done=cancelled"
    assert "취소한 주문입니다" in after and "돌려드리는 중" in after and "34,000원" in after
    assert await shelf_of(apples) == (10, 0, 0, 0)


async def test_the_account_is_sealed_in_the_rows_and_opens_with_our_secret_only(shopper):
    path = await paid(await an_order(await goods()), shopper)
    code = (await a_quote(shopper, path)).rpartition("/")[2]

    await shopper.post(f"{path}/cancellation", {"quote": code, **ACCOUNT})

    kept = (await Refund.get()).account
    assert "352" not in kept
    assert opened_account(kept, SECRET) == "농협 3521234567813 김민지"
    assert opened_account(kept, SECRET + "x") == ""


async def test_a_transfer_asks_where_to_and_keeps_what_was_typed(shopper):
    path = await paid(await an_order(await goods()), shopper)
    code = (await a_quote(shopper, path)).rpartition("/")[2]

    answer = await shopper.post(
        f"{path}/cancellation", {"quote": code, "bank": "농협", "account": "12", "holder": ""}
    )

    assert answer.status_code == 422
    assert "계좌번호를 숫자로" in words(answer) and "예금주 이름을" in words(answer)
    assert 'value="농협"' in answer.text
    assert not await Refund.exists()


async def test_some_of_it_is_chosen_and_the_rest_stays(shopper):
    path = await paid(await an_order((await goods(price=10_000), 3)), shopper)
    line = await Line.get()

    address = await a_quote(shopper, path, **{f"line-{line.id}": "2"})
    shown = words(await shopper.get(address))
    await shopper.post(f"{path}/cancellation", {"quote": address.rpartition("/")[2], **ACCOUNT})

    assert "취소하고 20,000원 돌려받기" in shown and "배송비" not in shown.partition("일부만")[0]
    assert (await Line.get()).cancelled == 2


async def test_nothing_chosen_or_too_much_says_so_on_the_orders_page(shopper):
    path = await paid(await an_order(await goods()), shopper)
    line = await Line.get()

    for count, sentence in (
        ("0", "취소할 것을 골라"),
        ("7", "수를 줄여 주세요"),
        ("x", "취소할 것을 골라"),
    ):
        answer = await shopper.post(f"{path}/refund-quotes", {f"line-{line.id}": count})
        assert answer.status_code == 409
        assert sentence in words(answer)


async def test_nothing_chosen_on_the_quotes_page_stays_there(shopper):
    path = await paid(await an_order((await goods(price=10_000), 3)), shopper)
    line = await Line.get()
    address = await a_quote(shopper, path)

    fresh = await shopper.get(address)
    answer = await shopper.post(
        f"{path}/refund-quotes", {f"line-{line.id}": "0", "quote": address.rpartition("/")[2]}
    )

    assert f'name="line-{line.id}" id="f-line-{line.id}" value="0"' in fresh.text
    assert answer.status_code == 409
    assert "취소할 것을 골라" in words(answer) and "취소하고 34,000원 돌려받기" in words(answer)


async def test_the_order_says_what_was_called_off_of_it(shopper):
    path = await paid(await an_order((await goods(price=10_000), 3), await goods("햅쌀")), shopper)
    apples = await Line.get(count=3)
    address = await a_quote(shopper, path, **{f"line-{apples.id}": "2"})

    done = await shopper.post(f"{path}/cancellation", {"quote": address.rpartition("/")[2], **ACCOUNT})
    page = words(await shopper.get(done.headers["location"]))
    later = words(await shopper.get(path))

    assert "취소했습니다. 돌려받는 돈 보기" in page and "돌려받는 돈 보기" not in later
    assert "2개 취소" in later and "2개 취소" not in words(await shopper.get(address))


async def test_two_tabs_and_the_back_button_give_back_once(shopper):
    path = await paid(await an_order(await goods()), shopper)
    codes = [(await a_quote(shopper, path)).rpartition("/")[2] for _ in range(2)]

    first = await shopper.post(f"{path}/cancellation", {"quote": codes[0], **ACCOUNT})
    back = await shopper.post(f"{path}/cancellation", {"quote": codes[0], **ACCOUNT})
    other = await shopper.post(f"{path}/cancellation", {"quote": codes[1], **ACCOUNT})

    assert first.headers["location"] == back.headers["location"] == f"{path}?done=cancelled"
    assert other.status_code == 409 and "그사이 주문이 바뀌었습니다" in words(other)
    assert await Refund.all().count() == 1
    assert "이미 취소했습니다" in words(await shopper.get(f"{path}/refund-quotes/{codes[0]}"))


async def test_a_stranger_sees_no_quote_and_confirms_none(shopper, site: Site):
    path = await paid(await an_order(await goods()), shopper)
    address = await a_quote(shopper, path)
    stranger = a_shopper(site)

    assert (await stranger.get(address)).status_code == 404
    assert (await stranger.post(f"{path}/refund-quotes")).status_code == 404
    answer = await stranger.post(f"{path}/cancellation", {"quote": address.rpartition("/")[2], **ACCOUNT})
    assert answer.status_code == 404


async def test_where_the_money_goes_can_be_told_later(shopper):
    path = await paid(await an_order(await goods()), shopper)
    code = (await a_quote(shopper, path)).rpartition("/")[2]
    await shopper.post(f"{path}/cancellation", {"quote": code, "nothing": "1"})

    asked = words(await shopper.get(path))
    bad = await shopper.post(f"{path}/refund-account", ACCOUNT | {"account": "없음"})
    good = await shopper.post(f"{path}/refund-account", ACCOUNT)

    assert "어디로 보내 드릴까요" in asked
    assert bad.status_code == 422 and "계좌번호를 숫자로" in words(bad)
    assert good.status_code == 303
    assert "어디로 보내 드릴까요" not in words(await shopper.get(path))


async def test_once_it_is_sent_the_page_tells_only_the_end_of_the_account(shopper):
    path = await paid(await an_order(await goods()), shopper)
    code = (await a_quote(shopper, path)).rpartition("/")[2]
    await shopper.post(f"{path}/cancellation", {"quote": code, **ACCOUNT})

    await mark_paid_back((await Refund.get()).id, by="person 1", now=datetime.now(UTC))

    page = await shopper.get(path)
    assert "(끝자리 7813 계좌)" in words(page)
    assert "3521234567813" not in page.text


async def test_the_end_of_an_account_is_the_numbers_whatever_the_holder_is_called():
    account = BankAccount("농협 2", "3521234567813", "영농조합365")

    assert sealed_account(account, SECRET).end == "7813"
    assert (
        opened_account(sealed_account(account, SECRET).sealed, SECRET) == "농협 2 3521234567813 영농조합365"
    )


async def test_asking_again_and_again_what_comes_back_has_to_wait(db: str, tmp_path: Path):
    shopper = a_shopper(await a_site(tmp_path, RATE_LIMITS="on"))
    path = await paid(await an_order(await goods()), shopper)
    for _ in range(60):
        await count_try("refund quotes 127.0.0.1", most=60, within=timedelta(minutes=10))

    answer = await shopper.post(f"{path}/refund-quotes")

    assert answer.status_code == 429 and "너무 여러 번 시도하셨습니다" in words(answer)
    assert not await RefundQuote.exists()
