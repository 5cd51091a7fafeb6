"""Search by whole sets of documents finds what `ranking.rank` finds one by one, in the same order."""

import random

import pytest

from market.bits import bits_of, number_of
from market.finding.documents import Offer, SearchDocument, document
from market.finding.entries import Entry, Findable, write_entries
from market.finding.hits import Hits
from market.finding.kept_postings import KeptPostings
from market.finding.postgres_index import PostgresIndex, found_by
from market.finding.questions import Question
from market.finding.ranking import rank
from market.finding.understanding import attempts
from tests.builders import a_listing, a_village
from villages.listings import Kind, Listing
from villages.village import Village

THINGS = (
    "사과",
    "꿀사과",
    "사과즙",
    "배",
    "신고배",
    "배추",
    "무",
    "다발무",
    "고구마",
    "호박고구마",
    "감자",
    "곶감",
    "반건시",
    "들기름",
)
HOW = ("햇", "유기농", "못난이", "할머니", "산골", "꿀", "선물용", "알뜰", "사과", "배")
PACKS = ("1kg", "5kg", "10kg 30구", "선물세트", "", "")
TEXTS = (
    "사과와 배를 담은 상자",
    "가을에 거둔 고구마",
    "겨울에 먹는 무와 배추",
    "곶감 말리는 마을",
    "감자를 쪄서 먹는",
    "",
)
QUERIES = (
    "사과", "배", "무", "꿀", "고구마", "사과 배", "유기농 사과 5kg", "못난이 감자 10kg", "산골 꿀사과", "사과즙 사고 싶어요", "ㅅㄱ", "ㄱㄱㅁ", "tkrhk",
    "꽂감", "고구미", "호박거구마", "사ㄱ", "엄마 드릴 곶감", "국산 소고기", "할머니 손맛 배추 무", "과일", "채소 30구", "들기름마을", "한국", "없는것",
    "배추 무 고구마", "무농약 곶감 들기름", "유기농 배 감자 5kg", "산골마을 곶감 배추", "감 선물세트",
)  # fmt: skip


async def a_market(dice: random.Random, listings: list[Listing]) -> list[SearchDocument]:
    """Documents as they are written: their codes sort as their numbers do."""
    documents, entries = [], []
    for listing in listings:
        what = dice.choice(THINGS)
        offer = Offer(
            code=f"{number_of(listing.id):09}",
            name=" ".join(filter(None, (dice.choice(HOW), what, dice.choice(PACKS)))),
            village=dice.choice(("산골마을", "들기름마을")),
            category=dice.choice(("과일", "채소", "")),
            origin=dice.choice(("한국", "정읍")),
            certificates=dice.choice(((), ("유기농산물",), ("무농약", "GAP"))),
            description=dice.choice(TEXTS),
        )
        documents.append(document(offer))
        entries.append(
            Entry(
                Findable.goods, listing.village_id, documents[-1], listing.slug, offer.name, 1, 1, listing.id
            )
        )
    await write_entries(entries)
    return documents


async def listings_of(village: Village, count: int) -> list[Listing]:
    return [await a_listing(f"{number}번", village=village, kind=Kind.goods) for number in range(count)]


def in_order(hits: Hits) -> list[str]:
    return [f"{number:09}" for number in hits.best(hits.bits, 1000, before=hits.bits)]


@pytest.mark.parametrize("seed", range(3))
async def test_same_hits_in_the_same_order_also_after_documents_changed(db, seed: int):
    dice = random.Random(seed)
    index, postings = PostgresIndex(), KeptPostings()
    listings = await listings_of(await a_village(), 30)
    on_sale = bits_of([number_of(each.id) for each in listings])
    documents = {each.code: each for each in await a_market(dice, listings)}

    for changed in ([], dice.sample(listings, 9)):
        documents |= {each.code: each for each in await a_market(dice, changed)}
        index.look_again()
        postings.look_again()
        vocabulary = await index.vocabulary()
        await postings.look(vocabulary)

        for query in QUERIES:
            for exact in (False, True):
                plain = rank(
                    (each for each in attempts(query, vocabulary) if not (exact and each.is_guess)),
                    list(documents.values()),
                )
                hits = await found_by(Question(query, vocabulary), postings, on_sale, exact=exact)

                assert in_order(hits) == [hit.code for hit in plain], query
                assert hits.corrected == (plain[0].reads_as if plain else None), query
