"""The demo catalogue as listings on sale."""

from datetime import date

from tests.builders import a_listing, a_village
from tests.market.finding.scoring import rows_of
from villages.listings import Certificate, Kind, Variant
from villages.village import Village

AFTER_ALL = date(2100, 1, 1)  # certificates that do not end while somebody looks


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
                listing=listing, kind=row["certification"], number="1", ends_on=AFTER_ALL
            )
