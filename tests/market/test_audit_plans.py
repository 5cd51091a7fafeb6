"""How PostgreSQL goes about the auditor's rules where it knows nothing of its tables, as after a restore."""

import json
from collections.abc import Iterator
from typing import Any

from tortoise import connections
from tortoise.transactions import in_transaction

from market.audit import RULES, SETTINGS

ONE_ROW = "Limit"  # a look-up by an index that ends at the first row


async def test_no_rule_walks_one_table_for_each_row_of_another(db):
    assert await rules_with_walks(SETTINGS) == set()


async def test_control_without_the_auditors_settings_many_do(db):
    assert "nothing-due-is-left-out" in await rules_with_walks(())


async def rules_with_walks(settings: tuple[str, ...]) -> set[str]:
    await connections.get("default").execute_query("DELETE FROM pg_statistic")
    async with in_transaction() as db:
        for setting in settings:
            await db.execute_query(f"SET LOCAL {setting}")
        found = set()
        for rule in RULES:
            explained = await db.execute_query_dict(f"EXPLAIN (FORMAT JSON) {rule.finds}")
            plan = explained[0]["QUERY PLAN"]
            if any(is_walk(node) for node in nodes_of(json.loads(plan)[0]["Plan"])):
                found.add(rule.name)
        return found


def nodes_of(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for below in node.get("Plans", ()):
        yield from nodes_of(below)


def is_walk(node: dict[str, Any]) -> bool:
    return node["Node Type"] == "Nested Loop" and node["Plans"][1]["Node Type"] != ONE_ROW
