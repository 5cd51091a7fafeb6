"""The templates' `_()`: a page says a hundred words, and each is looked up and made safe once, not at every call."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from jinja2 import Environment


def saying(environment: Environment) -> Callable[..., Any]:
    """Jinja's own gettext, asked once for each text; with values (`_("%(name)s …", name=name)`) it is asked as ever."""
    real: Any = environment.globals["gettext"]
    context = environment.from_string("").new_context()

    @lru_cache(maxsize=8192)
    def said(text: str) -> Any:
        return real(context, text)

    def say(text: str, **values: object) -> Any:
        return real(context, text, **values) if values else said(text)

    return say
