"""What a city adds to the lexicon: a word people type, and the word of the listings that is meant by it.

A row goes one way: 참다래 finds 키위, and 키위 does not find 참다래. Usually that is what is wanted, because people's
words are not in the listings; where both are, the other way is a second row, taken away by itself.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from tortoise import connections, fields
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model
from tortoise.transactions import in_transaction

from market.finding.hangul import normalise
from market.finding.sentences import FILLER, tokens
from market.finding.vocabulary import Vocabulary
from villages.acts import record_act
from villages.refusals import BadForm, NotFound

LONGEST = 20  # signs of a word, without its spaces
MOST_OF_A_WORD = 10
MOST = 1000  # of a city: every process keeps them in memory
# Hangul, Latin, Chinese characters, kana; no figures, which could be somebody's number.
WORD = re.compile(r"[가-힣a-zぁ-ヿ一-鿿]+")


class Synonym(Model):
    """Who looks for `word` also finds what `means` finds. Taken away, the row is gone: its acts remain."""

    id = fields.BigIntField(primary_key=True)
    word = fields.CharField(max_length=LONGEST)
    means = fields.CharField(max_length=LONGEST)
    added_by = fields.CharField(max_length=40)
    added_at = fields.DatetimeField()

    class Meta:
        table = "synonyms"
        unique_together = (("word", "means"),)
        constraints = (
            CheckConstraint(
                check="word <> means AND word <> '' AND means <> ''", name="synonyms_say_something"
            ),
        )


@dataclass(frozen=True)
class CitySynonym:
    """`name` is whoever added it, as she is called today."""

    id: int
    word: str
    means: str
    added_by: str
    added_at: datetime
    name: str


async def city_synonyms() -> list[CitySynonym]:
    """All of them, by the word."""
    return [CitySynonym(**row) for row in await connections.get("default").execute_query_dict(ALL)]


async def add_synonym(
    word: str, means: str, *, both_ways: bool = False, vocabulary: Vocabulary, by: str, now: datetime
) -> None:
    """From now on `word` also finds what `means` finds; what was there already is left as it is.

    Raises `BadForm` with a sentence for the field: what is no word, says nothing new, or means what nobody sells.
    """
    pairs = [_checked(word, means, vocabulary)]
    pairs += [(second, first) for first, second in pairs if both_ways]
    async with in_transaction() as db:
        # One at a time, so that the limits hold; searches only read and do not wait.
        await db.execute_query("LOCK TABLE synonyms IN SHARE ROW EXCLUSIVE MODE")
        await _refuse_too_many(db, pairs)
        for first, second in pairs:
            if added := await db.execute_query_dict(ADD, [first, second, by, now]):
                facts = {"word": first, "means": second}
                await record_act(db, "synonym added", f"synonym {added[0]['id']}", by=by, facts=facts)
        await db.execute_query(
            "DELETE FROM missed_searches WHERE replace(query, ' ', '') = $1", [pairs[0][0]]
        )


async def withdraw_synonym(synonym_id: int, *, by: str) -> None:
    """Search goes by it no longer. Raises `NotFound` where it is not there any more."""
    async with in_transaction() as db:
        gone = await db.execute_query_dict(
            "DELETE FROM synonyms WHERE id = $1 RETURNING word, means", [synonym_id]
        )
        if not gone:
            raise NotFound("이미 뺀 말입니다. 목록을 다시 열어 주세요.")
        await record_act(db, "synonym withdrawn", f"synonym {synonym_id}", by=by, facts=gone[0])


def plain_word(typed: str) -> str:
    """As the lexicon writes it: NFC, small letters, no spaces. 말린 감 → 말린감."""
    return "".join(normalise(typed).lower().split())


def _checked(word: str, means: str, vocabulary: Vocabulary) -> tuple[str, str]:
    first, second = plain_word(word), plain_word(means)
    faults = {"word": _fault(first) or _talk(word), "means": _fault(second) or _talk(means)}
    if not any(faults.values()):
        faults["word"] = _what_is_said_already(first, second, vocabulary)
        if not faults["word"] and not _finds_something(second, vocabulary):
            faults["means"] = (
                f"‘{second}’(으)로 찾아지는 것이 없습니다. 상품이나 체험 이름에 있는 말을 적어 주세요."
            )
    if said := {name: fault for name, fault in faults.items() if fault}:
        raise BadForm(fields=said)
    return first, second


def _finds_something(word: str, vocabulary: Vocabulary) -> bool:
    """Itself or by another name; everyone knows a banana, but nobody may sell any."""
    names = (word, *vocabulary.lexicon.also_called(word))
    return any(vocabulary.expand(name) for name in names)


def _fault(word: str) -> str:
    if not word:
        return "말을 적어 주세요. 예: 참다래"
    if len(word) > LONGEST:
        return f"{LONGEST}자까지 적을 수 있습니다. 한 낱말만 적어 주세요."
    if not WORD.fullmatch(word):
        return "낱말만 적어 주세요. 숫자와 기호는 쓸 수 없고, 초성이나 모음만 적을 수도 없습니다."
    return ""


def _talk(typed: str) -> str:
    if any(word not in FILLER for word in tokens(normalise(typed))):
        return ""
    return (
        f"‘{typed}’은(는) 누구나 붙이는 말이라 찾을 때 빼고 봅니다. 물건이나 체험을 부르는 말을 적어 주세요."
    )


def _what_is_said_already(word: str, means: str, vocabulary: Vocabulary) -> str:
    if word == means:
        return "두 칸에 같은 말이 적혀 있습니다. 다르게 부르는 말을 적어 주세요."
    if means in vocabulary.lexicon.also_called(word):
        return f"‘{word}’(을)를 찾으면 이미 ‘{means}’도 나옵니다. 더하지 않아도 됩니다."
    return ""


async def _refuse_too_many(db: BaseDBAsyncClient, pairs: list[tuple[str, str]]) -> None:
    counts = (await db.execute_query_dict(COUNT, [[word for word, _ in pairs]]))[0]
    if counts["all"] + len(pairs) > MOST:
        raise BadForm(
            fields={"word": f"같은 말은 {MOST:,}개까지 둘 수 있습니다. 쓰지 않는 것을 빼고 더해 주세요."}
        )
    if counts["most"] >= MOST_OF_A_WORD:
        fault = f"한 낱말에는 {MOST_OF_A_WORD}개까지 붙일 수 있습니다. 덜 맞는 것을 빼고 더해 주세요."
        raise BadForm(fields={"word": fault})


ALL = """
SELECT s.id, s.word, s.means, s.added_by, s.added_at, COALESCE(p.name, '') AS name FROM synonyms s
LEFT JOIN people p ON p.id = CASE WHEN s.added_by ~ '^person [0-9]{1,18}$' THEN split_part(s.added_by, ' ', 2)::bigint END
ORDER BY s.word, s.means
"""
ADD = """
INSERT INTO synonyms (word, means, added_by, added_at) VALUES ($1, $2, $3, $4) ON CONFLICT (word, means) DO NOTHING
RETURNING id
"""
COUNT = """
SELECT count(*) AS all, COALESCE((
    SELECT max(each) FROM (SELECT count(*) AS each FROM synonyms WHERE word = ANY($1::text[]) GROUP BY word) words
), 0) AS most FROM synonyms
"""
