"""Settings of Meilisearch are sent when they differ in what we say, and not for the order of a list."""

import copy
import re

import pytest

from market.finding.meili.settings import SERVING, SETTINGS, differing
from tests.meili_stand_in.contract import contract
from tests.meili_stand_in.settings import DEFAULTS, check_settings


def test_a_new_index_needs_all_that_is_not_usual():
    assert differing(DEFAULTS).keys() == SETTINGS.keys() - {"pagination"}


def test_what_is_there_in_another_order_with_more_parts_is_as_wanted():
    there = copy.deepcopy(DEFAULTS) | copy.deepcopy(SETTINGS)
    there["typoTolerance"] = DEFAULTS["typoTolerance"] | {"enabled": False}
    there["synonyms"] = {word: others[::-1] for word, others in reversed(there["synonyms"].items())}
    rule = there["filterableAttributes"][0]
    there["filterableAttributes"] = [dict(reversed(rule.items()))]

    assert differing(there) == {}


@pytest.mark.parametrize("name", SETTINGS)
def test_each_setting_that_differs_is_sent_whole_and_alone(name: str):
    there = copy.deepcopy(DEFAULTS) | copy.deepcopy(SETTINGS) | {name: None}

    assert differing(there) == {name: SETTINGS[name]}


def test_the_order_of_searched_fields_and_of_rules_counts():
    turned = {name: list(reversed(SETTINGS[name])) for name in ("searchableAttributes", "rankingRules")}

    assert differing(SETTINGS | turned).keys() == turned.keys()


def test_our_settings_and_names_are_such_as_meilisearch_takes():
    known = contract()["components"]["schemas"]["Settings_Unchecked"]["properties"]

    check_settings(SETTINGS)
    assert SETTINGS.keys() <= known.keys()
    assert DEFAULTS.keys() == known.keys()
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,400}", SERVING)
