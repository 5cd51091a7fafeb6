"""The address's first word tells which few routes can be meant; Starlette alone tries all of them in turn."""

from collections import defaultdict
from collections.abc import Iterable

from starlette.routing import BaseRoute, Match, Mount, Route
from starlette.types import Receive, Scope, Send

CHOSEN = "jangnal.route"


class Signpost(BaseRoute):
    """Stands for many routes: answers as they would in their order, but asks only those of the same first word.

    A path has its own first word, and the site stands at the root; addresses are written out, not asked for by name.
    """

    def __init__(self, routes: Iterable[BaseRoute]) -> None:
        self._by_word: defaultdict[str, list[BaseRoute]] = defaultdict(list)
        for route in routes:
            assert isinstance(route, Route | Mount)
            assert "{" not in first_word(route.path)
            self._by_word[first_word(route.path)].append(route)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        best: Match = Match.NONE
        told: Scope = {}
        for route in self._by_word.get(first_word(scope["path"]), ()):
            match, child = route.matches(scope)
            if match is Match.FULL:
                return match, {**child, CHOSEN: route}
            if match is Match.PARTIAL and best is Match.NONE:
                best, told = match, {**child, CHOSEN: route}
        return best, told

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        await scope[CHOSEN].handle(scope, receive, send)


def first_word(path: str) -> str:
    """ "goods" of "/goods/rice"; nothing of "/"."""
    return path[1:].partition("/")[0]
