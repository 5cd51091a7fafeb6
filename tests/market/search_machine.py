"""The state machine, searched anew for some minutes. Its name keeps it out of `make test`; `make races` runs it.

Every few examples have a seed of their own. What breaks prints its seed and the shortest way there;
`--search-seed` with that number goes the same way at once.
"""

import time

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import invariant, run_state_machine_as_test

from tests.database import ResettableDatabase
from tests.market.settled_machine import SettledMarket as Market

EXAMPLES, STEPS = 5, 40
SEARCH = settings(
    max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, database=None,
    phases=[Phase.generate, Phase.shrink], suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)  # fmt: skip


def test_whatever_else_may_happen(
    database_of_this_process: ResettableDatabase, search_minutes: float, search_seed: int, record_property
):
    class Counted(Market):
        url = database_of_this_process.url
        examples = steps = 0

        @invariant()
        def holds(self) -> None:
            Counted.steps += 1
            super().holds()

        def teardown(self) -> None:
            Counted.examples += 1
            super().teardown()
            database_of_this_process.reset()

    ends, next_seed, broken = time.monotonic() + search_minutes * 60, search_seed, ""
    try:
        while time.monotonic() < ends:
            run_state_machine_as_test(seed(next_seed)(Counted), settings=SEARCH)
            next_seed += 1
    except BaseException as found:
        broken = f"BROKEN at seed {next_seed}: {type(found).__name__}"
        raise
    finally:
        record_property(
            "search",
            f"{Counted.examples:,} examples, {Counted.steps:,} steps, seeds {search_seed} to {next_seed}: "
            + (broken or "no rule broken"),
        )
