"""How many answers one address gets in a minute."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from starlette.requests import Request

from storefront.pace import Allowed, keep_pace
from tests.site import test_services
from villages.refusals import TooMany

READS, WRITES = Allowed("reads", 2), Allowed("writes", 2)


def test_each_thing_and_each_address_has_its_own_count(tmp_path: Path):
    shop = SimpleNamespace(
        state=SimpleNamespace(services=test_services(tmp_path, RATE_LIMITS="on"), paces={})
    )
    here, there = [
        Request({"type": "http", "headers": [], "client": (address, 1), "app": shop})
        for address in ("10.0.0.1", "10.0.0.2")
    ]

    for allowed in (READS, WRITES):
        for _ in range(2):
            keep_pace(here, allowed)

    with pytest.raises(TooMany):
        keep_pace(here, READS)
    keep_pace(there, READS)
