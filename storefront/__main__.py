"""The command line: `jangnal serve`, `worker`, `migrate`, `demo`, `check`, `reindex`, `reconcile`, `state`, `user`."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from market.audit import RULES, Violation, violations
from market.finding.meili.client import SearchDown
from market.finding.meili.upkeep import rebuild_meili
from market.finding.upkeep import reindex_all
from market.gateway import GatewayTrouble
from market.reconciling import reconcile_day
from market.truth import whole_state
from storefront.cluster import ClusterTrouble
from storefront.db import SchemaTooNew, missing_migrations, open_database, run_migrations
from storefront.demo import DemoRefused
from storefront.listening import PortTaken, listeners
from storefront.logs import begin_logging
from storefront.services import SandboxAt, Services, build_services
from storefront.serving import database_of, run_worker, sandbox_beside
from storefront.serving import serve as serve_until_told
from storefront.settings import BadSettings, Settings, read_settings
from storefront.terminal import bars, console
from storefront.welcome import demo_password, fill_demo_city, print_people, welcome
from villages.people import Role
from villages.refusals import Refused
from villages.seals import Head, chain_head, seal_acts
from villages.signing_in import invite

app = typer.Typer(
    help="장날: 정보화마을의 온라인·오프라인 장터", no_args_is_help=True, pretty_exceptions_enable=False
)
user = typer.Typer(help="사람", no_args_is_help=True)
app.add_typer(user, name="user")

FOUND_WRONG, WRONG_USE = 1, 2
R = TypeVar("R")
NOWHERE = SandboxAt("http://127.0.0.1:9", "sk_test_sandbox_nobody", "whsec_nobody")


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="듣는 주소")] = None,
    port: Annotated[int | None, typer.Option(help="듣는 포트")] = None,
    workers: Annotated[int, typer.Option(min=1, max=64, help="웹 프로세스 수")] = 2,
    no_worker: Annotated[bool, typer.Option("--no-worker", help="뒷일 프로세스 없이")] = False,
) -> None:
    """웹과 뒷일, 연습용 결제창을 시작합니다."""
    with _one_clear_line():
        settings = _settings(HOST=host, PORT=port)
        doors = listeners(settings.host, settings.port, count=workers)
        bound: int = doors[0].getsockname()[1]
        with (
            database_of(settings) as (url, cluster),
            sandbox_beside(settings, cluster, port=bound) as sandbox,
        ):
            services = build_services(settings, sandbox=sandbox)
            _bring_up_to_date(url)
            if not settings.is_production:
                welcome(services, url, bound)
            serve_until_told(services, database_url=url, listeners=doors, worker=not no_worker)


@app.command()
def worker(
    heartbeat: Annotated[Path | None, typer.Option(help="돌 때마다 새로 쓰는 파일")] = None,
) -> None:
    """뒷일만 합니다. 여럿이 함께 돌 수 있습니다."""
    with _one_clear_line():
        settings = _settings()
        with database_of(settings) as (url, _):
            run_worker(build_services(settings, sandbox=_nowhere(settings)), url, heartbeat=heartbeat)


@app.command("migrate")
def migrate_command() -> None:
    """데이터베이스를 이 판에 맞춥니다."""
    with _one_clear_line(), database_of(_settings()) as (url, _):
        for name in run_migrations(url):
            console.print(f"applied {name}")


@app.command()
def demo(
    password: Annotated[str | None, typer.Option(help="견본 사람들의 비밀번호")] = None,
    today: Annotated[str | None, typer.Option(help="견본의 오늘 (YYYY-MM-DD)")] = None,
    history_months: Annotated[int, typer.Option(min=0, max=120, help="지난 판매의 달 수")] = 24,
) -> None:
    """빈 데이터베이스에 견본 도시를 넣습니다."""
    with _one_clear_line():
        settings = _settings()
        if settings.is_production:
            raise BadSettings("demo is refused in production")
        day = date.fromisoformat(today) if today else None
        with database_of(settings) as (url, _):
            _bring_up_to_date(url)
            services = build_services(settings, sandbox=_nowhere(settings))
            chosen = demo_password(settings, chosen=password or "")
            fill_demo_city(services, url, chosen, today=day, history_months=history_months)
            print_people(chosen)


@app.command()
def check(as_json: Annotated[bool, typer.Option("--json", help="기계가 읽게")] = False) -> None:
    """돈과 재고, 자리, 수치, 한 일 기록이 맞는지 모두 봅니다. 틀린 것이 있으면 1로 끝납니다."""
    with _one_clear_line():
        found, head = _read(_sealed_and_checked)
    if as_json:
        chain = {"number": head.number, "head": head.hash.hex()}
        answer = {"violations": [asdict(violation) for violation in found], "chain": chain}
        typer.echo(json.dumps(answer, ensure_ascii=False, indent=1))
    for violation in () if as_json else found:
        typer.echo(f"{violation.rule}: {violation.count} ({violation.says})")
        typer.echo("".join(f"  {each}\n" for each in violation.ids), nl=False)
    if not found:
        console.print(f"{len(RULES)} rules hold")
    raise typer.Exit(FOUND_WRONG if found else 0)


async def _sealed_and_checked() -> tuple[list[Violation], Head]:
    """Seals first what waits: of an instance that was stopped nobody else would, and its last acts grow old."""
    while sealed := await seal_acts():
        console.print(f"{sealed} acts had waited for their seal")
    head = await chain_head()
    return await violations(), head


@app.command()
def reindex() -> None:
    """검색 문서를 모두 새로 만듭니다. 그동안에도 검색은 됩니다. 끊기면 다시 불러 이어 갑니다."""
    with _one_clear_line():
        settings = _settings()
        with database_of(settings) as (url, _), bars() as progress:
            services = build_services(settings, sandbox=_nowhere(settings))
            asyncio.run(_on_database(url, lambda: _reindex(services, progress)))


async def _reindex(services: Services, progress: Callable[[str, int, int], None]) -> None:
    documents, server = "검색 문서", "Meilisearch"
    await reindex_all(lambda done, total: progress(documents, done, total), now=datetime.now(UTC))
    if services.meili:
        try:
            await rebuild_meili(lambda done, total: progress(server, done, total), services.meili)
        finally:
            await services.close()


@app.command()
def reconcile(
    day: Annotated[str, typer.Option(help="견줄 날 (YYYY-MM-DD)")],
    as_json: Annotated[bool, typer.Option("--json", help="기계가 읽게")] = False,
) -> None:
    """하루 동안 결제사에서 움직인 돈을 장부와 견줍니다. 다른 것이 있으면 1로 끝납니다."""
    with _one_clear_line():
        settings, wanted = _settings(), _day(day)
        with database_of(settings) as (url, cluster), sandbox_beside(settings, cluster, port=0) as sandbox:
            gateway = build_services(settings, sandbox=sandbox).gateway
            found = asyncio.run(
                _on_database(url, lambda: reconcile_day(wanted, gateway, now=datetime.now(UTC)))
            )
    if as_json:
        typer.echo(
            json.dumps({"day": day, "differences": [asdict(each) for each in found]}, ensure_ascii=False)
        )
    for each in () if as_json else found:
        typer.echo(each.sentence)
    if not found:
        console.print(f"{day}: the provider's account is ours")
    raise typer.Exit(FOUND_WRONG if found else 0)


@app.command()
def state(as_json: Annotated[bool, typer.Option("--json", help="기계가 읽게")] = False) -> None:
    """데이터베이스에 있는 그대로의 재고, 자리, 주문, 장부 합계."""
    with _one_clear_line():
        truth = _read(whole_state)
    if as_json:
        typer.echo(json.dumps(truth, ensure_ascii=False, default=str))
        return
    for name, rows in truth.items():
        typer.echo(f"{name} ({len(rows)})")
        for row in rows:
            typer.echo("  " + " ".join(f"{key}={value}" for key, value in row.items()))


@user.command("add")
def add_user(
    email: str,
    role: Annotated[Role, typer.Option(help="역할")],
    village: Annotated[str | None, typer.Option(help="마을 (마을 역할일 때)")] = None,
    name: Annotated[str, typer.Option(help="이름")] = "",
) -> None:
    """사람을 더하고, 한 번 쓰는 비밀번호를 알려 줍니다."""
    with _one_clear_line():
        settings = _settings()
        with database_of(settings) as (url, _):
            passwords = build_services(settings, sandbox=_nowhere(settings)).passwords
            password = asyncio.run(
                _on_database(url, lambda: invite(email, name, role, village, passwords=passwords))
            )
    typer.echo(f"{email} {role} {password}")


@app.command("migrations-check", hidden=True)
def migrations_check() -> None:
    """모델과 마이그레이션이 맞는지 봅니다 (데이터베이스 없이)."""
    missing = asyncio.run(missing_migrations())
    for line in missing:
        console.print(f"no migration carries: {line}")
    raise typer.Exit(FOUND_WRONG if missing else 0)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadSettings(f"{text!r} is not a day: write it as 2026-11-21") from None


def _read(what: Callable[[], Awaitable[R]]) -> R:
    """Read something from the database of this instance, whether it is running or not."""
    with database_of(_settings()) as (url, _):
        return asyncio.run(_on_database(url, what))


async def _on_database(url: str, act: Callable[[], Awaitable[R]]) -> R:
    async with open_database(url, connections=2):
        return await act()


def _settings(**given: object) -> Settings:
    """The settings; what a person gave on the command line wins over the environment."""
    settings = read_settings(given={name: str(value) for name, value in given.items() if value is not None})
    begin_logging(settings.log_level, settings.log_format)
    return settings


def _bring_up_to_date(url: str) -> None:
    for name in run_migrations(url):
        console.print(f"applied {name}")


def _nowhere(settings: Settings) -> SandboxAt | None:
    """Commands that take no payment need no payment page; development has no key."""
    return None if settings.stripe_secret_key or settings.is_production else NOWHERE


@contextmanager
def _one_clear_line() -> Iterator[None]:
    """What stands in the way is said in one line, without a traceback."""
    try:
        yield
    except (
        BadSettings,
        ClusterTrouble,
        SchemaTooNew,
        PortTaken,
        DemoRefused,
        Refused,
        GatewayTrouble,
        SearchDown,
    ) as trouble:
        console.print(str(trouble), style="bold red", markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(WRONG_USE) from None


if __name__ == "__main__":
    app()
