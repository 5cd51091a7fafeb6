"""A shopper on the way to an order: what she fills in, and the hidden fields of the page in front of her."""

import re
from dataclasses import dataclass

import httpx

from tests.site import Browser, Site

BUYER_FORM: dict[str, object] = {"name": "김민지", "phone": "010-1234-5678", "email": ""}
ADDRESS_FORM: dict[str, object] = {
    "receiver": "김민지", "receiver_phone": "010-1234-5678", "postcode": "04524",
    "road": "서울특별시 중구 세종대로 110", "detail": "1층", "message": "", "own": "",
}  # fmt: skip


@dataclass
class Shopper(Browser):
    """`review` is the last step's page as she saw it last."""

    review: str = ""

    async def puts(self, **wish: object) -> httpx.Response:
        return await self.post("/cart/lines", dict(wish))

    async def sees(self, path: str) -> str:
        """The words of a page that she may see."""
        answer = await self.get(path)
        assert answer.status_code == 200, answer.headers.get("location", answer.status_code)
        return words(answer)

    async def tells_who_and_where(self, *, postcode: str = "04524") -> str:
        """The two steps before the last one; returns the words of the last one."""
        await self.post("/checkout/buyer", BUYER_FORM)
        await self.post("/checkout/address", ADDRESS_FORM | {"postcode": postcode})
        answer = await self.get("/checkout?step=pay")
        assert answer.status_code == 200, answer.headers.get("location", answer.status_code)
        self.review = answer.text
        return words(answer)

    async def pays(self, *, tender: str = "bank_transfer", **other: object) -> httpx.Response:
        """Press the button of the last step."""
        form = {"key": hidden(self.review, "key"), "expected_total": hidden(self.review, "expected_total")}
        answer = await self.post("/orders", form | {"tender": tender, "agreed": "1"} | other)
        if 'name="key"' in answer.text:
            self.review = answer.text
        return answer


def a_shopper(site: Site) -> Shopper:
    browser = site.browser()
    return Shopper(browser.services, browser.client)


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, f"no hidden field {name}"
    return found[1]


def words(answer: httpx.Response) -> str:
    """The page's own text on one line, without tags."""
    main = answer.text.partition("<main")[2].partition('<footer class="site-foot"')[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))
