"""Everything outside that an instance talks to, built once from its settings and passed on as arguments."""

from dataclasses import dataclass
from datetime import timedelta

from market.checkout import HoldTerms
from market.finding.meili.client import MeiliClient
from market.gateway import Gateway, NoCards
from market.stripe_gateway import STRIPE, StripeGateway
from media.storage import FolderStorage, Storage
from storefront.brand import BrandShelf
from storefront.cookies import CookieJar
from storefront.outbox import MailerByChannel
from storefront.settings import Settings
from villages.notices import Mailer
from villages.signing_in import Passwords


@dataclass(frozen=True)
class SandboxAt:
    """Where the practice Stripe listens on loopback, and the keys it was started with."""

    origin: str
    secret_key: str
    webhook_secret: str


@dataclass(frozen=True)
class Services:
    settings: Settings
    gateway: Gateway
    storage: Storage
    mailer: Mailer
    passwords: Passwords
    cookies: CookieJar
    brand: BrandShelf
    holds: HoldTerms
    card_hold: timedelta
    takes_cards: bool
    form_action: str
    """Where a form may lead besides ourselves: the provider's payment page (CSP form-action)."""
    meili: MeiliClient | None = None
    """Without it PostgreSQL searches."""

    async def close(self) -> None:
        """Let kept connections go."""
        if self.meili:
            await self.meili.close()


def build_services(settings: Settings, *, sandbox: SandboxAt | None = None) -> Services:
    """`sandbox` is where our own practice Stripe listens. Without it and without a key there are no cards."""
    keys = sandbox or SandboxAt(
        settings.stripe_api_base or STRIPE, settings.stripe_secret_key, settings.stripe_webhook_secret
    )
    gateway: Gateway = NoCards()
    if keys.secret_key:
        gateway = StripeGateway(
            secret_key=keys.secret_key, webhook_secret=keys.webhook_secret, api_base=keys.origin
        )
    brand = BrandShelf()
    return Services(
        settings=settings,
        gateway=gateway,
        storage=FolderStorage(settings.data_dir / "media"),
        mailer=MailerByChannel(
            settings.data_dir / "outbox",
            settings.smtp_url,
            secret=settings.secret_key,
            public_url=settings.public_url,
            brand=brand,
        ),
        passwords=Passwords(),
        cookies=CookieJar(settings.secret_key, is_https=settings.is_https),
        brand=brand,
        holds=HoldTerms(
            card_minutes=settings.payment_hold_minutes, transfer_days=settings.bank_transfer_days
        ),
        card_hold=timedelta(minutes=settings.payment_hold_minutes),
        takes_cards=bool(keys.secret_key),
        form_action="https://checkout.stripe.com" if keys.origin == STRIPE else keys.origin,
        meili=MeiliClient(settings.meili_url, settings.meili_key) if settings.meili_url else None,
    )
