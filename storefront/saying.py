"""The words and signs that a template names outright: each is made safe once, when the template is compiled.

A page says a hundred words and shows ten icons; looked up at every call they would cost more than the rest of it.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from jinja2 import Environment, nodes
from jinja2.visitor import NodeTransformer

SPRITE = "parts/icons.html"


class FoldingEnvironment(Environment):
    """`_("담기")` and an imported `icon("cart")`, called with nothing but plain text, become part of the template."""

    def _generate(
        self, source: nodes.Template, name: str | None, filename: str | None, defer_init: bool = False
    ) -> str:
        folded = source if name == SPRITE else Folding(self).visit(source)
        return super()._generate(folded, name, filename, defer_init)


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
