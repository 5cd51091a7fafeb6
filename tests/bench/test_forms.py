"""What the bench's shoppers send is what a browser would send."""

from urllib.parse import parse_qs

from tests.bench.forms import forms_of

PAGE = """
<form method="post" action="/cart/lines" id="buy">
  <input type="hidden" name="csrf_token" value="a&amp;b">
  <input type="radio" name="variant" value="6" disabled><input type="radio" name="variant" value="7">
  <input type="radio" name="variant" value="8">
  <input type="checkbox" name="gift" value="1"><input type="checkbox" name="cold" value="1" checked>
  <select name="message"><option value="">없음</option><option value="문 앞" selected>문 앞</option></select>
  <button name="then" value="checkout">주문</button>
</form>
<input name="count" type="number" value="1" form="buy">
<form action="/search"><input name="q"></form>
"""


def test_fields_stand_on_the_pages_own_values():
    buy, search = forms_of(PAGE)

    assert (buy.action, buy.method, search.method) == ("/cart/lines", "post", "get")
    assert buy.fields == {"csrf_token": "a&b", "cold": "1", "message": "문 앞", "count": "1"}


def test_what_is_filled_in_wins_and_an_open_choice_is_made():
    buy = forms_of(PAGE)[0]

    sent = parse_qs(buy.filled(count=3), keep_blank_values=True)

    assert sent["count"] == ["3"]
    assert sent["variant"] == ["7"], "the first that is not disabled"
    assert parse_qs(buy.filled(variant=8))["variant"] == ["8"]
    assert "then" not in sent and "gift" not in sent
