"""The tables of the vocabulary: what is looked up in them is what a plain look through all words finds."""

import random

import pytest
from rapidfuzz.distance import Levenshtein

from market.finding.beginnings import Beginnings
from market.finding.compounds import Compounds, Pieces
from market.finding.hangul import compose, half_typed, jamo
from market.finding.holders import Holders
from market.finding.lexicon import SHIPPED, Lexicon
from market.finding.nearness import HEAD
from market.finding.rolls import Roll
from market.finding.spellings import ALIKE, Spellings, as_heard, error_cost
from market.finding.vocabulary import Vocabulary
from tests.market.finding.test_search_cases import VOCABULARY

WORDS = sorted(VOCABULARY.words, key=lambda word: (len(word), word))
SOME = WORDS[::7]


def slips(word: str, count: int, draw: random.Random) -> str:
    """With so many letters replaced, left out or put in."""
    letters = list(jamo(word))
    for _ in range(count):
        at = draw.randrange(len(letters))
        letters[at : at + 1] = draw.choice(
            [[], [draw.choice("ㄱㄴㄷㅏㅓㅗㅣ")], [letters[at], draw.choice("ㄱㅏㅁ")]]
        )
    return compose("".join(letters))


@pytest.mark.parametrize("letters", ["사과", "과", "김치", "체험", "없는말", "배추김치", "5", "a"])
def test_holders_find_what_a_look_through_all_words_finds(letters: str):
    holders = Holders(SOME) + Holders([word for word in WORDS if word not in SOME])
    ordered = [*SOME, *(word for word in WORDS if word not in SOME)]

    assert holders.holding(letters, 1000) == [word for word in ordered if letters in word]
    assert holders.beginning(letters, 1000) == [word for word in ordered if word.startswith(letters)]
    assert holders.ending(letters, 3) == [word for word in ordered if word.endswith(letters)][:3]


def test_a_roll_gives_each_line_once_and_knows_where_lines_begin_and_end():
    roll = Roll(["무", "배추", "무배추무"]) + Roll(["열무"])

    assert list(roll.holding("무", 10)) == ["무", "무배추무", "열무"]
    assert list(roll.holding("\n무", 10)) == ["무", "무배추무"]
    assert list(roll.holding("무\n", 2)) == ["무", "무배추무"]
    assert list(roll.holding("\n", 10)) == list(roll.holding("", 10)) == []
    assert list(Roll(()).holding("무", 10)) == []


def test_beginnings_give_the_best_first_and_each_thing_once():
    first = Beginnings(["고구마", "고추", "감자고구마"], lambda word: (word, word[2:]))
    both = first + Beginnings(["고"], lambda word: (word,))

    assert first.best("고", 10) == ["고구마", "고추", "감자고구마"]
    assert both.best("고", 10) == ["고구마", "고추", "감자고구마", "고"]
    assert both.best("고구", 1) == ["고구마"]
    assert both.best("", 10) == both.best("콩", 10) == []


def test_letters_that_are_taken_for_one_another_are_heard_as_one():
    assert all(len({as_heard(letter) for letter in letters}) == 1 for letters in ALIKE)
    assert len(as_heard("쌍화차")) == len(jamo("쌍화차"))


def test_a_misspelt_word_is_corrected_as_if_it_were_compared_with_every_word():
    draw, spellings = random.Random(4), Spellings(WORDS[::2]) + Spellings(WORDS[1::2])
    typed = [slips(draw.choice(WORDS), draw.randrange(4), draw) for _ in range(400)]

    def nearest(word: str) -> list[str]:
        letters = jamo(word)
        allowed = 0.5 if len(letters) <= 4 else 1.0 if len(letters) <= 10 else 2.0
        costs = {other: error_cost(letters, jamo(other)) for other in WORDS}
        least = min(costs.values())
        return (
            sorted(other for other in WORDS if costs[other] == least <= allowed) if len(letters) > 3 else []
        )

    found = {word: spellings.nearest(word) for word in typed}

    assert found == {word: nearest(word) for word in typed}
    assert sum(map(bool, found.values())) > 100


def test_alike_letters_count_half_and_more_than_two_wrong_ones_are_too_many():
    assert error_cost(jamo("베추"), jamo("배추")) == 0.5
    assert error_cost(jamo("배추"), jamo("배주")) == 0.5
    assert error_cost(jamo("배추"), jamo("매추")) == 1.0
    assert Levenshtein.distance(jamo("베주김지"), jamo("배추김치")) == 3
    assert error_cost(jamo("베주김지"), jamo("배추김치")) == float("inf")


def test_pieces_are_beginnings_and_ends_of_words_that_are_no_runs():
    pieces = Pieces(["대추방울토마토", "햇볕에말린태양초고춧가루"]) + Pieces(["복분자원액"])

    assert all(piece in pieces for piece in ("대추", "토마토", "복분자", "원액", "분자원액"))
    assert not any(piece in pieces for piece in ("방울", "태양", "햇볕", "고춧가루", "대", "액"))
    assert pieces.has_end("원액") and not pieces.has_end("복분")


def test_a_compound_is_cut_into_as_few_known_words_as_can_be():
    compounds = Compounds.of(frozenset({"복분자", "원액", "복분자원액"}), frozenset({"정읍"}), Lexicon({}))

    assert compounds.split("정읍복분자원액") == ["정읍", "복분자원액"]
    assert compounds.split("정읍노트북") is None
    assert compounds.split("정읍" * 16) is None


def test_a_syllable_is_met_by_names_of_its_kind_and_not_by_how_categories_and_texts_end():
    vocabulary = Vocabulary.tagged(
        {"채소": "c", "건취나물": "n", "크게": "t", "게": "t", "절임배추": "n", "여주환": "n", "다발무": "n", "자색양파": "n", "쪽파": "n"}
    )  # fmt: skip

    assert [vocabulary.expand(word) for word in ("소", "물", "게", "추")] == [()] * 4
    assert [near.word for word in ("환", "무") for near in vocabulary.expand(word)] == ["여주환", "다발무"]
    assert [near.word for near in vocabulary.expand("파") if near.closeness == HEAD] == ["쪽파"]
    assert vocabulary.knows("환") and not any(map(vocabulary.knows, "소물추"))


def everything(vocabulary: Vocabulary, words: list[str]) -> list:
    return [
        (
            vocabulary.knows(word), vocabulary.expand(word), vocabulary.with_other_names(word), vocabulary.split(word),
            vocabulary.known_end(word), vocabulary.misspelt(word), set(vocabulary.half_typed(word)),
            set(vocabulary.beginning(word, 1000)),
        )
        for word in words
    ]  # fmt: skip


def test_words_added_later_are_known_as_if_they_had_been_there_from_the_beginning():
    draw = random.Random(5)
    places = {word: "n" if word in VOCABULARY.names else "t" for word in WORDS}
    few = dict.fromkeys(WORDS[::3], "t") | {word: places[word] for word in WORDS[1::3]}
    asked = [slips(draw.choice(WORDS), draw.randrange(2), draw) for _ in range(60)] + draw.sample(WORDS, 60)

    grown = Vocabulary.tagged(few).with_words(places)

    assert everything(grown, asked) == everything(Vocabulary.tagged(few | places), asked)
    assert grown.with_words(places) is grown


def test_another_lexicon_changes_what_a_word_is_called_and_nothing_else():
    other = VOCABULARY.with_lexicon(SHIPPED.with_synonyms([("참다래", "블루베리")]))

    assert other.knows("참다래") and not VOCABULARY.knows("참다래")
    assert other.misspelt("참다레") == ["참다래"] and VOCABULARY.misspelt("참다레") == []
    assert other.expand("사과") == VOCABULARY.expand("사과")


def test_the_commonest_word_that_begins_so_comes_first_and_the_whole_one_before_it():
    vocabulary = Vocabulary.tagged({"사과즙": "n", "사과": "n", "사과잼": "n", "사과밭": "t"})

    assert vocabulary.beginning("사과", 2) == ["사과", "사과즙"]
    assert vocabulary.beginning("삭", 9) == ["사과즙", "사과", "사과잼"]
    assert vocabulary.beginning("ㅅㄱ", 2) == ["사과", "사과즙"]
    assert half_typed("사과").startswith(half_typed("삭"))
