"""The site in one process for page tests: a browser without a screen, and people who are signed in."""

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from market.checkout import HoldTerms
from media.storage import FolderStorage
from storefront.app import build_app
from storefront.brand import BrandShelf
from storefront.cookies import CookieJar
from storefront.services import Services
from storefront.settings import Settings, read_settings
from tests.builders import SECRET, a_city, a_person
from tests.fakes import FakeGateway, FakeMailer
from villages.people import Login, Person, Role
from villages.signing_in import Passwords
from villages.village import Village

CHEAP_PASSWORDS = Passwords(memory_kib=8, rounds=1)


def test_settings(folder: Path, **given: str) -> Settings:
    values = {
        "SECRET_KEY": SECRET,
        "DATA_DIR": str(folder),
        "PUBLIC_URL": "http://shop.test",
        "RATE_LIMITS": "off",
    }
    return read_settings({**values, **given}, env_file=None)


def test_services(folder: Path, **given: str) -> Services:
    settings = test_settings(folder, **given)
    return Services(
        settings=settings,
        gateway=FakeGateway(),
        storage=FolderStorage(folder / "media"),
        mailer=FakeMailer(),
        passwords=CHEAP_PASSWORDS,
        cookies=CookieJar(settings.secret_key, is_https=settings.is_https),
        brand=BrandShelf(),
        holds=HoldTerms(
            card_minutes=settings.payment_hold_minutes, transfer_days=settings.bank_transfer_days
        ),
        card_hold=timedelta(minutes=settings.payment_hold_minutes),
        takes_cards=True,
        form_action="http://pay.test",
    )


# pytest would take these two for tests.
test_settings.__test__ = False  # type: ignore[attr-defined]
test_services.__test__ = False  # type: ignore[attr-defined]


@dataclass
class Browser:
    """One person's browser: keeps cookies, carries the CSRF token into every form, follows no redirect by itself."""

    services: Services
    client: httpx.AsyncClient
    visitor: str = field(default_factory=lambda: secrets.token_urlsafe(8))
    login_hash: str = ""

    def __post_init__(self) -> None:
        jar = self.services.cookies
        self.client.cookies.set(jar.name("visitor"), jar.seal("visitor", self.visitor))

    @property
    def csrf_token(self) -> str:
        return self.services.cookies.mac("csrf", f"{self.visitor}:{self.login_hash}")

    async def get(self, path: str, **more: object) -> httpx.Response:
        return await self.client.get(path, **more)  # type: ignore[arg-type]

    async def post(self, path: str, data: dict[str, object] | None = None, **more: object) -> httpx.Response:
        return await self.client.post(path, data={"csrf_token": self.csrf_token, **(data or {})}, **more)  # type: ignore[arg-type]

    async def follow(self, answer: httpx.Response) -> httpx.Response:
        """Go where a redirect leads."""
        while answer.has_redirect_location:
            answer = await self.client.get(answer.headers["location"])
        return answer

    async def sign_in(self, person: Person) -> "Browser":
        """As if the person had signed in here."""
        token, now = secrets.token_urlsafe(16), datetime.now(UTC)
        self.login_hash = hashlib.sha256(token.encode()).hexdigest()
        await Login.create(
            token_hash=self.login_hash, person=person, began_at=now, seen_at=now, idle_minutes=60,
            ends_at=now + timedelta(days=1),
        )  # fmt: skip
        self.client.cookies.set(self.services.cookies.name("login"), token)
        return self


@dataclass
class Site:
    """`site.browser()` is a stranger; `operator_of(village)` and `officer()` are signed in."""

    services: Services

    def __post_init__(self) -> None:
        self.app = build_app(self.services, database_url="not used: the test has opened it")

    @property
    def gateway(self) -> FakeGateway:
        assert isinstance(self.services.gateway, FakeGateway)
        return self.services.gateway

    def browser(self) -> Browser:
        transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False)
        return Browser(self.services, httpx.AsyncClient(transport=transport, base_url="http://shop.test"))

    async def operator_of(self, village: Village, role: Role = Role.operator) -> Browser:
        return await self.browser().sign_in(await a_person(village=village, role=role))

    async def officer(self, role: Role = Role.officer) -> Browser:
        return await self.browser().sign_in(await a_person(role=role))

    async def shopper(self) -> Browser:
        return await self.browser().sign_in(await a_person())


async def a_site(folder: Path, **given: str) -> Site:
    await a_city()
    return Site(test_services(folder, **given))
