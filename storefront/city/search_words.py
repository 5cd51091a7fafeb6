"""찾는 말: what people looked for and did not find, and what the city says is meant by it."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from market.finding.lexicon import SAME_THINGS
from market.finding.missed import MissedSearch, forget_missed, most_missed
from market.finding.nearby import nearby_words
from market.finding.postgres_index import shared_index
from market.finding.synonyms import LONGEST, add_synonym, city_synonyms, plain_word, withdraw_synonym
from storefront.city.act_words import who_text
from storefront.city.city_page import officer_of, one_word, render_city
from storefront.web import form_of, path_id, see_other, text_of, visit_of
from villages.people import Permission
from villages.refusals import BadForm

OFFERED = 3  # words nearby, each a button of its own
DONE = {
    "added": "같은 말을 더했습니다. 몇 초 뒤부터 찾기에 쓰입니다.",
    "withdrawn": "같은 말을 뺐습니다. 몇 초 뒤부터 찾기에 쓰이지 않습니다.",
    "removed": "목록에서 지웠습니다.",
}


@dataclass(frozen=True)
class Missed:
    """`nearby` are words of the listings that look like it; whether one is meant, a person decides."""

    search: MissedSearch
    word: str
    nearby: tuple[str, ...]


@dataclass(frozen=True)
class Typed:
    word: str = ""
    means: str = ""
    both_ways: bool = False


async def index(request: Request) -> Response:
    """`?word=` writes that word into the form."""
    asked = request.query_params
    typed = Typed(word=one_word(asked.get("word", "")), means=one_word(asked.get("means", "")))
    return await _page(request, typed, done=asked.get("done", ""))


async def create(request: Request) -> Response:
    """With the words typed, and a sentence for each, where they do not do."""
    form = form_of(request)
    typed = Typed(
        text_of(form, "word", most=100), text_of(form, "means", most=100), bool(text_of(form, "both_ways"))
    )
    try:
        await add_synonym(
            typed.word,
            typed.means,
            both_ways=typed.both_ways,
            vocabulary=await shared_index().vocabulary(),
            by=f"person {officer_of(request).id}",
            now=visit_of(request).now,
        )
    except BadForm as bad:
        return await _page(request, typed, mistakes=bad.fields, status=422)
    shared_index().look_again()
    return see_other("/city/words?done=added")


async def destroy(request: Request) -> Response:
    await withdraw_synonym(path_id(request), by=f"person {officer_of(request).id}")
    shared_index().look_again()
    return see_other("/city/words?done=withdrawn")


async def remove_missed(request: Request) -> Response:
    await forget_missed(path_id(request))
    return see_other("/city/words?done=removed")


async def _page(
    request: Request,
    typed: Typed,
    *,
    done: str = "",
    mistakes: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    searches, all_missed = await most_missed()
    synonyms = await city_synonyms()
    context = {
        "missed": await _with_nearby(searches), "all_missed": all_missed, "typed": typed, "most_signs": LONGEST,
        "synonyms": [(each, who_text(each.added_by, each.name)) for each in synonyms], "shipped": SAME_THINGS,
        "may_edit": officer_of(request).may(Permission.edit_words),
        "done": DONE.get(done, ""), "mistakes": mistakes or {},
    }  # fmt: skip
    return await render_city(request, "search_words", context, status=status)


async def _with_nearby(searches: list[MissedSearch]) -> list[Missed]:
    vocabulary = await shared_index().vocabulary()
    return [
        Missed(each, plain_word(each.query), nearby_words(each.query, vocabulary)[:OFFERED])
        for each in searches
    ]
