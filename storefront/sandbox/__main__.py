"""`python -m storefront.sandbox`: the sandbox as a process of its own, on loopback only."""

import socket
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer
import uvicorn

from storefront.sandbox.app import build_app

LOOPBACK = "127.0.0.1"
TEST_KEYS = ("sk_test_", "rk_test_")


def run(
    database_url: Annotated[str, typer.Option(envvar="SANDBOX_DATABASE_URL", help="A database of its own.")],
    webhook_url: Annotated[str, typer.Option(envvar="SANDBOX_WEBHOOK_URL", help="Where events are sent.")],
    webhook_secret: Annotated[str, typer.Option(envvar="SANDBOX_WEBHOOK_SECRET", help="Signs the events.")],
    port: Annotated[int, typer.Option(min=0, max=65535, help="0: any free port, printed.")] = 0,
    until_stdin_closes: Annotated[bool, typer.Option(help="Stop when whoever started it is gone.")] = False,
    stripe_secret_key: Annotated[str, typer.Option(envvar="STRIPE_SECRET_KEY", hidden=True)] = "",
    stripe_secret_key_file: Annotated[str, typer.Option(envvar="STRIPE_SECRET_KEY_FILE", hidden=True)] = "",
) -> None:
    """Serve the practice Stripe; the first line on stdout is its address, once it answers."""
    _refuse_live(stripe_secret_key or _read(stripe_secret_key_file))
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((LOOPBACK, port))
    except OSError as taken:
        raise SystemExit(f"port {port} cannot be used: {taken.strerror}") from taken
    origin = f"http://{LOOPBACK}:{listener.getsockname()[1]}"
    app = build_app(
        origin=origin, database_url=database_url, webhook_url=webhook_url, webhook_secret=webhook_secret
    )
    server = Announced(
        uvicorn.Config(
            app, log_level="warning", access_log=False, timeout_graceful_shutdown=2, server_header=False
        )
    )
    server.origin = origin
    if until_stdin_closes:
        threading.Thread(target=_stop_at_end_of_stdin, args=(server,), daemon=True).start()
    with suppress(KeyboardInterrupt):  # uvicorn has already stopped in order
        server.run(sockets=[listener])


class Announced(uvicorn.Server):
    """A server that says its address once it is ready."""

    origin = ""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if not self.should_exit:
            typer.echo(self.origin)
            sys.stdout.flush()


def _refuse_live(key: str) -> None:
    # Whatever is not plainly a test key is taken for one that moves money.
    if key and not key.startswith(TEST_KEYS):
        typer.echo("the payment sandbox refuses to run beside a live STRIPE_SECRET_KEY", err=True)
        raise typer.Exit(2)


def _read(path: str) -> str:
    return Path(path).read_text("utf-8").strip() if path else ""


def _stop_at_end_of_stdin(server: uvicorn.Server) -> None:
    sys.stdin.buffer.read()
    server.should_exit = True


if __name__ == "__main__":
    typer.run(run)
