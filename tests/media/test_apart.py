"""Children for what is heavy or a stranger's: how they die is known, and what strangers wrote is not."""

import logging

from media.apart import ask_child


async def test_how_a_child_of_ours_died_is_logged_with_its_last_words(caplog):
    with caplog.at_level(logging.WARNING, "jangnal.apart"):
        assert await ask_child("market.sheets", b"{}", is_ours=True) == b""

    (facts,) = [record.facts for record in caplog.records]
    assert (facts["module"], facts["status"]) == ("market.sheets", 1)
    assert facts["said"].endswith("KeyError: 'sheets'\n")


async def test_of_a_strangers_child_only_its_death_is_logged(caplog):
    with caplog.at_level(logging.WARNING, "jangnal.apart"):
        assert await ask_child("market.sheets", b"{}") == b""

    assert [record.facts for record in caplog.records] == [
        {"module": "market.sheets", "status": 1, "said": ""}
    ]
