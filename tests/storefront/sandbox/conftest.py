"""One sandbox for all its tests; the shop's key and the buyer's browser, ready to use."""

from collections.abc import Iterator

import httpx
import pytest

from storefront.cluster import Cluster
from tests.database import cloned_database
from tests.sandbox_process import Sandbox, running_sandbox


@pytest.fixture(scope="session")
def sandbox(cluster: Cluster, worker_id: str) -> Iterator[Sandbox]:
    with (
        cloned_database(cluster, f"sandbox_{worker_id}", template="template1") as url,
        running_sandbox(url) as running,
    ):
        yield running


@pytest.fixture
def api(sandbox: Sandbox) -> Iterator[httpx.Client]:
    with sandbox.api() as client:
        yield client


@pytest.fixture
def buyer(sandbox: Sandbox) -> Iterator[httpx.Client]:
    with sandbox.buyer() as client:
        yield client
