"""What a city adds to the lexicon: found within seconds in every process, and never nonsense."""

import asyncio

import pytest

from market.finding.index import Wanted
from market.finding.lexicon import MOST_REACHED, SHIPPED
from market.finding.postgres_index import PostgresIndex
from market.finding.synonyms import MOST_OF_A_WORD, Synonym, add_synonym, withdraw_synonym
from market.finding.upkeep import index_changed_listings
from market.finding.vocabulary import Vocabulary
from tests.builders import NOW, goods
from villages.acts import Act
from villages.refusals import BadForm, NotFound

VOCABULARY = Vocabulary(frozenset({"키위", "감귤", "쌀"}), frozenset())


async def add(word: str, means: str, **more) -> None:
    await add_synonym(
        word, means, vocabulary=more.pop("vocabulary", VOCABULARY), by="person 1", now=NOW, **more
    )


async def pairs() -> list[tuple]:
    return await Synonym.all().order_by("id").values_list("word", "means")


async def found(index: PostgresIndex, query: str) -> list[str]:
    return [item.name for item in (await index.search(Wanted(query), now=NOW)).items]


async def test_every_process_goes_by_it_after_its_next_look(db):
    await goods("골드 키위 2kg")
    await index_changed_listings(NOW)
    here, elsewhere = PostgresIndex(), PostgresIndex()
    assert await found(elsewhere, "참다래") == []

    await add("참다래", "키위")
    for index in (here, elsewhere):
        index.look_again()

    assert await found(here, "참다래") == await found(elsewhere, "참다래") == ["골드 키위 2kg"]

    await withdraw_synonym((await Synonym.get()).id, by="person 1")
    elsewhere.look_again()
    assert await found(elsewhere, "참다래") == []


async def test_the_vocabulary_sees_synonyms_where_no_document_changed(db):
    index = PostgresIndex()
    before = await index.vocabulary()

    await add("참다래", "키위")
    index.look_again()
    after = await index.vocabulary()

    assert not before.knows("참다래") and after.knows("참다래")
    index.look_again()
    assert await index.vocabulary() is after


async def test_it_goes_one_way_unless_both_are_wanted(db):
    await add("참다래", "키위")
    await add("밀감", "감귤", both_ways=True)

    assert await pairs() == [("참다래", "키위"), ("밀감", "감귤"), ("감귤", "밀감")]
    assert await Act.filter(what="synonym added").count() == 3


def test_a_synonym_of_a_word_with_other_names_finds_those_too():
    lexicon = SHIPPED.with_synonyms([("부초", "부추"), ("부추", "부초")])

    assert {"부추", "정구지", "솔"} <= set(lexicon.also_called("부초"))
    assert lexicon.also_called("부추")[-1] == "부초" and "부초" not in lexicon.also_called("부초")
    assert not SHIPPED.knows("부초")


async def test_what_means_another_word_of_the_citys_finds_what_that_finds(db):
    await goods("양다래 1kg")
    await index_changed_listings(NOW)
    index = PostgresIndex()

    for word, means in (("키위", "양다래"), ("참다래", "키위"), ("다래", "참다래"), ("양다래", "다래")):
        await add(word, means, vocabulary=await index.vocabulary())
        index.look_again()

        assert await found(index, word) == ["양다래 1kg"]


def test_a_word_leads_to_few_others_however_long_the_chain_of_pairs():
    lexicon = SHIPPED.with_synonyms((f"말{number}", f"말{number + 1}") for number in range(1000))

    assert lexicon.also_called("말0") == tuple(f"말{number + 1}" for number in range(MOST_REACHED))


async def test_it_is_written_as_the_lexicon_writes(db):
    await add(" Golden  KIWI ", "키위")
    await add("말린 귤", "감귤")

    assert await pairs() == [("goldenkiwi", "키위"), ("말린귤", "감귤")]


async def test_words_with_a_space_are_found_with_it(db):
    await goods("무화과잼")
    await index_changed_listings(NOW)
    index = PostgresIndex()
    await add("꽃 없는 열매", "무화과잼", vocabulary=await index.vocabulary())
    index.look_again()

    assert await found(index, "꽃 없는 열매") == ["무화과잼"]


@pytest.mark.parametrize(
    ("word", "means", "field"),
    [
        ("", "키위", "word"), ("참다래", "", "means"), ("키위", "키 위", "word"), ("가" * 21, "키위", "word"),
        ("010 1234 5678", "키위", "word"), ("a@b.kr", "키위", "word"), ("ㄱㅇ", "키위", "word"), ("🥝", "키위", "word"),
        ("<b>", "키위", "word"), ("사고 싶어요", "키위", "word"), ("추천", "키위", "word"), ("참다래", "키이위", "means"),
        ("정구지", "부추", "word"),
    ],
)  # fmt: skip
async def test_nonsense_is_refused_with_a_sentence_for_its_field(db, word, means, field):
    with pytest.raises(BadForm) as refused:
        await add(word, means)

    assert list(refused.value.fields) == [field] and not await Synonym.exists()


async def test_what_everyone_knows_and_nobody_sells_is_no_meaning(db):
    with pytest.raises(BadForm) as refused:
        await add("빠나나", "바나나")

    assert "바나나" in refused.value.fields["means"]


async def test_the_same_twice_stands_once(db):
    await asyncio.gather(*(add("참다래", "키위") for _ in range(2)))

    assert await pairs() == [("참다래", "키위")]
    assert await Act.filter(what="synonym added").count() == 1


async def test_a_word_has_only_so_many_meanings_however_many_come_at_once(many):
    names = [f"감귤{letter}" for letter in "가나다라마바사아자차카타파"]
    vocabulary = Vocabulary(frozenset(names))

    ends = await asyncio.gather(
        *(add("밀감", name, vocabulary=vocabulary) for name in names), return_exceptions=True
    )

    assert sum(isinstance(end, BadForm) for end in ends) == len(names) - MOST_OF_A_WORD
    assert len(await pairs()) == MOST_OF_A_WORD


async def test_what_is_gone_cannot_be_taken_away(db):
    with pytest.raises(NotFound):
        await withdraw_synonym(7, by="person 1")
    assert not await Act.exists()
