"""Filter expressions: strings, and lists of lists (all of them, any of the inner ones). Strict about attributes."""

import re
from collections.abc import Callable
from typing import Any

from tests.meili_stand_in.troubles import Trouble

Test = Callable[[dict[str, Any]], bool]
TOKEN = re.compile(
    r"""\s*(?:(?P<sign>!=|>=|<=|=|>|<|\(|\)|\[|\]|,)|'(?P<single>(?:[^'\\]|\\.)*)'"""
    r"""|"(?P<double>(?:[^"\\]|\\.)*)"|(?P<bare>[\w.-]+))""",
    re.DOTALL,
)
MOST_DEPTH = 200


def filter_test(expression: Any, filterable: dict[str, set[str]]) -> Test:
    """`filterable`: what each attribute may be asked ("equality", "comparison"). Raises `Trouble`."""
    if expression is None:
        return lambda _: True
    if isinstance(expression, str):
        return Reader(expression, filterable).whole() if expression.strip() else lambda _: True
    if not isinstance(expression, list):
        raise Trouble(
            "invalid_search_filter", "Invalid syntax for the filter parameter: expected String, Array."
        )
    parts: list[Test] = []
    for part in expression:
        if isinstance(part, list):
            if not all(isinstance(each, str) for each in part):
                raise Trouble("invalid_search_filter", "Invalid syntax: expected an array of strings inside.")
            parts.append(_any([filter_test(each, filterable) for each in part]))
        elif isinstance(part, str):
            parts.append(filter_test(part, filterable))
        else:
            raise Trouble("invalid_search_filter", "Invalid syntax: expected String or [String].")
    return _all(parts)


def _all(tests: list[Test]) -> Test:
    return lambda document: all(test(document) for test in tests)


def _any(tests: list[Test]) -> Test:
    return lambda document: any(test(document) for test in tests)


class Reader:
    """Reads one expression: OR, AND, NOT, brackets, `=`, `!=`, `IN [...]`, `EXISTS`, comparisons."""

    def __init__(self, text: str, filterable: dict[str, set[str]]) -> None:
        self.text, self.filterable = text, filterable
        self.tokens, self.at = self._cut(text), 0

    def _cut(self, text: str) -> list[tuple[str, str]]:
        tokens, at = [], 0
        while text[at:].strip():
            found = TOKEN.match(text, at)
            if not found:
                raise self._unreadable()
            name = str(found.lastgroup)
            value = re.sub(r"\\(.)", r"\1", found[name]) if name in ("single", "double") else found[name]
            tokens.append((name, value))
            at = found.end()
        return tokens

    def whole(self) -> Test:
        test = self._or(0)
        if self.at != len(self.tokens):
            raise self._unreadable()
        return test

    def _or(self, depth: int) -> Test:
        if depth > MOST_DEPTH:
            raise Trouble("invalid_search_filter", "The filter exceeded the maximum depth limit.")
        parts = [self._and(depth)]
        while self._is_word("OR"):
            parts.append(self._and(depth))
        return _any(parts)

    def _and(self, depth: int) -> Test:
        parts = [self._one(depth)]
        while self._is_word("AND"):
            parts.append(self._one(depth))
        return _all(parts)

    def _one(self, depth: int) -> Test:
        if self._is_word("NOT"):
            test = self._one(depth)
            return lambda document: not test(document)
        if self._is_sign("("):
            test = self._or(depth + 1)
            self._must_be(")")
            return test
        return self._condition()

    def _condition(self) -> Test:
        attribute = self._value()
        if self._is_word("EXISTS"):
            self._declared(attribute, "equality")
            return lambda document: attribute in document
        if self._is_word("IN"):
            self._declared(attribute, "equality")
            wanted = self._list()
            return lambda document: bool(wanted & _values(document, attribute))
        name, sign = self._next()
        if name != "sign" or sign not in ("=", "!=", ">", "<", ">=", "<="):
            raise self._unreadable()
        value = _folded(self._value())
        self._declared(attribute, "equality" if sign in ("=", "!=") else "comparison")
        if sign == "=":
            return lambda document: value in _values(document, attribute)
        if sign == "!=":
            return lambda document: value not in _values(document, attribute)
        return _comparison(attribute, sign, float(value))

    def _declared(self, attribute: str, feature: str) -> None:
        if attribute not in self.filterable:
            known = ", ".join(sorted(self.filterable)) or "none"
            raise Trouble(
                "invalid_search_filter",
                f"Attribute `{attribute}` is not filterable. Available filterable attributes are: {known}.",
            )
        if feature not in self.filterable[attribute]:
            raise Trouble(
                "invalid_search_filter", f"Attribute `{attribute}` does not allow {feature} filters."
            )

    def _list(self) -> set[str]:
        self._must_be("[")
        values: set[str] = set()
        while not self._is_sign("]"):
            values.add(_folded(self._value()))
            if not self._is_sign(","):
                self._must_be("]")
                break
        return values

    def _value(self) -> str:
        name, value = self._next()
        if name == "sign":
            raise self._unreadable()
        return value

    def _next(self) -> tuple[str, str]:
        if self.at >= len(self.tokens):
            raise self._unreadable()
        self.at += 1
        return self.tokens[self.at - 1]

    def _is_word(self, word: str) -> bool:
        return self._is(("bare", word))

    def _is_sign(self, sign: str) -> bool:
        return self._is(("sign", sign))

    def _is(self, token: tuple[str, str]) -> bool:
        found = self.tokens[self.at : self.at + 1] == [token]
        self.at += found
        return found

    def _must_be(self, sign: str) -> None:
        if not self._is_sign(sign):
            raise self._unreadable()

    def _unreadable(self) -> Trouble:
        return Trouble("invalid_search_filter", f"Was expecting an operation in `{self.text[:60]}`.")


def _comparison(attribute: str, sign: str, limit: float) -> Test:
    compare: dict[str, Callable[[float], bool]] = {
        ">": lambda value: value > limit,
        "<": lambda value: value < limit,
        ">=": lambda value: value >= limit,
        "<=": lambda value: value <= limit,
    }
    return lambda document: any(
        compare[sign](value) for value in _raw(document, attribute) if isinstance(value, int | float)
    )


def _raw(document: dict[str, Any], attribute: str) -> list[Any]:
    found = document.get(attribute)
    return found if isinstance(found, list) else [found]


def _values(document: dict[str, Any], attribute: str) -> set[str]:
    return {_folded(value) for value in _raw(document, attribute) if value is not None}


def _folded(value: Any) -> str:
    return (str(value).lower() if isinstance(value, bool) else str(value)).strip().lower()
