"""Who starts the shop at home finds a city in it, and is told where to look and whom to sign in as."""

import asyncio
import secrets
from datetime import date

from storefront.db import open_database
from storefront.demo.people import PEOPLE
from storefront.services import Services
from storefront.settings import Settings
from storefront.terminal import bars, console
from villages.village import Village


def welcome(services: Services, url: str, port: int) -> None:
    """An empty database gets the demo city first."""
    settings = services.settings
    password = demo_password(settings)
    if asyncio.run(_is_empty(url)):
        fill_demo_city(services, url, password)
    here = f"http://{settings.host}:{port}"
    console.print(f"\n  [bold]장날[/bold]   {here}")
    console.print(f"  마을     {here}/desk    시청  {here}/city")
    print_people(password)


def print_people(password: str) -> None:
    console.print(f"  견본 사람 {', '.join(PEOPLE)} @demo.example · 비밀번호 {password}\n")


def demo_password(settings: Settings, *, chosen: str = "") -> str:
    """Chosen once and kept for this data folder, so that it can be printed again on each start."""
    path = settings.data_dir / "demo_password"
    chosen = chosen or settings.demo_password
    if chosen or not path.exists():
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(chosen or secrets.token_urlsafe(9), encoding="utf-8")
    return path.read_text(encoding="utf-8").strip()


def fill_demo_city(
    services: Services, url: str, password: str, *, today: date | None = None, history_months: int = 24
) -> None:
    """Raises `DemoRefused`."""
    # Read here: every start and every command would wait for it, and one in a lifetime needs it.
    from storefront.demo.load import load_demo

    with bars() as progress:

        async def load() -> None:
            async with open_database(url, connections=4):
                await load_demo(
                    services, password=password, today=today, history_months=history_months, progress=progress
                )

        asyncio.run(load())


async def _is_empty(url: str) -> bool:
    async with open_database(url, connections=1):
        return not await Village.exists()
