"""The demo catalogue and the measured queries, as plain rows and as listings on sale."""

import csv
from collections import defaultdict
from collections.abc import Awaitable, Callable
from pathlib import Path

from tests.builders import NOW, a_listing, a_village
from villages.listings import Certificate, Kind, Variant
from villages.village import Village

DATA = Path(__file__).parents[2] / "data"


def rows_of(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


async def the_catalogue_on_sale() -> None:
    villages: dict[str, Village] = {}
    for row in rows_of("demo_catalogue.csv"):
        if row["village"] not in villages:
            villages[row["village"]] = await a_village(row["village"])
        listing = await a_listing(
            row["name"], village=villages[row["village"]], kind=Kind(row["kind"]), category=row["category"],
            code=row["id"], origin=row["origin"], summary=row["description"],
        )  # fmt: skip
        await Variant.create(listing=listing, name=row["unit"], price=int(row["price_krw"]))
        if row["certification"]:
            await Certificate.create(
                listing=listing, kind=row["certification"], number="1", ends_on=NOW.date()
            )


async def pass_rates(found: Callable[[str], Awaitable[list[str]]]) -> dict[str, float]:
    """By category of the measured queries; `found` gives codes in order."""
    results: dict[str, list[bool]] = defaultdict(list)
    for case in rows_of("search_cases.csv"):
        results[case["category"]].append(_passes(case, await found(case["query"])))
    return {category: sum(passed) / len(passed) for category, passed in results.items()}


def _passes(case: dict[str, str], codes: list[str]) -> bool:
    if case["category"] == "no_result":
        return not codes
    wanted = case["expect_all"].split()
    if not set(wanted) <= set(codes[: int(case["within_top_n"])]):
        return False
    worst = max(codes.index(code) for code in wanted)
    return all(code not in codes[:worst] for code in case["must_not_rank_above"].split())
