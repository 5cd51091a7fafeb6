"""Every setting of an instance, read once from the environment or `.env`; the only reader of the environment."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from starlette.config import Config

SAMPLE_SECRETS = {"", "secret", "change-me", "changeme", "sample"}
MINUTES_STRIPE_NEEDS = 35  # Stripe's session lives 31 minutes at least and must end before our order does.


class BadSettings(Exception):
    """The settings contradict each other; its text is one clear line for the person who starts us."""


@dataclass(frozen=True)
class Settings:
    host: str
    port: int
    database_url: str
    """Empty: a private cluster in `data_dir`."""
    data_dir: Path
    secret_key: str
    public_url: str
    environment: str
    trusted_proxies: tuple[str, ...]
    stripe_secret_key: str
    """Empty: the sandbox on loopback."""
    stripe_webhook_secret: str
    stripe_api_base: str
    smtp_url: str
    meili_url: str
    """Empty: PostgreSQL searches."""
    meili_key: str
    payment_hold_minutes: int
    bank_transfer_days: int
    demo_password: str
    rate_limits: bool
    log_level: str
    log_format: str
    metrics_token: str

    @property
    def is_production(self) -> bool:
        return self.environment == "production"

    @property
    def is_https(self) -> bool:
        return self.public_url.startswith("https://")

    @property
    def hostname(self) -> str:
        return urlsplit(self.public_url).hostname or "127.0.0.1"


KNOWN = {
    "HOST", "PORT", "DATABASE_URL", "DATA_DIR", "SECRET_KEY", "PUBLIC_URL", "ENVIRONMENT", "TRUSTED_PROXIES",
    "STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET", "STRIPE_API_BASE", "SMTP_URL", "PAYMENT_HOLD_MINUTES",
    "BANK_TRANSFER_DAYS", "DEMO_PASSWORD", "RATE_LIMITS", "LOG_LEVEL", "LOG_FORMAT", "METRICS_TOKEN",
    "MEILI_URL", "MEILI_KEY",
}  # fmt: skip
"""What an `.env` file may name. The environment holds other people's names too, so only `.env` is held to it."""

SECRET_FILES = (
    "DATABASE_URL",
    "SECRET_KEY",
    "STRIPE_SECRET_KEY",
    "STRIPE_WEBHOOK_SECRET",
    "SMTP_URL",
    "METRICS_TOKEN",
    "MEILI_KEY",
)
"""Each may be given as `NAME_FILE`, a path, so that containers read secrets from files."""


def read_settings(
    environ: Mapping[str, str] | None = None,
    *,
    given: Mapping[str, str] | None = None,
    env_file: Path | None = Path(".env"),
) -> Settings:
    """Read and check the settings; `given` on the command line wins over the environment, and that over `.env`.

    Raises `BadSettings` with one line that names the setting.
    """
    config = _config({**(os.environ if environ is None else environ), **(given or {})}, env_file)
    production = config("ENVIRONMENT", default="development") == "production"
    port = _whole_number(config, "PORT", 8000, least=0)
    host = config("HOST", default="127.0.0.1")
    data_dir = Path(config("DATA_DIR", default="./var")).resolve()
    settings = Settings(
        host=host,
        port=port,
        database_url=_secret(config, "DATABASE_URL"),
        data_dir=data_dir,
        secret_key=_secret(config, "SECRET_KEY") or ("" if production else _kept_secret(data_dir)),
        public_url=config("PUBLIC_URL", default="").rstrip("/") or f"http://{host}:{port}",
        environment=config("ENVIRONMENT", default="development"),
        trusted_proxies=tuple(
            part.strip() for part in config("TRUSTED_PROXIES", default="").split(",") if part.strip()
        ),
        stripe_secret_key=_secret(config, "STRIPE_SECRET_KEY"),
        stripe_webhook_secret=_secret(config, "STRIPE_WEBHOOK_SECRET"),
        stripe_api_base=config("STRIPE_API_BASE", default="").rstrip("/"),
        smtp_url=_secret(config, "SMTP_URL"),
        meili_url=config("MEILI_URL", default="").rstrip("/"),
        meili_key=_secret(config, "MEILI_KEY"),
        payment_hold_minutes=_whole_number(config, "PAYMENT_HOLD_MINUTES", 40, least=MINUTES_STRIPE_NEEDS),
        bank_transfer_days=_whole_number(config, "BANK_TRANSFER_DAYS", 3, least=1),
        demo_password=config("DEMO_PASSWORD", default=""),
        rate_limits=_on_or_off(config, "RATE_LIMITS", True),
        log_level=config("LOG_LEVEL", default="INFO").upper(),
        log_format=config("LOG_FORMAT", default="json" if production else "text"),
        metrics_token=_secret(config, "METRICS_TOKEN"),
    )
    _refuse_contradictions(settings)
    return settings


def _refuse_contradictions(settings: Settings) -> None:
    if settings.environment not in ("development", "production"):
        raise BadSettings("ENVIRONMENT is 'development' or 'production'")
    if settings.log_format not in ("text", "json"):
        raise BadSettings("LOG_FORMAT is 'text' or 'json'")
    if settings.stripe_secret_key and not settings.stripe_webhook_secret:
        raise BadSettings("STRIPE_WEBHOOK_SECRET is missing: without it no card payment can be believed")
    if settings.stripe_api_base and settings.stripe_secret_key.startswith(("sk_live", "rk_live")):
        raise BadSettings("STRIPE_API_BASE must be empty beside a live STRIPE_SECRET_KEY")
    _refuse_unsafe_meili(settings)
    if settings.is_production:
        _refuse_in_production(settings)


def _refuse_unsafe_meili(settings: Settings) -> None:
    if settings.meili_url and not _is_address(settings.meili_url):
        raise BadSettings("MEILI_URL is an address as in http://127.0.0.1:7700, without a password in it")
    if not (settings.meili_key.isascii() and settings.meili_key.isprintable()):
        raise BadSettings("MEILI_KEY has signs that no key has")


def _is_address(url: str) -> bool:
    try:
        address = urlsplit(url)
        has_port = address.port is None or address.port > 0
    except ValueError:
        return False
    return has_port and address.scheme in ("http", "https") and bool(address.hostname) and "@" not in url


def _refuse_in_production(settings: Settings) -> None:
    if settings.secret_key.lower() in SAMPLE_SECRETS or len(settings.secret_key) < 32:
        raise BadSettings("SECRET_KEY must be a random value of 32 characters or more in production")
    if not settings.is_https:
        raise BadSettings("PUBLIC_URL must begin with https:// in production")
    if not settings.rate_limits:
        raise BadSettings("RATE_LIMITS=off is for load measurements and refused in production")
    if settings.demo_password:
        raise BadSettings("DEMO_PASSWORD is refused in production")
    if settings.meili_url and len(settings.meili_key) < 16:
        raise BadSettings(
            "MEILI_KEY must be the key of the server at MEILI_URL, 16 characters or more in production"
        )


def _config(environ: Mapping[str, str], env_file: Path | None) -> Config:
    config = Config(env_file if env_file and env_file.is_file() else None, environ=environ)
    unknown = [name for name in config.file_values if name.removesuffix("_FILE") not in KNOWN]
    if unknown:
        raise BadSettings(f"{env_file} names settings that do not exist: {', '.join(sorted(unknown))}")
    return config


def _secret(config: Config, name: str) -> str:
    path = config(f"{name}_FILE", default="")
    if path:
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as trouble:
            raise BadSettings(f"{name}_FILE cannot be read: {trouble.strerror}") from trouble
    return config(name, default="")


def _kept_secret(data_dir: Path) -> str:
    """Development only: a random key that survives restarts, so that carts and log-ins do too."""
    path = data_dir / "secret_key"
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48), encoding="utf-8")
    return path.read_text(encoding="utf-8").strip()


def _whole_number(config: Config, name: str, default: int, *, least: int) -> int:
    text = config(name, default=str(default))
    if not text.isascii() or not text.isdigit() or int(text) < least:
        raise BadSettings(f"{name} must be a whole number of at least {least}, not '{text}'")
    return int(text)


def _on_or_off(config: Config, name: str, default: bool) -> bool:
    text = config(name, default="on" if default else "off").lower()
    if text not in ("on", "off"):
        raise BadSettings(f"{name} is 'on' or 'off', not '{text}'")
    return text == "on"
