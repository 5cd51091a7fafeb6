"""How templates say things cheaply: fixed words and signs are made safe once, values with as little ado as is safe.

A page says a hundred words, shows ten icons and two hundred values; with Jinja's own means these cost more than all
the rest of it.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from jinja2 import Environment, nodes
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape

SPRITE = "parts/icons.html"
is_special = re.compile(r"[&<>'\"]").search


def escaped(value: object) -> str:
    """What `markupsafe.escape` gives, as plain text: for what goes into the page and is not handed on."""
    kind = type(value)
    if kind is Markup:
        return value  # type: ignore[return-value]
    if kind is str:
        return escape(value) if is_special(value) else value  # type: ignore[arg-type, return-value]
    return str(value) if kind is int else escape(value)


class FoldingEnvironment(Environment):
    """`_("담기")` and an imported `icon("cart")`, called with nothing but plain text, become part of the template.

    A compiled template calls `escape` for each `{{ value }}`, and joins what comes back: `escaped` will do.
    """

    def _generate(
        self, source: nodes.Template, name: str | None, filename: str | None, defer_init: bool = False
    ) -> str:
        folded = source if name == SPRITE else Folding(self).visit(source)
        # The last line of the compiled module wins over Jinja's own import of that name (test_saying.py would see it
        # if that name changed).
        code = super()._generate(folded, name, filename, defer_init)
        return f"{code}\nfrom {__name__} import escaped as escape"


class Folding(NodeTransformer):
    """What a call with constants gives is what stands in its place; a call with values is left as it is."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802  Jinja calls it by this name
        self.generic_visit(node)
        given = [each.value for each in node.args if isinstance(each, nodes.Const)]
        is_plain = len(given) == len(node.args) and not (node.kwargs or node.dyn_args or node.dyn_kwargs)
        if is_plain and isinstance(node.node, nodes.Name) and (make := self._makers().get(node.node.name)):
            return nodes.Const(make(*given), lineno=node.lineno)
        return node

    def _makers(self) -> dict[str, Callable[..., Any]]:
        icons: Any = self._environment.get_template(SPRITE).module
        return {"_": self._environment.globals["_"], "icon": icons.icon}


def saying(gettext: Callable[[str], str]) -> Callable[..., Markup]:
    """`_` of the templates: the translated text, made once; its values (`_("%(name)s …", name=name)`) are escaped."""

    @lru_cache(maxsize=8192)
    def said(text: str) -> Markup:
        return Markup(gettext(text)) % {}  # noqa: S704  words of our own

    @lru_cache(maxsize=8192)
    def pattern(text: str) -> str:
        return gettext(text)

    def say(text: str, **values: object) -> Markup:
        if not values:
            return said(text)
        return Markup(pattern(text) % {name: escaped(value) for name, value in values.items()})  # noqa: S704  escaped

    return say
