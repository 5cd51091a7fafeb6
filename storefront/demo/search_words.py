"""What shoppers of the demo city looked for in vain, and the first word the city has said the meaning of. Invented."""

from datetime import date, datetime, timedelta

from market.finding.missed import MissedSearch
from market.finding.synonyms import Synonym

# Query, times, on how many days, the first and the last one days ago.
MISSED = (
    ("참다래", 23, 9, 40, 1),
    ("당근", 11, 6, 31, 2),
    ("캠핑장", 9, 5, 25, 3),
    ("오이지", 6, 4, 28, 6),
    ("낚시", 4, 3, 19, 4),
    ("녹두", 3, 3, 12, 5),
    ("guava", 1, 1, 8, 8),
)


async def load_search_words(*, officer: int, now: datetime, today: date) -> None:
    await MissedSearch.bulk_create(
        MissedSearch(
            query=query, times=times, days=days, first_on=today - timedelta(days=first),
            last_on=today - timedelta(days=last),
        )
        for query, times, days, first, last in MISSED
    )  # fmt: skip
    await Synonym.create(word="우리밀과자", means="한과", added_by=f"person {officer}", added_at=now)
