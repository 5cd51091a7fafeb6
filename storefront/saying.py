"""How templates say things cheaply: fixed words and signs are made safe once, values with as little ado as is safe.

A page says a hundred words, shows ten icons and two hundred values; with Jinja's own means these cost more than all
the rest of it.
"""

import re
from collections.abc import Callable, MutableMapping
from functools import lru_cache
from types import BuiltinMethodType, FunctionType
from typing import Any

from jinja2 import Environment, nodes
from jinja2.runtime import Context, Macro
from jinja2.utils import missing
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape

SPRITE = "parts/icons.html"
RUN_OF_YIELDS = re.compile(r"^( +)yield (?!from |None$).+(?:\n\1yield (?!from |None$).+)+", re.MULTILINE)
CALLED_AS_THEY_ARE = {Macro, FunctionType, BuiltinMethodType, type(lru_cache(len))}
is_special = re.compile(r"[&<>'\"]").search


def escaped(value: object) -> str:
    """What `markupsafe.escape` gives, as plain text: for what goes into the page and is not handed on."""
    kind = type(value)
    if kind is Markup:
        return value  # type: ignore[return-value]
    if kind is str:
        return escape(value) if is_special(value) else value  # type: ignore[arg-type, return-value]
    return str(value) if kind is int else escape(value)


class PlainContext(Context):
    """Calls what a template calls, macros and functions, without the questions Jinja asks about each of them."""

    def call(__self, __obj: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:  # noqa: N805  a value may be named self
        kind = type(__obj)
        if kind not in CALLED_AS_THEY_ARE or (kind is not Macro and hasattr(__obj, "jinja_pass_arg")):
            return super().call(__obj, *args, **kwargs)
        kwargs.pop("_loop_vars", None)
        kwargs.pop("_block_vars", None)
        return _filled(__obj, args, kwargs) if isinstance(__obj, Macro) else __obj(*args, **kwargs)


def _filled(macro: Macro, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    """What the macro gives for these arguments, those not given at their defaults, without Jinja's dearer ways."""
    if macro.caller or macro.catch_kwargs or macro.catch_varargs or len(args) > len(macro.arguments):
        return macro(*args, **kwargs)
    rest = [kwargs.pop(name, missing) for name in macro.arguments[len(args) :]]
    if kwargs:
        raise TypeError(f"macro {macro.name!r} has no argument {next(iter(kwargs))!r}")
    return Markup(macro._func(*args, *rest))  # noqa: S704  a template's own text, its values escaped


class FoldingEnvironment(Environment):
    """`_("담기")` and an imported `icon("cart")`, called with nothing but plain text, become part of the template.

    A compiled template calls `escape` for each `{{ value }}`, and joins what comes back: `escaped` will do.
    """

    context_class = PlainContext

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """One plain dict, read at each `import`: Jinja's chain of two is slow, and templates have no own."""
        return self.globals if d is None else super().make_globals(d)

    def _generate(
        self, source: nodes.Template, name: str | None, filename: str | None, defer_init: bool = False
    ) -> str:
        folded = source if name == SPRITE else Folding(self).visit(source)
        # The last line of the compiled module wins over Jinja's own import of that name (test_saying.py would see it
        # if that name changed).
        code = RUN_OF_YIELDS.sub(_yielded_together, super()._generate(folded, name, filename, defer_init))
        return f"{code}\nfrom {__name__} import escaped as escape"


def _yielded_together(run: re.Match[str]) -> str:
    """`yield a` and `yield b`, each handed up through three generators, become one; the lines keep their numbers."""
    indent, *pieces = run[1], *[line.strip().removeprefix("yield ") for line in run[0].splitlines()]
    first, *rest = [f"{piece}," for piece in pieces]
    return "\n".join([f"{indent}yield ''.join(({first}", *rest[:-1], f"{rest[-1]}))"])


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
