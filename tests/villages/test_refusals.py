"""Refusals carry a sentence, a stable code and the fields."""

import pytest

from villages import refusals
from villages.refusals import BadForm, OutOfStock, Refused, TooMany


def test_codes_are_stable():
    codes = {
        kind.__name__: kind.code for kind in Refused.__subclasses__() if kind.__module__ == refusals.__name__
    }

    assert codes == {
        "OutOfStock": "out-of-stock",
        "SessionFull": "session-full",
        "PriceChanged": "price-changed",
        "SalesClosed": "sales-closed",
        "NotFound": "not-found",
        "Stale": "stale-edit",
        "BadForm": "bad-form",
        "TooMany": "too-many",
        "KeyReused": "key-reused",
    }


def test_the_sentence_is_the_message_and_each_kind_has_a_usual_one():
    with pytest.raises(OutOfStock, match="대봉감"):
        raise OutOfStock("대봉감 5kg은 3상자 남았습니다.")

    assert OutOfStock().sentence == str(OutOfStock()) == OutOfStock.usual


def test_a_form_names_its_fields_and_a_throttle_its_seconds():
    assert BadForm(fields={"phone": "전화번호를 적어 주세요."}).fields == {"phone": "전화번호를 적어 주세요."}
    assert TooMany(retry_after=30).retry_after == 30
