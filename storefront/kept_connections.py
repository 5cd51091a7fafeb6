"""Connections to the database that stay at hand between two statements.

asyncpg's pool looks over every connection that comes back in a task of its own, and sets a clock for it. That takes as
long as a short statement itself, and a page sends one after the other.
"""

import contextlib
from typing import Any, NoReturn

from asyncpg import InterfaceError
from asyncpg.pool import Pool
from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.base.client import PoolConnectionWrapper, TransactionContextPooled
from tortoise.connection import get_connections
from tortoise.exceptions import TransactionManagementError

AT_HAND = 4
"""More than these go back to the pool, which closes them when nobody has wanted them for a while."""
LOOKED_OVER = 1.0  # seconds; the pool ends a connection whose statement cannot be called off until then


class KeepingClient(AsyncpgDBClient):
    """Tortoise's client for asyncpg, whose last used connections are taken and put back without ado.

    Only one that did what it was asked lies at hand: after any trouble the pool looks it over, as it always did.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._at_hand: list[Any] = []
        self._waiting = 0
        self._room = AT_HAND

    def acquire_connection(self) -> "OneStatement":
        return OneStatement(self, self._pool_init_lock)

    def _in_transaction(self) -> "OneTransaction":
        return OneTransaction(TransactionWrapper(self), self._pool_init_lock)

    async def take(self, pool: Pool) -> Any:
        """The one used last; where none lies at hand, the pool's next."""
        while self._at_hand:
            if is_open(found := self._at_hand.pop()):
                return found
            await pool.release(found)
        self._waiting += 1
        try:
            return await pool.acquire()
        finally:
            self._waiting -= 1

    async def put_back(self, connection: Any, *, is_well: bool) -> None:
        # Who waits for one of the pool's is served by the pool alone.
        if is_well and not self._waiting and len(self._at_hand) < self._room:
            self._at_hand.append(connection)
        elif self._pool:
            with contextlib.suppress(TimeoutError):
                await self._pool.release(connection, timeout=LOOKED_OVER)

    async def _close(self) -> None:
        self._room = 0
        while self._pool and self._at_hand:
            await self._pool.release(self._at_hand.pop())
        await super()._close()


class OneStatement(PoolConnectionWrapper):
    """A connection for a statement. After an error, or broken off, it is looked over."""

    client: KeepingClient

    async def __aenter__(self) -> Any:
        await self.ensure_connection()
        assert self.client._pool
        self.connection = await self.client.take(self.client._pool)
        return self.connection

    async def __aexit__(self, kind: Any, error: Any, trace: Any) -> None:
        assert self.connection
        await self.client.put_back(self.connection, is_well=kind is None)


class OneTransaction(TransactionContextPooled):
    """A connection for a transaction. Unlike Tortoise's, it gives back also one that was broken off at its BEGIN."""

    client: TransactionWrapper

    async def __aenter__(self) -> TransactionWrapper:
        await self.ensure_connection()
        keeper = self._keeper
        assert keeper._pool
        connection: Any = await keeper.take(keeper._pool)
        self.client._connection = connection
        try:
            await self.client.begin()
        except BaseException:
            await keeper.put_back(connection, is_well=False)
            raise
        # From now on whatever this task asks goes through this transaction.
        self.token = get_connections().set(self.connection_name, self.client)
        return self.client

    async def __aexit__(self, kind: Any, error: Any, trace: Any) -> None:
        is_well = False
        try:
            if kind is None and not self.client._finalized:
                await self.client.commit()
            elif kind is not TransactionManagementError and not self.client._finalized:
                await self.client.rollback()
            is_well = kind is None
        finally:
            connection, self.client._connection = self.client._connection, ENDED
            try:
                get_connections().reset(self.token)
            finally:
                await self._keeper.put_back(connection, is_well=is_well)

    @property
    def _keeper(self) -> KeepingClient:
        parent = self.client._parent
        assert isinstance(parent, KeepingClient)
        return parent


class Ended:
    """Stands where a transaction's connection was: that one may be in somebody else's transaction by now."""

    def __getattr__(self, name: str) -> NoReturn:
        raise TransactionManagementError("This transaction has ended")


ENDED: Any = Ended()


def is_open(connection: Any) -> bool:
    """False for one that the server closed meanwhile; the pool has taken it back then."""
    try:
        return not connection.is_closed()
    except InterfaceError:
        return False


client_class = KeepingClient  # by this name Tortoise looks for it
