"""Deadlocks and serialization failures are nobody's fault: the same transaction is tried again, three times at most."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from asyncpg.exceptions import DeadlockDetectedError, SerializationError

P = ParamSpec("P")
R = TypeVar("R")

TRIES = 3


def retried(act: Callable[P, Awaitable[R]]) -> Callable[P, Awaitable[R]]:
    """For use cases that own their transaction and may be called twice."""

    @wraps(act)
    async def again(*args: P.args, **kwargs: P.kwargs) -> R:
        for left in range(TRIES, 0, -1):
            try:
                return await act(*args, **kwargs)
            except (DeadlockDetectedError, SerializationError):
                if left == 1:
                    raise
                await asyncio.sleep(random.uniform(0.005, 0.03))  # noqa: S311  so that the two do not meet again
        raise AssertionError("unreachable")

    return again
