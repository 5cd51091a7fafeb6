"""The least a page can cost here: bare Starlette, the same statements, no template; and an order in one request.

`python -m tests.bench.reference FILE PORT` serves what the bench recorded. The address of the database stands in
REFERENCE_DATABASE_URL.
"""

import os
import pickle
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from html import escape
from pathlib import Path

import asyncpg
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from storefront.listening import listeners
from storefront.serving import Household
from tests.bench import processes
from tests.bench.shop import ROOT, WEB_PROCESSES, environment, free_port
from tests.bench.statements import Statement
from tests.bench.wire import HOST

Recorded = dict[str, list[list[Statement]]]
"""Page (W1, W2, B1) → the statements of some of its addresses."""

TABLES = """
CREATE SCHEMA reference;
CREATE TABLE reference.shelves (id int PRIMARY KEY, price int NOT NULL, on_hand int NOT NULL, reserved int NOT NULL DEFAULT 0,
    CHECK (reserved <= on_hand));
CREATE TABLE reference.orders (id bigserial PRIMARY KEY, buyer text NOT NULL, address text NOT NULL, total int NOT NULL);
CREATE TABLE reference.lines (order_id bigint NOT NULL REFERENCES reference.orders, shelf_id int NOT NULL, price int NOT NULL);
CREATE INDEX ON reference.lines (order_id);
INSERT INTO reference.shelves SELECT n, n, 100000 FROM generate_series(1, 10000) n;
"""


@contextmanager
def running_reference(
    recorded: Recorded, database_url: str, folder: Path, postmaster: int
) -> Iterator[tuple[int, processes.Household]]:
    """(port, its processes): as many web processes as the shop has, on the same database."""
    file, port = folder / "recorded.pickle", free_port()
    file.write_bytes(pickle.dumps(recorded))
    command = [sys.executable, "-m", "tests.bench.reference", str(file), str(port)]
    parent = subprocess.Popen(command, cwd=ROOT, env=environment(folder, REFERENCE_DATABASE_URL=database_url))
    try:
        _wait_until_open(parent, port)
        yield port, processes.Household(tuple(processes.children_of(parent.pid)), postmaster)
    finally:
        parent.terminate()
        parent.wait(15)


def _wait_until_open(parent: "subprocess.Popen[bytes]", port: int) -> None:
    for _ in range(200):
        with socket.socket() as door:
            if door.connect_ex((HOST, port)) == 0 and len(processes.children_of(parent.pid)) == WEB_PROCESSES:
                return
        time.sleep(0.05)
    raise RuntimeError("the reference page did not start")


def _serve(recorded: Recorded, database_url: str, listener: socket.socket) -> None:
    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with asyncpg.create_pool(
            database_url.replace("asyncpg://", "postgresql://", 1), min_size=1, max_size=8
        ) as app.state.pool:
            yield

    async def page(request: Request) -> Response:
        addresses = recorded[request.path_params["page"]]
        async with request.app.state.pool.acquire() as connection:
            found = [
                await connection.fetch(query, *values)
                for query, values in addresses[request.path_params["number"] % len(addresses)]
            ]
        items = "".join(f"<li>{escape(str(row[0]))}</li>" for rows in found for row in rows)
        return HTMLResponse(f"<!doctype html><title>bare</title><ul>{items}</ul>")

    routes = [Route("/order", _order, methods=["POST"]), Route("/{page}/{number:int}", page)]
    app = Starlette(routes=routes, lifespan=lifespan)
    config = uvicorn.Config(
        app, loop="uvloop", http="httptools", ws="none", access_log=False, log_config=None
    )
    uvicorn.Server(config).run(sockets=[listener])


async def _order(request: Request) -> Response:
    """Three goods: taken with a guard, priced, written, all in one transaction."""
    async with request.form() as form:
        wanted = sorted(int(str(value)) for value in form.getlist("shelf"))
        buyer, address = str(form["buyer"]), str(form["address"])
    async with request.app.state.pool.acquire() as connection, connection.transaction():
        prices = [await connection.fetchval(TAKE, shelf) for shelf in wanted]
        if None in prices:
            return HTMLResponse("sold out", 409)
        order = await connection.fetchval(WRITE_ORDER, buyer, address, sum(prices))
        await connection.execute(WRITE_LINES, order, wanted, prices)
    return HTMLResponse(f"<!doctype html><title>bare</title>{order}")


TAKE = "UPDATE reference.shelves SET reserved = reserved + 1 WHERE id = $1 AND on_hand > reserved RETURNING price"
WRITE_ORDER = "INSERT INTO reference.orders (buyer, address, total) VALUES ($1, $2, $3) RETURNING id"
WRITE_LINES = "INSERT INTO reference.lines SELECT $1, * FROM unnest($2::int[], $3::int[])"


def main(file: str, port: str) -> None:
    recorded: Recorded = pickle.loads(Path(file).read_bytes())
    doors = listeners(HOST, int(port), count=WEB_PROCESSES)
    database_url = os.environ["REFERENCE_DATABASE_URL"]
    Household(
        {f"web {number}": partial(_serve, recorded, database_url, door) for number, door in enumerate(doors)}
    ).run()


if __name__ == "__main__":
    main(*sys.argv[1:])
