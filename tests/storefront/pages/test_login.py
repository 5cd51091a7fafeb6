"""Signing in: the same words for every mistake, a new session each time, and slow for guessers."""

from pathlib import Path

import pytest

from tests.builders import a_person, a_village
from tests.site import CHEAP_PASSWORDS, Site, a_site
from tests.storefront.pages.shopping import Shopper, a_shopper, words
from villages.people import Login, Person, Role

EMAIL, PASSWORD = "soon@example.kr", " 띄어쓰기도 그대로 "


@pytest.fixture
async def operator(db: str) -> Person:
    return await a_person(
        EMAIL, village=await a_village(), role=Role.operator, password=await CHEAP_PASSWORDS.make(PASSWORD)
    )


async def sign_in(browser: Shopper, email: str = EMAIL, password: str = PASSWORD, after: str = ""):
    return await browser.post("/login", {"email": email, "password": password, "next": after})


async def test_a_person_gets_to_her_work_with_a_cookie_no_script_can_read(shopper: Shopper, operator: Person):
    answer = await sign_in(shopper, email=" Soon@Example.kr ")

    assert (answer.status_code, answer.headers["location"]) == (303, "/desk")
    assert (
        "HttpOnly" in answer.headers["set-cookie"] and "samesite=lax" in answer.headers["set-cookie"].lower()
    )
    assert await Login.all().count() == 1


@pytest.mark.parametrize(
    ("after", "leads_to"),
    [
        ("/desk/orders?page=2", "/desk/orders?page=2"),
        ("//evil.kr", "/desk"),
        ("https://evil.kr", "/desk"),
        ("/\\evil.kr", "/desk"),
    ],
)
async def test_only_an_address_of_ours_is_gone_back_to(
    shopper: Shopper, operator: Person, after: str, leads_to: str
):
    assert (await sign_in(shopper, after=after)).headers["location"] == leads_to


async def test_every_mistake_sounds_the_same_and_the_mail_address_stays(shopper: Shopper, operator: Person):
    answers = [
        await sign_in(shopper, password=PASSWORD.strip()), await sign_in(shopper, email="nobody@example.kr"),
        await sign_in(shopper, password=""),
    ]  # fmt: skip

    assert {answer.status_code for answer in answers} == {422}
    assert all("메일 주소나 비밀번호가 맞지 않습니다" in words(answer) for answer in answers)
    assert f'value="{EMAIL}"' in answers[0].text and PASSWORD.strip() not in answers[0].text
    assert not await Login.exists()


async def test_guessing_is_slowed_down_and_another_account_is_not(db: str, tmp_path: Path, operator: Person):
    shopper = a_shopper(await a_site(tmp_path, RATE_LIMITS="on"))

    guesses = [await sign_in(shopper, password=f"guess {number}") for number in range(9)]
    other = await sign_in(shopper, email="other@example.kr")

    assert [guess.status_code for guess in guesses] == [422] * 8 + [429]
    assert int(guesses[-1].headers["retry-after"]) > 0
    assert other.status_code == 422


async def test_leaving_ends_the_session_here_and_on_the_server(
    site: Site, shopper: Shopper, operator: Person
):
    await shopper.sign_in(operator)
    token = shopper.client.cookies["login"]

    answer = await shopper.post("/logout")
    shopper.client.cookies.set("login", token)

    assert answer.headers["location"] == "/" and "storage" in answer.headers["clear-site-data"]
    assert 'login=""' in str(answer.headers.get_list("set-cookie"))
    assert not await Login.exists()
    assert "/login" in (await shopper.get("/desk")).headers["location"]


async def test_signing_in_again_ends_the_session_before(shopper: Shopper, operator: Person):
    await shopper.sign_in(operator)
    before = await Login.get()

    await sign_in(shopper)

    assert await Login.all().count() == 1 and (await Login.get()).token_hash != before.token_hash


async def test_whoever_is_signed_in_already_goes_on(shopper: Shopper, operator: Person):
    assert (await shopper.get("/login")).status_code == 200

    await shopper.sign_in(operator)

    assert (await shopper.get("/login")).headers["location"] == "/desk"


async def test_a_form_without_its_token_is_refused(shopper: Shopper, operator: Person):
    answer = await shopper.client.post("/login", data={"email": EMAIL, "password": PASSWORD})

    assert answer.status_code == 403 and not await Login.exists()


async def test_every_failure_is_logged_without_the_name_that_was_typed(
    shopper: Shopper, operator: Person, caplog: pytest.LogCaptureFixture
):
    for email in (EMAIL, EMAIL.upper(), "nobody@example.kr"):
        await sign_in(shopper, email=email, password="wrong")

    told = [record.facts for record in caplog.records if record.getMessage() == "sign-in failed"]  # type: ignore[attr-defined]
    assert [each["why"] for each in told] == ["wrong address or password"] * 3
    assert told[0]["account"] == told[1]["account"] != told[2]["account"]
    assert "example.kr" not in caplog.text
