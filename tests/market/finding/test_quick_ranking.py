"""The quick ranking gives what the plain one gives."""

import pytest

from market.finding.documents import Offer, document
from market.finding.quick_ranking import Standing, rank_quickly
from market.finding.ranking import rank
from market.finding.understanding import attempts
from market.finding.vocabulary import Vocabulary
from tests.market.finding.scoring import CASES, cases_of, rows_of

DOCUMENTS = [
    document(Offer(row["id"], row["name"], row["village"], row["category"], row["unit"], row["origin"]))
    for row in rows_of("demo_catalogue.csv")
]
STANDINGS = [Standing.of(each) for each in DOCUMENTS]
VOCABULARY = Vocabulary.of(DOCUMENTS)


@pytest.mark.parametrize("query", [case.query for which in CASES for case in cases_of(which)])
def test_same_hits_in_the_same_order_with_the_same_scores(query: str):
    plain = rank(attempts(query, VOCABULARY), DOCUMENTS)

    quick = rank_quickly(attempts(query, VOCABULARY), STANDINGS)

    assert [hit.code for hit in quick] == [hit.code for hit in plain]
    assert [hit.score for hit in quick] == pytest.approx([hit.score for hit in plain])
    assert [hit.reads_as for hit in quick] == [hit.reads_as for hit in plain]
