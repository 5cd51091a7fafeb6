"""What search may know of a listing."""

from market.finding.documents import MOST_WORDS, Offer, document
from market.finding.entries import tagged


def test_of_a_very_long_text_the_beginning_is_found_whatever_letters_its_words_have():
    told = [f"{number}번째" for number in range(2 * MOST_WORDS, 0, -1)]

    written = document(Offer(code="P1", name="꿀사과", village="내장산마을", description=" ".join(told)))

    assert {word for word in tagged(written) if word[0] == "t"} == {f"t{word}" for word in told[:MOST_WORDS]}
