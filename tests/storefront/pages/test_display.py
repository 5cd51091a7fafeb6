"""Text size and contrast are kept by the device and seen by every page."""

import pytest

from tests.storefront.pages.shopping import Shopper


async def test_the_chosen_size_and_contrast_are_on_every_page(shopper: Shopper):
    back = await shopper.post("/display", {"scale": "xl", "back": "/cart"})
    await shopper.post("/display", {"mode": "hc", "back": "/cart"})

    page = (await shopper.get("/cart")).text

    assert (back.status_code, back.headers["location"]) == (303, "/cart")
    assert 'data-scale="xl"' in page and 'data-mode="hc"' in page


async def test_normal_takes_the_contrast_back(shopper: Shopper):
    await shopper.post("/display", {"mode": "hc"})
    await shopper.post("/display", {"mode": "normal"})

    assert 'data-mode=""' in (await shopper.get("/cart")).text


@pytest.mark.parametrize("form", [{"scale": "huge"}, {"mode": "<b>"}, {}])
async def test_what_is_no_choice_changes_nothing(shopper: Shopper, form: dict[str, object]):
    answer = await shopper.post("/display", form)

    assert answer.status_code == 303 and "set-cookie" not in answer.headers


@pytest.mark.parametrize("back", ["//evil.kr", "https://evil.kr", "javascript:alert(1)"])
async def test_only_an_address_of_ours_is_gone_back_to(shopper: Shopper, back: str):
    assert (await shopper.post("/display", {"scale": "lg", "back": back})).headers["location"] == "/"


async def test_the_page_works_alone(shopper: Shopper):
    assert "글자 크기" in await shopper.sees("/display?back=/cart")
