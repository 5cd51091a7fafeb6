"""The practice card pages are good HTML in all their states, and need nothing that their policy forbids."""

import httpx

from tests.markup import faults, parse
from tests.sandbox_process import DECLINED, GOOD, STEP, opened


def test_every_card_page_is_valid_markup_without_scripts_and_inline_styles(api, buyer):
    session = opened(api)["url"]
    pages = [
        buyer.get(session),
        buyer.post(session, data={}),
        buyer.post(session, data={"card": DECLINED}),
        buyer.get(buyer.post(session, data={"card": STEP}).headers["location"]),
        buyer.post(f"{session}/confirmation", data={"answer": "deny"}),
    ]
    buyer.post(session, data={"card": GOOD})
    pages += [buyer.get(session), buyer.get("/pay/nothing")]

    assert [page.status_code for page in pages] == [200, 422, 422, 200, 422, 200, 404]
    assert {page.status_code: faults(parse(page.text)) for page in pages if faults(parse(page.text))} == {}
    assert [page.text for page in pages if needs_more_than_allowed(page)] == []


def needs_more_than_allowed(page: httpx.Response) -> bool:
    assert "style-src 'self'" in page.headers["content-security-policy"]
    return any(
        each.tag in ("script", "style")
        or "style" in each.attrib
        or any(name.startswith("on") for name in each.attrib)
        for each in parse(page.text).root.iter()
    )
