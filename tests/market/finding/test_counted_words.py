"""The words of all listings, counted by the worker and kept by every process."""

import asyncio
from datetime import timedelta

import pytest
from tortoise import connections

from market.finding.counted_words import COUNT_EVERY, CountedWords, count_words, tags_of_words
from market.finding.index import Wanted
from market.finding.kept_vocabulary import MOST_WRITTEN, KeptVocabulary
from market.finding.postgres_index import PostgresIndex
from market.finding.upkeep import index_changed_listings
from storefront.db import WEB_SETTINGS, open_database
from tests.builders import NOW, a_village, goods
from tests.meeting import watching
from villages.listings import Publication


async def on_sale(name: str) -> int:
    listing_id = (await goods(name)).listing_id
    await everything_indexed()
    return listing_id


async def everything_indexed() -> None:
    while await index_changed_listings(NOW):
        pass


async def whatever_was_begun() -> None:
    await asyncio.gather(*asyncio.all_tasks() - {asyncio.current_task()})


async def test_what_the_worker_counted_is_what_a_process_would_count_itself(db: str):
    await on_sale("꿀사과 5kg")
    itself = await tags_of_words()

    assert await count_words(NOW) == 1

    assert await tags_of_words() == itself
    assert {"꿀사과": "n"}.items() <= itself[0].items() and "g5000" not in itself[0]


async def test_the_commonest_word_is_the_first(db: str):
    for name in ("황토 감자", "꿀 사과", "햇 사과"):
        await on_sale(name)

    words = list((await tags_of_words())[0])

    assert words.index("사과") < words.index("감자")


async def test_words_are_counted_again_after_ten_minutes_and_only_where_a_document_changed(db: str):
    assert await count_words(NOW) == 0
    await on_sale("꿀사과")
    assert await count_words(NOW) == 1

    await on_sale("고구마")
    assert await count_words(NOW + COUNT_EVERY - timedelta(seconds=1)) == 0
    assert await count_words(NOW + COUNT_EVERY) == 1
    assert await count_words(NOW + 2 * COUNT_EVERY) == 0
    assert "고구마" in (await CountedWords.get()).words


async def test_an_earlier_count_does_not_take_the_place_of_a_later_one(db: str):
    await on_sale("꿀사과")
    await count_words(NOW)
    await on_sale("고구마")

    await count_words(NOW - timedelta(hours=1))

    assert (await CountedWords.get()).counted_at == NOW


async def test_what_was_written_after_the_count_is_found_too(db: str):
    await on_sale("꿀사과")
    await count_words(NOW)
    await on_sale("고구마")

    found = await PostgresIndex().search(Wanted("고구마"), now=NOW)

    assert [item.name for item in found.items] == ["고구마"]


@pytest.mark.parametrize("is_counted", [True, False])
async def test_a_vocabulary_built_anew_has_new_words_and_no_withdrawn_ones(db: str, is_counted: bool):
    apples = await on_sale("꿀사과")
    kept = KeptVocabulary()
    before = await kept.now()
    await Publication.filter(listing_id=apples).delete()
    await on_sale("고구마")
    if is_counted:
        await count_words(NOW)

    await kept.build()
    after = await kept.now()

    assert before.knows("꿀사과") and not before.is_name("황토")
    assert after.is_name("고구마") and "꿀사과" not in after.words


async def test_of_more_new_words_than_memory_has_room_for_the_newest_are_known(db: str):
    await on_sale("꿀사과")
    room = len((await tags_of_words())[0]) + 2
    kept = KeptVocabulary(most_known=room)
    await kept.now()

    for name in ("고구마", "감자", "옥수수"):
        await on_sale(name)
    kept.look_again()
    known = (await kept.now()).words

    assert len(known) == room and "옥수수" in known and "고구마" not in known


async def test_of_very_many_new_documents_the_newest_ones_words_are_known_at_once_and_all_after_the_next_build(
    db: str,
):
    kept = KeptVocabulary()
    await kept.now()
    await connections.get("default").execute_query(
        MANY_DOCUMENTS, [(await a_village()).id, MOST_WRITTEN, "오래된말", "새말"]
    )
    kept.look_again()

    assert {"오래된말", "새말"} & (await kept.now()).words == {"새말"}

    await kept.build()
    assert {"오래된말", "새말"} <= (await kept.now()).words


async def test_a_build_from_an_old_count_forgets_nothing_that_was_written_since(db: str):
    await on_sale("꿀사과")
    await count_words(NOW)
    kept = KeptVocabulary()
    await on_sale("고구마")
    assert "고구마" in (await kept.now()).words
    await connections.get("default").execute_query(
        MANY_DOCUMENTS, [(await a_village()).id, MOST_WRITTEN, "오래된말", "새말"]
    )

    await kept.build()

    assert "고구마" in (await kept.now()).words


async def test_what_a_build_has_read_is_not_read_again(db: str, queries: list[str]):
    await on_sale("꿀사과")
    kept = KeptVocabulary()
    await kept.now()
    await on_sale("고구마")
    await kept.build()
    queries.clear()

    kept.look_again()
    assert "고구마" in (await kept.now()).words

    assert len(queries) == 1  # what is the newest


async def test_words_withdrawn_before_the_last_count_go_though_nothing_more_is_written(db: str):
    apples = await on_sale("꿀사과")
    await count_words(NOW)
    kept = KeptVocabulary(build_every=0.0)
    await kept.now()
    await Publication.filter(listing_id=apples).delete()
    await on_sale("고구마")
    kept.look_again()
    await kept.now()
    await whatever_was_begun()
    assert "꿀사과" in (await kept.now()).words

    await count_words(NOW + COUNT_EVERY)
    kept.look_again()
    await kept.now()
    await whatever_was_begun()

    assert "꿀사과" not in (await kept.now()).words


async def test_while_new_words_cannot_be_read_in_time_the_old_ones_are_in_use(audited_url: str):
    async with (
        open_database(audited_url, timeouts=WEB_SETTINGS | {"lock_timeout": "50"}),
        watching(audited_url) as other,
    ):
        await on_sale("꿀사과")
        await count_words(NOW)
        await on_sale("고구마")
        kept = KeptVocabulary()

        async with other.transaction():
            await other.execute("LOCK TABLE search_words")
            assert {"꿀사과", "고구마"} & (await kept.now()).words == {"꿀사과"}
        kept.look_again()

        assert "고구마" in (await kept.now()).words


# The first is the oldest.
MANY_DOCUMENTS = """
WITH written AS (
    INSERT INTO search_documents (key, kind, village_id, code, slug, name, category, version, village_version, updated_at)
    SELECT 'X' || place, 'goods', $1, '', '', '', '', 1, 1, now() + place * interval '1 ms'
    FROM generate_series(0, $2::int) place RETURNING id, key
)
INSERT INTO search_words (entry_id, subject, letters, words)
SELECT id, id, 3, array_to_tsvector(ARRAY['n' || CASE key WHEN 'X0' THEN $3::text ELSE $4::text END]) FROM written
"""
